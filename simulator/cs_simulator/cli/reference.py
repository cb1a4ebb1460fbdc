"""``operations``, ``example``, ``openapi``, ``completion``: what is looked up without a server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from shlex import quote
from types import MappingProxyType

import click
from click.shell_completion import CompletionItem, get_completion_class

from cs_simulator import control as control_api
from cs_simulator import openapi as openapi_of
from cs_simulator.cli.group import CommandError
from cs_simulator.cli.options import PREFIX, TextType, option
from cs_simulator.cli.running import WORLD, BaseUrl
from cs_simulator.documents.problems import no_such
from cs_simulator.domain.setup import BASE_PATHS
from cs_simulator.operations import OPERATIONS
from cs_simulator.operations.row import PATH_EXAMPLES, ApiOperation, EditionName


@click.command()
def operations() -> None:
    """List the operations: id, method, path, editions, and what each is based on."""
    for operation in OPERATIONS:
        editions = "/".join(operation.editions)
        click.echo(
            f"{operation.id:27} {operation.method:6} {operation.paths[0]:62} {editions:8} "
            f"{operation.basis}"
        )


class _OperationName(TextType):
    """The id of an operation."""

    name = "operation"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the operations that match a prefix."""
        return [CompletionItem(row.id) for row in OPERATIONS if row.id.startswith(incomplete)]


@click.command()
@click.argument("operation", type=_OperationName(), metavar="OPERATION")
@click.option("--edition", type=click.Choice(("8.5", "8.1")), help="Edition of the API.")
@option(
    "--url",
    type=BaseUrl(),
    default="http://localhost:8080",
    metavar="URL",
    help="URL of the server.",
)
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
    click.echo(_curl_line(row, edition or row.editions[0], f"{url.rstrip('/')}{prefix}"))


@click.command()
@click.option(
    "--url",
    type=BaseUrl(),
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


@click.command()
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that completes commands on Tab in SHELL.

    bash and zsh read it at their start: eval "$(cs-simulator completion bash)" in ~/.bashrc. fish
    reads it from ~/.config/fish/completions/cs-simulator.fish.
    """
    found = get_completion_class(shell)
    if found is not None:  # in fact it is one: the choice above holds click's own names
        variable = f"_{PREFIX}_COMPLETE"
        click.echo(found(ctx.find_root().command, {}, "cs-simulator", variable).source())


_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "profile_extension": "Address",
        "service_extension": "coupon",
        "state_extension": "note",
        "task_extension": "order",
        "identification_key": "idPhone",
        "interaction_content": "structured_text",
    }
)
"""Path placeholders other than ids, by a part of the operation's id."""

_BODIES: Mapping[str, object] = MappingProxyType(
    {
        "insert_profile_extensions": {"Address": {"street": "1 High Street", "town": "Newbridge"}},
        "update_profile_extension_record": {"street": "1 High Street", "town": "Newbridge"},
        "delete_profile_extension_record": {"street": "1 High Street"},
    }
)
"""Bodies that depend on the scenario's own schemas."""

_QUERY: Mapping[str, str] = MappingProxyType(
    {"time_from": "2026-01-01T00:00:00.000Z", "PhoneNumber": "%2B442079460017"}
)


def _curl_line(operation: ApiOperation, edition: EditionName, url: str) -> str:
    """Return a curl line for an operation, with example values for all that it needs."""
    words = ["curl"]
    if operation.method != "GET":
        words += ["-X", operation.method]
    words.append(quote(f"{url}{BASE_PATHS[edition].rstrip('/')}{_target(operation)}"))
    if operation.body == "multipart":
        words += ["-F", "profiles=@customers.csv"]
    body = _body(operation, edition)
    if body is not None:
        words += [
            "-H",
            quote("Content-Type: application/json"),
            "-d",
            quote(json.dumps(body, default=dict)),
        ]
    return " ".join(words)


def _body(operation: ApiOperation, edition: EditionName) -> object:
    """Return an example body, or None if the operation takes none."""
    attached = operation.attached if edition == "8.5" else None
    if operation.example is not None and attached is not None:
        return {**operation.example, **attached}
    return operation.example or attached or _BODIES.get(operation.id)


def _target(operation: ApiOperation) -> str:
    segments = [
        str(_value(operation, segment[1:-1])) if segment.startswith("{") else segment
        for segment in operation.paths[0].split("/")
    ]
    needed = [parameter.name for parameter in operation.parameters if parameter.needed]
    if operation.free_query:
        needed = ["PhoneNumber"]
    query = "&".join(f"{name}={_QUERY[name]}" for name in needed)
    return "/".join(segments) + (f"?{query}" if query else "")


def _value(operation: ApiOperation, name: str) -> object:
    if name in PATH_EXAMPLES:
        return PATH_EXAMPLES[name]
    return next(value for part, value in _NAMES.items() if part in operation.id)
