"""The exit codes, one row each; docs/command-line.md has the same table."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

DONE = 0
NO = 1
WRONG_INPUT = 2
ADDRESS_TAKEN = 3
NO_SIMULATOR = 4
WRONG_TOKEN = 5
NOT_FOUND = 6
INTERRUPTED = 130

MEANINGS: Mapping[int, str] = MappingProxyType(
    {
        DONE: "done; of `serve`: stopped by a signal",
        NO: "the answer is no: `verify` is not verified, `health` found no healthy server, "
        "a virtue of a `drill` is not passed, `compare` and `fit` found what differs",
        WRONG_INPUT: "an option, environment variable, scenario, recording or document is wrong; "
        "nothing has changed",
        ADDRESS_TAKEN: "an address cannot be listened on: most often the port is taken",
        NO_SIMULATOR: "nothing answers at the URL, or what answers is not a simulator of this API",
        WRONG_TOKEN: "the control token is missing or wrong",
        NOT_FOUND: "the server has no such world, request, rule, scenario or stage",
        INTERRUPTED: "ended by Ctrl-C",
    }
)
