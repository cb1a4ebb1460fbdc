"""The exit codes; docs/command-line.md has the same in a table."""

from __future__ import annotations

NOT_HEALTHY = 1
WRONG_INPUT = 2
ADDRESS_TAKEN = 3
