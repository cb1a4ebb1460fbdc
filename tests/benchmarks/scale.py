"""How much is measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """How many of everything; what is here by default is what the budgets are of."""

    pairs: int = 10
    services: int = 1_000_000
    requests: int = 4_000
    """Of Start Service in each pair, at eight connections."""
    each: int = 400
    """Of every other operation in each pair, at eight connections."""
    long: int = 100_000
    """Requests over which memory must stay flat."""
    worlds: int = 1_000
    open: int = 3_000
    """Connections that are only open."""
    rare: int = 20_000
    """Requests of which the rarest waits are looked for."""
    stored: int = 60_000
    """Services that are exported beside calls."""

    @classmethod
    def quick(cls) -> Scale:
        """Return a scale that tells whether everything runs, and no more."""
        return cls(
            pairs=3,
            services=1_000,
            requests=400,
            each=100,
            long=4_000,
            worlds=50,
            open=200,
            rare=1_000,
            stored=1_000,
        )
