"""A problem (RFC 9457), which answers a control request that is rejected, and how JSON is written.

This needs nothing of Flask, which the server imports with the first control request.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from cs_simulator.documents.long_json import written


class ProblemError(Exception):
    """A control request that was rejected."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        errors: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = errors


_COMPACT = json.JSONEncoder()
_ALLOWED = re.compile(r'"allowed": \[\n.*?\n *\]', re.DOTALL)


def _in_one_line(found: re.Match[str]) -> str:
    """Return a list of names in one line, because there may be many."""
    return re.sub(r"\n *", " ", found[0]).replace("[ ", "[").replace(" ]", "]")


def json_body(members: Any, agent: str) -> str:
    """Return JSON for a client by its User-Agent: indented for curl."""
    # People read what curl prints, so text is not escaped, except lone surrogates, which have no
    # bytes.
    if not agent.startswith("curl/"):
        return written(_COMPACT, members)
    indented = json.dumps(members, indent=2, ensure_ascii=False)
    text = f"{_ALLOWED.sub(_in_one_line, indented)}\n"
    return (
        text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    )
