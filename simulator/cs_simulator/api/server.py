"""The server's status and mode. Contract section 8."""

from __future__ import annotations

from cs_simulator import __version__
from cs_simulator.api.calls import Call, Reply, shows
from cs_simulator.clock import format_instant
from cs_simulator.documents.problems import Problem
from cs_simulator.domain.errors import BadValues, WrongCase
from cs_simulator.domain.server_state import MODES

VERSION = f"8.1 (cs-simulator {__version__})"

_MAX_MEMORY = 518_464
_ALLOCATED_MEMORY = 63_936
_USED_MEMORY = 7_947
"""In kilobytes, as in the documents' sample; a simulator's own memory figures would only confuse.
"""


def get_server_status(call: Call) -> Reply:
    """Show the version, the mode and the counters of the server.

    The counters are those of this world, for the current day of its clock; a reset sets them to
    zero. Source: API Reference, *Query Server Status*.
    """
    server = call.tx.server
    counted = server.statistics(call.tx.now)
    members = {
        "version": VERSION,
        "system_time": format_instant(call.tx.now),
        "mode": server.mode,
        "max_memory": _MAX_MEMORY,
        "allocated_memory": _ALLOCATED_MEMORY,
        "used_memory": _USED_MEMORY,
        "free_memory": _ALLOCATED_MEMORY - _USED_MEMORY,
        "started": format_instant(server.started),
        "request_today": counted.requests,
        "client_errors_today": counted.client_errors,
        "server_errors_today": counted.server_errors,
    }
    if counted.last_request is not None:
        members["last_request"] = format_instant(counted.last_request)
    return shows(members)


def set_server_mode(call: Call) -> Reply:
    """Switch the server to production or maintenance mode, immediately.

    Source: API Reference, *Set Server Mode*; the error is the one that the documents print.
    """
    given = call.body.get("mode")
    if given is None:
        raise BadValues([Problem("mode", " or ".join(MODES))])
    word = given.lower() if isinstance(given, str) else None
    for mode in MODES:
        if mode == word:
            call.tx.server.mode = mode
            return shows({"server changed": mode}, "/server/status")
    raise WrongCase(
        f"bad parameter 'server mode' reason : server mode has not a correct value '{given}'",
        f"send {' or '.join(MODES)}",
    )
