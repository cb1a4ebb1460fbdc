"""The drills that ship, by name."""

from __future__ import annotations

PREFIX = "drill-"

DRILLS = (
    "drill-bad-request",
    "drill-big-id",
    "drill-garbage",
    "drill-herd",
    "drill-lost-answer",
    "drill-lost-answer-reused",
    "drill-outage",
    "drill-rate-limit",
    "drill-redirect",
    "drill-reset",
    "drill-retry-after",
    "drill-retry-after-date",
    "drill-slow-tail",
    "drill-truncated-body",
)


def drill_named(name: str) -> str:
    """Return the drill of that name; its prefix may be omitted."""
    return f"{PREFIX}{name}" if f"{PREFIX}{name}" in DRILLS else name
