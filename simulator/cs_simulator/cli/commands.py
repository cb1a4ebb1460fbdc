"""Every command, one row each; its module is imported when it is called."""

from __future__ import annotations

from typing import NamedTuple


class CommandRow(NamedTuple):
    """Where a command is found, and below which heading help lists it.

    ``module`` is a module of this package, ``function`` what it calls the command.
    """

    name: str
    module: str
    function: str
    heading: str


_RUN = "Run a server"
_ASK = "Ask a running server"
_DRILL = "Judge a client"
_SCENARIOS = "Write scenarios"
_REAL = "Learn from a real server"
_LOOK_UP = "Look up"

COMMANDS = (
    CommandRow("serve", "serve", "serve", _RUN),
    CommandRow("health", "health", "health", _ASK),
    CommandRow("requests", "journal", "requests", _ASK),
    CommandRow("verify", "verify", "verify", _ASK),
    CommandRow("explain", "journal", "explain", _ASK),
    CommandRow("reset", "worlds", "reset", _ASK),
    CommandRow("rewind", "worlds", "rewind", _ASK),
    CommandRow("fault", "faults", "fault", _ASK),
    CommandRow("clock", "clock", "clock", _ASK),
    CommandRow("stage", "worlds", "stage", _ASK),
    CommandRow("snapshot", "worlds", "snapshot", _ASK),
    CommandRow("worlds", "worlds", "worlds", _ASK),
    CommandRow("drill", "drill", "drill", _DRILL),
    CommandRow("new", "new", "new", _SCENARIOS),
    CommandRow("check", "scenarios", "check", _SCENARIOS),
    CommandRow("scenarios", "scenarios", "list_scenarios", _SCENARIOS),
    CommandRow("show", "show", "show", _SCENARIOS),
    CommandRow("schema", "scenarios", "schema", _SCENARIOS),
    CommandRow("record", "recorder", "record", _REAL),
    CommandRow("compare", "recordings", "compare", _REAL),
    CommandRow("fit", "recordings", "fit", _REAL),
    CommandRow("probe", "probing", "probe", _REAL),
    CommandRow("operations", "reference", "operations", _LOOK_UP),
    CommandRow("example", "reference", "example", _LOOK_UP),
    CommandRow("openapi", "reference", "openapi", _LOOK_UP),
    CommandRow("completion", "completion", "completion", _LOOK_UP),
)
"""Help lists headings and commands in this order."""
