"""The implementation of the pytest plugin; imported when a test first asks for a simulator.

The package is a door for annotations: a run may not need what they name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cs_simulator.testing.worlds import WorldFactory
else:
    from cs_simulator.late import door

    __getattr__ = door(__name__, {"WorldFactory": "worlds"})

__all__ = ["WorldFactory"]
