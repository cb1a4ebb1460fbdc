"""Imports ahead of need: in the first pauses of a server, a module at a time.

Start-up does not pay for the modules that carry out operations, and neither should the first
request. Between them is the time that a client takes to notice that the server is ready.

A request that arrives meanwhile waits for one module, a fraction of a millisecond. What brings a
library with it is still imported with the first request that needs it: marshmallow, Flask and
werkzeug take a tenth of a second and double the memory of a server of which nobody may ask for
them.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable
from contextlib import suppress

from cs_simulator.late import imported

FIRST: tuple[str, ...] = (
    "domain.extensions",
    "domain.states",
    "domain.tasks",
    "domain.composite",
    "api.services",
    "domain.identification",
    "domain.administration",
    "domain.customers",
    "domain.merging",
    "api.profiles",
    "api.metadata",
)
"""What most clients need first, each after those that it imports itself."""

AT_ONCE = 5
"""The modules that are imported without waiting: those of the start of a service."""

SPARE = 0.02
"""Seconds without a request after which another module is imported.

A server that uses the processor all the time gets it back late on a busy machine.
"""


class Ahead:
    """The modules that are still to be imported; false after the last one."""

    def __init__(self, modules: Iterable[str] = FIRST) -> None:
        self._modules = deque(modules)
        self._waits_after = len(self._modules) - AT_ONCE

    def __bool__(self) -> bool:
        return bool(self._modules)

    @property
    def patience(self) -> float:
        """Return for how many seconds the loop may wait before there is something to do here."""
        if not self._modules:
            return 1.0
        return SPARE if len(self._modules) <= self._waits_after else 0.0

    def step(self) -> None:
        """Import the next module that no request has imported yet."""
        while self._modules:
            module = self._modules.popleft()
            if f"cs_simulator.{module}" not in sys.modules:
                # If that fails, the request that needs the module says why.
                with suppress(Exception):
                    imported(module)
                return
