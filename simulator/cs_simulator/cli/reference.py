"""``operations``, ``example`` and ``openapi``: what the server answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from cs_simulator import control as control_api
from cs_simulator import openapi as openapi_of
from cs_simulator.cli.curl import curl_line
from cs_simulator.cli.group import CommandError
from cs_simulator.cli.options import TextType, option
from cs_simulator.cli.running import WORLD
from cs_simulator.documents.problems import no_such
from cs_simulator.operations import OPERATIONS

if TYPE_CHECKING:
    from cs_simulator.operations.row import EditionName


@click.command()
def operations() -> None:
    """List the operations: id, method, path, editions, and what each is based on."""
    for each in OPERATIONS:
        editions = "/".join(each.editions)
        click.echo(f"{each.id:27} {each.method:6} {each.paths[0]:62} {editions:8} {each.basis}")


class OperationName(TextType):
    """The id of an operation."""

    name = "operation"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the operations that match a prefix."""
        return [CompletionItem(row.id) for row in OPERATIONS if row.id.startswith(incomplete)]


@click.command()
@click.argument("operation", type=OperationName(), metavar="OPERATION")
@click.option("--edition", type=click.Choice(("8.5", "8.1")), help="Edition of the API.")
@option("--url", default="http://localhost:8080", metavar="URL", help="URL of the server.")
@WORLD
def example(operation: str, edition: EditionName | None, url: str, world: str) -> None:
    """Print a curl line for OPERATION, with ids of the scenario demo."""
    rows = {row.id: row for row in OPERATIONS}
    row = rows.get(operation)
    if row is None:
        raise CommandError(no_such("operation", operation, rows).detail)
    if edition is not None and edition not in row.editions:
        raise CommandError(
            f"{operation} exists only in edition {row.editions[0]}; remove --edition"
        )
    prefix = "" if world == "default" else f"/_world/{world}"
    click.echo(curl_line(row, edition or row.editions[0], f"{url.rstrip('/')}{prefix}"))


@click.command()
@click.option(
    "--url",
    default="http://localhost:8080",
    show_default=True,
    help="URL of the server that the document describes.",
)
@click.option(
    "--for",
    "audience",
    type=click.Choice(["clients", "fuzzing"]),
    help="Purpose: to generate clients (the default), or to test everything that the server "
    "accepts.",
)
@click.option("--control", is_flag=True, help="Print the document of the control API instead.")
def openapi(url: str, audience: str | None, *, control: bool) -> None:
    """Print the OpenAPI document of both editions, or of the control API.

    It describes a server whose scenario sets nothing up; a running one describes itself at
    /_control/openapi.json and /_control/control.json.
    """
    url = url.rstrip("/")
    if not control:
        document = openapi_of.openapi(openapi_of.Described(url, lenient=audience == "fuzzing"))
    elif audience is not None:
        raise click.UsageError("--control cannot be combined with --for; remove --for")
    else:
        document = control_api.control_document((control_api.HEALTH, *control_api.ENDPOINTS), url)
    click.echo(json.dumps(document, indent=2))
