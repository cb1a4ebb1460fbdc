"""``operations`` and ``openapi``: what the server answers."""

from __future__ import annotations

import click


@click.command()
def operations() -> None:
    """List the operations: id, method, path, editions, and what each is based on."""
    from cs_simulator.operations import OPERATIONS

    for each in OPERATIONS:
        editions = "/".join(each.editions)
        click.echo(f"{each.id:27} {each.method:6} {each.paths[0]:62} {editions:8} {each.basis}")


@click.command()
@click.option(
    "--url",
    default="http://localhost:8080",
    show_default=True,
    help="Where the server is that the document describes.",
)
def openapi(url: str) -> None:
    """Print the OpenAPI document of both editions.

    It describes a server whose scenario sets nothing up; a running one describes itself at
    /_control/openapi.json.
    """
    import json

    from cs_simulator.openapi.document import openapi as document_of
    from cs_simulator.openapi.terms import Terms

    click.echo(json.dumps(document_of(Terms(url.rstrip("/"))), indent=2))
