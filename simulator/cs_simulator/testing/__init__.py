"""What the pytest plugin is made of; imported when a test first asks for a simulator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cs_simulator.testing.factory import WorldFactory

__all__ = ["WorldFactory"]


def __getattr__(name: str) -> Any:
    """Import what annotations name when it is asked for: a run may not need it."""
    if name == "WorldFactory":
        from cs_simulator.testing.factory import WorldFactory

        return WorldFactory
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
