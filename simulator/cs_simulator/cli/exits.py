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
        NO: "negative result: `verify` is not verified, `health` found no healthy server, "
        "a virtue of a `drill` is not passed, `compare` or `fit` found differences",
        WRONG_INPUT: "an option, environment variable, scenario, recording or document is not "
        "valid; nothing was changed",
        ADDRESS_TAKEN: "cannot listen on an address; usually the port is in use",
        NO_SIMULATOR: "no server at the URL, or one that is not a simulator of this API version",
        WRONG_TOKEN: "the control token is missing or wrong",
        NOT_FOUND: "the server has no such world, request, rule, scenario or stage",
        INTERRUPTED: "ended by Ctrl-C",
    }
)
