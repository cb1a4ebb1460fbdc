"""Text from other programs, made safe for a terminal or a CI log."""

from __future__ import annotations

import re

_COMMANDS = re.compile(r"#(?=#\[|#vso\[)")
"""Patterns that are commands to a CI anywhere in a line; those that must begin a line cannot occur
here.
"""


def printable(text: str) -> str:
    """Return text as one line without terminal control sequences or CI commands.

    Unprintable characters are escaped as in the server's log.
    """
    if not text.isprintable():
        text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    return _COMMANDS.sub(r"\\x23", text)
