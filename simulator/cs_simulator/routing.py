"""Flask as the API and the control API use it: it matches paths, and builds no URLs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Request
from werkzeug.routing import Map, MapAdapter, Rule


class _PathRule(Rule):
    """A rule that is only matched.

    Werkzeug compiles two functions for each rule that would build its URL. They are not used here,
    and compiling them took a fifth of the start-up time.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        def never(_self: Rule, **_values: Any) -> tuple[str, str]:
            raise NotImplementedError("paths are only matched here")

        return never


class PathFlask(Flask):
    """A Flask application that matches a request only by its path.

    Hosts, schemes and subdomains do not matter, nothing is redirected, and there are neither static
    files nor templates.
    """

    url_rule_class = _PathRule
    url_map_class = Map

    def __init__(self, name: str) -> None:
        super().__init__(name, static_folder=None, template_folder=None)
        self.url_map.strict_slashes = False
        self.url_map.merge_slashes = False

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Match a request only by its path."""
        if request is None:
            return None
        return self.url_map.bind("", path_info=request.path, default_method=request.method)
