"""How many examples a property is tried with: a few in every run, ten times as many with --long."""

from __future__ import annotations

import os

LONG = "TESTS_LONG"
"""Set where the option is given, for it is read while modules are imported."""


def examples(few: int) -> int:
    """Return how many examples to try, where this many do for every run."""
    return few * 10 if os.environ.get(LONG) else few
