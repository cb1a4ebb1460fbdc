"""``health``: the health check of a container, and of a person."""

from __future__ import annotations

from collections.abc import Sequence

import click

from cs_simulator.cli.group import NO, CommandError
from cs_simulator.cli.options import (
    LONGEST_WAIT,
    PREFIX,
    TOKEN,
    Seconds,
    host_option,
    option,
    port_option,
)
from cs_simulator.client import Health, Server, SimulatorError
from cs_simulator.http.addresses import url_of


@click.command()
@click.argument("url", required=False, envvar=f"{PREFIX}_URL")
@host_option(
    "Address that the server listens on; of several, the first that answers is used.",
)
@port_option(
    "Port that the server listens on.",
)
@TOKEN
@option(
    "--timeout",
    envvar=f"{PREFIX}_HEALTH_TIMEOUT",
    default=2.0,
    type=Seconds(0, LONGEST_WAIT, min_open=True),
    metavar="SECONDS",
    help="How long to wait for the response.",
)
def health(
    url: str | None, host: Sequence[str], port: int, control_token: str | None, timeout: float
) -> None:
    """Check that the server at URL is up; exit with 0 if it is, otherwise with 1.

    Without URL it is the one that CS_SIMULATOR_URL names, or the server on this machine that
    listens where --host and --port say, or their variables: in a container, the one in it.
    """
    if url is None and port == 0:
        text = f"port 0 does not identify a server; give its URL or set {PREFIX}_PORT"
        raise CommandError(text, NO)
    try:
        urls = [url] if url is not None else [url_of(address, port) for address in host]
        server, found = _first_healthy(
            [Server(server_url, control_token, timeout) for server_url in urls]
        )
    except SimulatorError as error:
        raise CommandError(str(error), NO) from None
    details = f"version {found['version']}, scenario {found['scenario']}"
    click.echo(f"{server.url} is {found['status']}: {details}")


def _first_healthy(servers: Sequence[Server]) -> tuple[Server, Health]:
    """Return the first server that answers, and its health; if none does, raise the first error.

    A server does not listen on an address family that its machine lacks.
    """
    errors: list[SimulatorError] = []
    for server in servers:
        try:
            return server, server.health()
        except SimulatorError as error:
            errors.append(error)
    raise errors[0]
