"""How property tests run: the same examples every time, however slow the machine."""

from __future__ import annotations

from hypothesis import settings


def run_alike_everywhere() -> None:
    """Choose the settings of property tests, for the whole run."""
    settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
    settings.load_profile("repeatable")
