"""What reads YAML where PyYAML came without libyaml, and reads the same."""

from __future__ import annotations

from typing import Any

import yaml


class PureLoader(yaml.SafeLoader):
    """The library's loader in Python, which takes a question mark within text in brackets too.

    YAML 1.2 has it so, and libyaml; the library takes it for the sign of a key there.
    """

    _is_in_text = False

    def scan_plain(self) -> Any:
        """Return the token of text without quotes."""
        self._is_in_text = True
        try:
            return super().scan_plain()
        finally:
            self._is_in_text = False

    def peek(self, index: int = 0) -> str:
        """Return a character that follows."""
        found: str = super().peek(index)
        return "!" if found == "?" and self._is_in_text else found
