"""The words of rules that are needed where there is no rule."""

from __future__ import annotations

from typing import Any

ANY = "any"
"""Every operation, and what is none."""

UNROUTED = "unrouted"
"""A request that no operation takes."""

OPTIONS = "options"
"""A request for the methods of a path, unless it is a browser's preflight."""

NO_PATCH: Any = object()
"""No patch; null is one."""
