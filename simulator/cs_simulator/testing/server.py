"""Find the simulator of a test run: at a URL, with the controller, or in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cs_simulator.client import Server, SimulatorError
from cs_simulator.testing.broker import ask

if TYPE_CHECKING:
    from cs_simulator.testing.session import Session


def server_of(session: Session) -> Server:
    """Return the server of a run, which is started if necessary.

    Raises :exc:`cs_simulator.client.SimulatorError`.
    """
    settings, given = session.settings, session.given
    url = settings.url or given.get("url")
    if url is not None:
        return _found(url, given.get("url_from", settings.url_from), settings.token)
    if "broker" in given:
        return handed(given["broker"], settings.token)
    process = session.process()
    return Server(process.url, settings.token, post_mortem=process.post_mortem)


def _found(url: str, url_from: str, token: str | None) -> Server:
    """Return the server that runs at a URL, after checking it."""
    try:
        server = Server(url, token)
        server.health()
    except SimulatorError as error:
        fix = ""
        if getattr(error, "status", None) == 401:
            fix = "; use --context-services-token or CS_SIMULATOR_CONTROL_TOKEN"
        raise SimulatorError(f"{url_from}: {error}{fix}") from None
    return server


def handed(address: str, token: str | None) -> Server:
    """Return the server of the controller."""
    answer = _asked(address, "url")
    if "failure" in answer:
        raise SimulatorError(answer["failure"])

    def post_mortem() -> str | None:
        known: str | None = _asked(address, "post-mortem").get("post_mortem")
        return known

    return Server(answer["url"], token, post_mortem=post_mortem)


def _asked(address: str, what: str) -> dict[str, Any]:
    answer = ask(address, what)
    if answer is None:
        raise SimulatorError(
            "This worker cannot reach the process that runs the simulator; if workers run on other "
            "machines, start a simulator they can reach and pass --context-services-url"
        )
    return answer
