"""Every command, one row each; its module is imported when the command is called."""

from __future__ import annotations

from typing import NamedTuple


class CommandRow(NamedTuple):
    """Where a command is implemented, and the help heading that lists it.

    ``module`` is a module of this package; its function has the name of the command. ``says`` is
    the first sentence of its help, so that listing all commands imports none of them.
    """

    name: str
    module: str
    heading: str
    says: str


_RUN = "Run a server"
_ASK = "Ask a running server"
_DRILL = "Judge a client"
_SCENARIOS = "Write scenarios"
_REAL = "Learn from a real server"
_LOOK_UP = "Look up"

COMMANDS = (
    CommandRow("serve", "serve", _RUN, "Run the simulator until Ctrl-C or SIGTERM."),
    CommandRow(
        "health",
        "health",
        _ASK,
        "Check that the server at URL is up; exit with 0 if it is, otherwise with 1.",
    ),
    CommandRow(
        "requests",
        "journal",
        _ASK,
        "Show the requests that a world received, one a line, oldest first.",
    ),
    CommandRow(
        "verify",
        "journal",
        _ASK,
        "Verify the requests that a world received; exit with 1 if they are not as expected.",
    ),
    CommandRow(
        "explain", "journal", _ASK, "Explain why fault rules acted on a request, or did not."
    ),
    CommandRow("reset", "worlds", _ASK, "Reset a world to the start of its scenario."),
    CommandRow(
        "rewind",
        "worlds",
        _ASK,
        "Put a world back to where it was before a request, given by its id.",
    ),
    CommandRow("fault", "faults", _ASK, "Add, list and remove fault rules."),
    CommandRow("clock", "worlds", _ASK, "Show, freeze, advance or set the clock of a world."),
    CommandRow(
        "stage", "worlds", _ASK, "Show the stage of a world, or enter another: NAME, or --next."
    ),
    CommandRow("snapshot", "worlds", _ASK, "Save a world as a scenario file, or load one."),
    CommandRow(
        "worlds", "worlds", _ASK, "List the worlds, each with its scenario and how much it holds."
    ),
    CommandRow(
        "drill",
        "drill",
        _DRILL,
        "Run COMMAND in each drill, and judge what it did; exit with 1 if it does not pass.",
    ),
    CommandRow("new", "scenarios", _SCENARIOS, "Write a commented scenario to FILE."),
    CommandRow(
        "check",
        "scenarios",
        _SCENARIOS,
        "Check scenario FILES or catalogue names; exit with 2 if one has errors.",
    ),
    CommandRow(
        "scenarios",
        "scenarios",
        _SCENARIOS,
        "List the scenarios of the catalogue, each with its description.",
    ),
    CommandRow(
        "show", "scenarios", _SCENARIOS, "Print a scenario: NAME of the catalogue, or a file."
    ),
    CommandRow(
        "schema",
        "scenarios",
        _SCENARIOS,
        "Print the JSON Schema of scenario files, for completion in an editor.",
    ),
    CommandRow(
        "record",
        "recorder",
        _REAL,
        "Record requests to the server at --upstream, and its responses, as HAR.",
    ),
    CommandRow(
        "compare",
        "recordings",
        _REAL,
        "Replay the HAR FILES in a world of their own, and report differences.",
    ),
    CommandRow(
        "fit",
        "recordings",
        _REAL,
        "Find the switch settings that explain the HAR FILES of one server.",
    ),
    CommandRow(
        "report",
        "recordings",
        _REAL,
        "Make a report of the HAR FILE: one page that a browser opens without a server.",
    ),
    CommandRow(
        "probe",
        "probing",
        _REAL,
        "Send the server at --base about thirty requests that no document answers.",
    ),
    CommandRow(
        "operations",
        "reference",
        _LOOK_UP,
        "List the operations: id, method, path, editions, and what each is based on.",
    ),
    CommandRow(
        "example",
        "reference",
        _LOOK_UP,
        "Print a curl line for OPERATION, with ids of the scenario demo.",
    ),
    CommandRow(
        "openapi",
        "reference",
        _LOOK_UP,
        "Print the OpenAPI document of both editions, or of the control API.",
    ),
    CommandRow(
        "completion",
        "reference",
        _LOOK_UP,
        "Print the script that completes commands on Tab in SHELL.",
    ),
)
"""Help shows headings and commands in this order."""
