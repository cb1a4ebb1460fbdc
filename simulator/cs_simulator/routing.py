"""Flask, as both faces of the server need it: it matches paths, and builds none."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from flask import Flask, Request
from werkzeug.routing import BaseConverter, Map, MapAdapter, Rule


class PathRule(Rule):
    """A rule that is only matched.

    For each rule werkzeug compiles two functions that would build its URL. Nobody asks for one
    here, and compiling them took a fifth of the time in which the server starts.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        def never(_self: Rule, **_values: Any) -> tuple[str, str]:
            raise NotImplementedError("paths are only matched here")

        return never


class PathFlask(Flask):
    """A Flask application that matches a request by its path alone.

    Hosts, schemes and subdomains play no part, nothing is redirected, and there are neither
    static files nor templates.
    """

    url_rule_class = PathRule
    url_map_class = Map

    def __init__(self, name: str) -> None:
        super().__init__(name, static_folder=None, template_folder=None)
        self.url_map.strict_slashes = False
        self.url_map.merge_slashes = False

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Match a request by its path alone."""
        if request is None:
            return None
        return self.url_map.bind("", path_info=request.path, default_method=request.method)


class Match(NamedTuple):
    """Where a path leads."""

    endpoint: str | None = None
    """None where it leads nowhere, or not with that method."""
    args: Mapping[str, str] = MappingProxyType({})
    allowed: frozenset[str] | None = None
    """The methods that the path has, where it does not have the one that was asked for."""


NOWHERE = Match()


class Router:
    """The rules of a map, matched to paths segment by segment.

    Werkzeug's own matcher makes a function that refers to itself for each request: cyclic garbage,
    which somebody has to look for. Here every dynamic segment is one whole segment.
    """

    __slots__ = ("_root",)

    def __init__(self, routes: Map) -> None:
        self._root = _Node()
        converters = {name: made(routes) for name, made in routes.converters.items()}
        for rule in routes.iter_rules():
            self._root.add(rule, converters)

    def match(self, path: str, method: str) -> Match:
        """Return where a path leads: first by its words, then by what may stand for anything."""
        allowed: set[str] = set()
        found = self._root.find(path.split("/"), 0, method, (), allowed)
        if found is not None:
            return found
        return Match(allowed=frozenset(allowed)) if allowed else NOWHERE


class _Node:
    """What may follow in a path."""

    __slots__ = ("dynamic", "endpoints", "static")

    def __init__(self) -> None:
        self.static: dict[str, _Node] = {}
        self.dynamic: list[tuple[BaseConverter, re.Pattern[str], str, _Node]] = []
        self.endpoints: dict[str, str] = {}
        """The endpoint of each method, where a path may end here."""

    def add(self, rule: Rule, converters: Mapping[str, BaseConverter]) -> None:
        """Add a rule below this node."""
        node = self
        for segment in rule.rule.split("/"):
            if segment.startswith("<"):
                kind, _, name = segment[1:-1].partition(":")
                node = node.after(converters[kind], name)
            else:
                node = node.static.setdefault(segment, _Node())
        for method in rule.methods or ():
            node.endpoints[method] = rule.endpoint

    def after(self, converter: BaseConverter, name: str) -> _Node:
        """Return what follows a segment that a converter takes."""
        for _, pattern, its_name, node in self.dynamic:
            if (pattern.pattern, its_name) == (converter.regex, name):
                return node
        added = _Node()
        self.dynamic.append((converter, re.compile(converter.regex), name, added))
        return added

    def find(
        self,
        segments: Sequence[str],
        position: int,
        method: str,
        args: tuple[tuple[str, str], ...],
        allowed: set[str],
    ) -> Match | None:
        """Return where the rest of a path leads, and note the methods that it has."""
        if position == len(segments):
            endpoint = self.endpoints.get(method)
            if endpoint is not None:
                return Match(endpoint, dict(args))
            allowed.update(self.endpoints)
            return None
        segment = segments[position]
        node = self.static.get(segment)
        if node is not None:
            found = node.find(segments, position + 1, method, args, allowed)
            if found is not None:
                return found
        for converter, pattern, name, node in self.dynamic:
            if pattern.fullmatch(segment):
                more = (*args, (name, converter.to_python(segment)))
                found = node.find(segments, position + 1, method, more, allowed)
                if found is not None:
                    return found
        return None
