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
_SCENARIOS = "Write scenarios"
_LOOK_UP = "Look up"

COMMANDS = (
    CommandRow("serve", "serve", "serve", _RUN),
    CommandRow("health", "health", "health", _ASK),
    CommandRow("check", "scenarios", "check", _SCENARIOS),
    CommandRow("scenarios", "scenarios", "list_scenarios", _SCENARIOS),
    CommandRow("schema", "scenarios", "schema", _SCENARIOS),
    CommandRow("operations", "reference", "operations", _LOOK_UP),
    CommandRow("openapi", "reference", "openapi", _LOOK_UP),
)
"""Help lists headings and commands in this order."""
