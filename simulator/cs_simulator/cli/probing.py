"""``probe``: ask a real server what no document says, and fit the switches to its responses."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import click

from cs_simulator.cli.group import CommandError
from cs_simulator.cli.options import WholeNumber, output_file, read_input, time_limit
from cs_simulator.cli.recordings import (
    FORCE,
    MASK,
    REPORT,
    fit_and_report,
    refuse_existing,
)
from cs_simulator.cli.running import BaseUrl
from cs_simulator.har.exchanges import HarError, Header, RecordedExchange, header
from cs_simulator.har.reading import Recording
from cs_simulator.har.writing import HarFile
from cs_simulator.lines import one_line
from cs_simulator.recording.comparing import prepared
from cs_simulator.recording.printing import (
    ResponsesError,
    curl_script,
    postman_collection,
    read_responses,
)
from cs_simulator.recording.probe import Probed, ProbeTerms, probe_calls, run_probe
from cs_simulator.recording.reports import Form
from cs_simulator.recording.sending import NoServerError, Sender, Trust, basic

_WRONG_BASE = "; is --base the URL below which services/start is?"

_MOST_FAILURES = 3
"""How many consecutive requests may fail before the probe gives up."""


CA_FILE = click.option(
    "--ca-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="File of certificates (PEM) to trust, in addition to those of the system.",
)
INSECURE = click.option("--insecure", is_flag=True, help="Trust any certificate.")


@click.command()
@click.option("--base", type=BaseUrl(), help="Base URL of edition 8.5 of the server.")
@click.option(
    "--base-81", type=BaseUrl(), help="Base URL of edition 8.1, if it is to be probed as well."
)
@output_file(
    "--har",
    default="probe.har",
    show_default=True,
    help="File to record the conversation in, without secrets.",
)
@output_file(
    "--write",
    help="Write a scenario that behaves as the server does.",
)
@FORCE
@click.option("--yes", is_flag=True, help="Send without asking first.")
@click.option(
    "--print",
    "printed",
    type=click.Choice(("curl", "postman")),
    help="Send nothing: print the probe as a script of curl commands, or a Postman collection.",
)
@click.option(
    "--responses",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Send nothing: read the results of a printed probe.",
)
@click.option(
    "--type",
    "kind",
    default=1,
    show_default=True,
    type=WholeNumber(0, 2**31 - 1),
    metavar="NUMBER",
    help="A type of services, states and tasks that the server knows.",
)
@click.option("--user", metavar="NAME:PASSWORD", help="Credentials for Basic authentication.")
@click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="NAME:VALUE",
    help="A header of every request, such as ContactCenterId:101; repeatable.",
)
@MASK
@time_limit(10.0, "How long to wait for each response.")
@CA_FILE
@INSECURE
@REPORT
def probe(
    base: str | None,
    base_81: str | None,
    har: Path,
    write: Path | None,
    force: bool,
    yes: bool,
    printed: Literal["curl", "postman"] | None,
    responses: Path | None,
    kind: int,
    user: str | None,
    headers: Sequence[str],
    mask: Sequence[str],
    timeout: float,
    ca_file: Path | None,
    insecure: bool,
    report: Form,
) -> None:
    """Send the server at --base about thirty requests that no document answers.

    They touch only what they made themselves, under one contact key of their own, and end and
    delete it. Then the switches are fitted to the responses, as `cs-simulator fit` does.
    """
    refuse_existing(write, force=force)
    if responses is not None:
        _fit_responses(responses, write, report)

    if base is None:
        raise click.UsageError("Missing option '--base': the base URL of the server")
    terms = ProbeTerms(base, base_81, type=kind)
    if printed is not None:
        click.echo(curl_script(terms) if printed == "curl" else postman_collection(terms), nl=False)
        return

    sender = Sender(timeout, Trust(ca_file, insecure), _headers_of(headers, user))
    _announce(terms, yes=yes)
    probed = _probed(terms, sender, har, mask)
    _report_probe(probed, har)
    _fit_exchanges(probed.exchanges, har.name, write, report)


def _headers_of(given: Sequence[str], user: str | None) -> tuple[Header, ...]:
    headers = []
    for text in given:
        name, colon, value = text.partition(":")
        if not colon or not name.strip():
            raise click.UsageError(f"Invalid value for '--header': {text!r} is not NAME:VALUE")
        headers.append(Header(name.strip(), value.strip()))
    if user is not None:
        if ":" not in user:
            raise click.UsageError("Invalid value for '--user': expected NAME:PASSWORD")
        headers.append(basic(user))
    return tuple(headers)


def _announce(terms: ProbeTerms, *, yes: bool) -> None:
    """Print what will be sent, and ask for confirmation."""
    calls = probe_calls(terms)
    click.echo(
        f"{len(calls)} requests to {terms.base}, under the contact key {terms.key}:", err=True
    )
    for call in calls:
        click.echo(f"  {call.method:6} {call.path:42} {call.why}", err=True)
    if yes:
        return
    if not sys.stdin.isatty():
        raise CommandError(
            "nothing was sent: no terminal to confirm on; add --yes to send the requests"
        )
    if not click.confirm("Send them?", err=True):
        raise CommandError("nothing was sent")


def _probed(terms: ProbeTerms, sender: Sender, har: Path, mask: Sequence[str]) -> Probed:
    """Send the probe and record it; exit with 2 if the server cannot be probed."""
    failures: list[str] = []
    try:
        with HarFile(har, mask=mask) as file:

            def send(
                method: str, url: str, headers: Mapping[str, str], body: bytes, number: int
            ) -> RecordedExchange:
                exchange = sender.send(method, url, headers, body, number)
                file.add(exchange)
                if exchange.response is None:
                    failures.append(exchange.error or "no response")
                else:
                    failures.clear()
                if len(failures) == _MOST_FAILURES:
                    raise NoServerError(
                        f"{_MOST_FAILURES} requests in a row got no response ({failures[-1]}); "
                        f"what was created may remain, under the contact key {terms.key}"
                    )
                if number == 1:
                    _check_first(exchange)
                return exchange

            return run_probe(terms, send)
    except (HarError, NoServerError) as error:
        raise CommandError(one_line(str(error))) from None


def _check_first(exchange: RecordedExchange) -> None:
    """Stop if the first response shows that the other requests would fail too."""
    response = exchange.response
    url = exchange.request.url
    if response is None:
        raise NoServerError(f"{url} gave no response: {exchange.error}")
    status = response.status
    if status in (200, 201):
        return
    shown = (response.body or b"").decode("utf-8", "replace")[:300]
    advice = f": {shown}" if shown else _WRONG_BASE
    if status in (401, 403):
        advice = "; say who you are with --user NAME:PASSWORD or --header"
    elif status in range(300, 400):
        advice = f", to {header(response.headers, 'location')}; use that as --base"
    elif status == 404:
        advice = _WRONG_BASE
    elif status == 400:
        advice += "; another type may help: --type NUMBER"
    raise NoServerError(f"{url} answers {status}{advice}")


def _report_probe(probed: Probed, har: Path) -> None:
    click.echo(f"{len(probed.exchanges)} exchanges are recorded in {har}", err=True)
    if probed.left_out:
        names = ", ".join(call.name for call in probed.left_out)
        click.echo(f"skipped, because a request they depend on failed: {names}", err=True)
    for entity in probed.left_behind:
        click.echo(f"could not delete: {entity}", err=True)


def _fit_responses(path: Path, write: Path | None, report: Form) -> None:
    try:
        text = read_input(path).decode("utf-8", "surrogateescape")
        exchanges = read_responses(text)
    except ResponsesError as error:
        raise CommandError(f"{one_line(str(path))}: {error}") from None
    _fit_exchanges(exchanges, path.name, write, report)


def _fit_exchanges(
    exchanges: Sequence[RecordedExchange], name: str, write: Path | None, report: Form
) -> None:
    if not exchanges:
        raise CommandError(f"{name}: no exchange to fit")
    fit_and_report([prepared(Recording(name, list(exchanges)))], write, report)
