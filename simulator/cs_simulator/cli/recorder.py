"""``record``: a recording proxy in front of a real server, for any client."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cs_simulator.cli.group import ADDRESS_TAKEN, CommandError
from cs_simulator.cli.options import WholeNumber, output_file, time_limit
from cs_simulator.cli.probing import CA_FILE, INSECURE
from cs_simulator.cli.recordings import MASK
from cs_simulator.har.exchanges import HarError
from cs_simulator.har.writing import HarFile
from cs_simulator.recording.sending import NoServerError, Trust

if TYPE_CHECKING:
    from cs_simulator.recording.proxy import ProxyTerms


@click.command()
@click.option(
    "--upstream",
    required=True,
    metavar="URL",
    help="The real server: scheme, host and port. The path of a request is passed on unchanged.",
)
@output_file(
    "--har",
    required=True,
    help="File to write; it must not exist yet.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Address to listen on.",
)
@click.option(
    "--port",
    default=8181,
    show_default=True,
    type=WholeNumber(0, 65535),
    metavar="NUMBER",
    help="Port to listen on; 0 picks a free one.",
)
@click.option("--read-only", is_flag=True, help="Reject everything but GET, HEAD and OPTIONS.")
@click.option("--secrets", is_flag=True, help="Keep passwords, tokens and cookies as they are.")
@MASK
@time_limit(60.0, "Time limit for a response of the server.")
@CA_FILE
@INSECURE
def record(
    upstream: str,
    har: Path,
    host: str,
    port: int,
    read_only: bool,
    secrets: bool,
    mask: tuple[str, ...],
    timeout: float,
    ca_file: Path | None,
    insecure: bool,
) -> None:
    """Record requests to the server at --upstream, and its responses, as HAR.

    Give the proxy's URL to a client instead of the server's, and stop it with Ctrl-C. The file is
    whole after every exchange.
    """
    if find_spec("h11") is None:
        raise CommandError("record needs h11, which is not installed; pip install 'h11>=0.14'")
    from cs_simulator.recording.proxy import ProxyTerms, upstream_of

    try:
        server = upstream_of(upstream)
    except ValueError as error:
        raise CommandError(f"Invalid value for '--upstream': {error}") from None
    terms = ProxyTerms(server, read_only, timeout, Trust(ca_file, insecure))
    logging.basicConfig(format="%(message)s", stream=sys.stderr)
    with suppress(KeyboardInterrupt):
        asyncio.run(_recorded(terms, partial(HarFile, har, secrets=secrets, mask=mask), host, port))


async def _recorded(terms: ProxyTerms, opened: Callable[[], HarFile], host: str, port: int) -> None:
    from cs_simulator.recording.proxy import RecordingProxy

    try:
        file = opened()
    except HarError as error:
        raise CommandError(str(error)) from None
    with file:
        try:
            proxy = RecordingProxy(terms, file.add)
            server = await proxy.serve(host, port)
        except NoServerError as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(
                f"cannot listen on {host}:{port}: {error.strerror}; choose another with --port",
                ADDRESS_TAKEN,
            ) from None
        try:
            await proxy.check()
        except NoServerError as error:
            click.echo(f"{error}; the proxy waits for it", err=True)
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        bound = server.sockets[0].getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        click.echo(f"http://{shown}:{bound} records {terms.upstream.origin} into {file.path}")
        sys.stdout.flush()
        await stop.wait()
        server.close()
        await proxy.close()
        click.echo(f"{file.count} exchanges are recorded in {file.path}", err=True)
