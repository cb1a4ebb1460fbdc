"""The text of a scenario: YAML without traps, or JSON.

Scalars are what YAML 1.2's core schema makes of them, and less: ``true false null ~``, plain
decimal integers and floats; everything else is text. So ``on``, ``no``, ``0123``, ``+44...``,
``12:30`` and a date mean what they look like.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from typing import Any

import yaml

from simulator.scenario.errors import Mistake, ScenarioError

try:
    from yaml import CSafeLoader as _BaseLoader
except ImportError:  # libyaml is not everywhere; what it reads is the same
    from yaml import SafeLoader as _BaseLoader  # type: ignore[assignment]

_BOOLEAN = re.compile(r"^(?:true|false)$")
_NULL = re.compile(r"^(?:null|~|)$")
_INTEGER = re.compile(r"^-?(?:0|[1-9][0-9]*)$")
_FLOAT = re.compile(r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$")
_MERGE = re.compile(r"^<<$")


class _Loader(_BaseLoader):
    """The safe loader, with fewer implicit types and without silent duplicates."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def construct_yaml_map(self, node: yaml.MappingNode) -> Generator[dict[Any, Any], None, None]:
        """Yield a mapping, its keys as they are spelt; refuse a key that stands twice."""
        members: dict[str, Any] = {}
        yield members
        seen = set()
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                continue
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    None, None, "a key must be text", key.start_mark
                )
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} stands twice", key.start_mark
                )
            seen.add(key.value)
        self.flatten_mapping(node)
        for key, value in node.value:
            members[key.value] = self.construct_object(value, deep=True)


def _integer(_loader: _Loader, node: yaml.ScalarNode) -> int | str:
    # What is longer than any number here is text, as a person sees it.
    return int(node.value) if len(node.value) <= 40 else str(node.value)


for _tag, _pattern, _first in (
    ("bool", _BOOLEAN, "tf"),
    ("null", _NULL, ["n", "~", ""]),
    ("int", _INTEGER, "-0123456789"),
    ("float", _FLOAT, "-0123456789"),
    ("merge", _MERGE, "<"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", _pattern, list(_first))
_Loader.add_constructor("tag:yaml.org,2002:int", _integer)
_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.construct_yaml_map)


def read_text(text: str, source: str) -> Any:
    """Return the data of a document: JSON where it begins with ``{`` or ``[``, else YAML.

    Raises :exc:`ScenarioError` with line and column where it cannot be read.
    """
    if text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        return _read_json(text, source)
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - a loader that is safe, and then some
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{source}:{mark.line + 1}:{mark.column + 1}" if mark else source
        raise ScenarioError([Mistake(place, "", error.problem or "cannot be read")]) from None
    except yaml.YAMLError as error:
        raise ScenarioError([Mistake(source, "", " ".join(str(error).split()))]) from None


def _read_json(text: str, source: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) != len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise ScenarioError([Mistake(source, "", f"the key {twice!r} stands twice")])
        return members

    try:
        return json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        place = f"{source}:{error.lineno}:{error.colno}"
        raise ScenarioError([Mistake(place, "", f"not JSON: {error.msg}")]) from None
