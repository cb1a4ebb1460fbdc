"""The YAML loader for PyYAML without libyaml, made to accept the same documents."""

from __future__ import annotations

from typing import Any

import yaml


class PureLoader(yaml.SafeLoader):
    """The pure Python loader, which also accepts a question mark in unquoted text within brackets.

    YAML 1.2 and libyaml accept it; PyYAML's scanner takes it for the sign of a key.
    """

    _is_in_text = False

    def scan_plain(self) -> Any:
        """Return the token of unquoted text."""
        self._is_in_text = True
        try:
            return super().scan_plain()
        finally:
            self._is_in_text = False

    def peek(self, index: int = 0) -> str:
        """Return a following character."""
        found: str = super().peek(index)
        return "!" if found == "?" and self._is_in_text else found
