"""Text from elsewhere, as it may be shown in a terminal or a CI log."""

from __future__ import annotations

import re

_COMMANDS = re.compile(r"#(?=#\[|#vso\[)")
"""How a line commands a CI, wherever it stands in it; what must begin a line cannot here."""


def printable(text: str) -> str:
    """Return text in one line that moves no cursor and gives a CI no command.

    What cannot be printed is escaped as the server's log does it.
    """
    if not text.isprintable():
        text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    return _COMMANDS.sub(r"\\x23", text)
