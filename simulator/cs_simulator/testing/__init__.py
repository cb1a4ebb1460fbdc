"""The implementation of the pytest plugin; imported when a test first asks for a simulator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cs_simulator.testing.factory import WorldFactory

__all__ = ["WorldFactory"]


def __getattr__(name: str) -> Any:
    """Import a name for annotations when it is used: a run may not need it."""
    if name == "WorldFactory":
        from cs_simulator.testing.factory import WorldFactory

        return WorldFactory
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
