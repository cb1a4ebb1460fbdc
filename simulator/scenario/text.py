"""The text of a scenario: YAML without traps, or JSON.

Scalars are what YAML 1.2's core schema makes of them, and less: ``true false null ~``, plain
decimal integers and floats; everything else is text. So ``on``, ``no``, ``0123``, ``+44...``,
``12:30`` and a date mean what they look like.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

import yaml

from simulator.scenario.errors import Mistake, ScenarioError

try:
    from yaml import CSafeLoader as _BaseLoader
except ImportError:  # libyaml is not everywhere; what it reads is the same
    from yaml import SafeLoader as _BaseLoader  # type: ignore[assignment]

MAX_LEVELS = 110
"""Those of attached data, 100, and what a document puts around them."""
MAX_YAML = 8 * 2**20
"""Characters of YAML; reading it takes a hundred times what reading JSON takes."""
MAX_JSON = 64 * 2**20
MAX_ALIASED = 1_000_000
"""Values of a document in which aliases stand for what they name."""
MAX_DIGITS = 40

_BOOLEAN = re.compile(r"^(?:true|false)$")
_NULL = re.compile(r"^(?:null|~|)$")
_INTEGER = re.compile(r"^-?(?:0|[1-9][0-9]*)$")
_FLOAT = re.compile(r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$")
_MERGE = re.compile(r"^<<$")


class _Loader(_BaseLoader):
    """The safe loader, with fewer implicit types and without silent duplicates."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._flat: set[yaml.Node] = set()

    def construct_map(self, node: yaml.Node) -> dict[str, Any]:
        """Return a mapping, its keys as they are spelt."""
        if not isinstance(node, yaml.MappingNode):
            raise _unfit(node, "expected a map")
        self.flatten_mapping(node)
        return {key.value: self.construct_object(value, deep=True) for key, value in node.value}

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Put what is merged into a mapping; refuse a key that stands twice in it as written."""
        if node in self._flat:
            return
        self._flat.add(node)
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _unfit(key, "a key must be text")
            if key.value in seen:
                raise _unfit(key, f"the key {key.value!r} stands twice")
            seen.add(key.value)
        super().flatten_mapping(node)

    def construct_word(self, node: yaml.Node) -> bool | None:
        """Return what ``true``, ``false`` and the words for nothing stand for."""
        text = self._spelt(node, _NULL if node.tag.endswith(":null") else _BOOLEAN)
        return {"true": True, "false": False}.get(text)

    def construct_integer(self, node: yaml.Node) -> int | str:
        """Return an integer; what is longer than any number here stays text, as one sees it."""
        text = self._spelt(node, _INTEGER)
        return int(text) if len(text.lstrip("-")) <= MAX_DIGITS else text

    def construct_float(self, node: yaml.Node) -> float | str:
        """Return a float; what is larger than any stays text."""
        text = self._spelt(node, _FLOAT)
        return float(text) if math.isfinite(float(text)) else text

    def _spelt(self, node: yaml.Node, pattern: re.Pattern[str]) -> str:
        """Return a scalar's text, which an explicit tag may have given to the wrong type."""
        text = node.value if isinstance(node, yaml.ScalarNode) else ""
        if not pattern.match(text) or not isinstance(node, yaml.ScalarNode):
            raise _unfit(node, f"{text!r} is not of the type {node.tag.rpartition(':')[2]}")
        return text


def _unfit(where: yaml.Node | yaml.Event, text: str) -> yaml.MarkedYAMLError:
    mark: Any = where.start_mark
    return yaml.constructor.ConstructorError(None, None, text, mark)


for _tag, _pattern, _first in (
    ("bool", _BOOLEAN, "tf"),
    ("null", _NULL, ["n", "~", ""]),
    ("int", _INTEGER, "-0123456789"),
    ("float", _FLOAT, "-0123456789"),
    ("merge", _MERGE, "<"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", _pattern, list(_first))
# No other type has a place in a scenario: dates are text, sets and binaries are nothing at all.
_Loader.yaml_constructors = {
    None: _Loader.construct_undefined,
    "tag:yaml.org,2002:bool": _Loader.construct_word,
    "tag:yaml.org,2002:null": _Loader.construct_word,
    "tag:yaml.org,2002:int": _Loader.construct_integer,
    "tag:yaml.org,2002:float": _Loader.construct_float,
    "tag:yaml.org,2002:str": _Loader.construct_yaml_str,
    "tag:yaml.org,2002:seq": _Loader.construct_yaml_seq,
    "tag:yaml.org,2002:map": _Loader.construct_map,
}


def read_text(text: str, source: str) -> Any:
    """Return the data of a document: JSON where it begins with ``{`` or ``[``, else YAML.

    Raises :exc:`ScenarioError` with line and column where it cannot be read.
    """
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_JSON:
        problem = f"{len(text)} characters, more than {MAX_JSON}"
        raise ScenarioError([Mistake(source, "", problem)])
    if text.lstrip(" \t\r\n")[:1] in ("{", "["):
        return _read_json(text, source)
    if len(text) > MAX_YAML:
        problem = f"{len(text)} characters of YAML, more than {MAX_YAML}: write it as JSON"
        raise ScenarioError([Mistake(source, "", problem)])
    return _read_yaml(text, source)


def compose(text: str) -> yaml.Node | None:
    """Return the nodes of a document, which know where they stand; JSON is read as YAML."""
    node: yaml.Node | None = yaml.compose(text, _Loader)
    return node


def _read_yaml(text: str, source: str) -> Any:
    try:
        aliases = _refuse_depth(text)
        data = yaml.load(text, _Loader)  # noqa: S506 - a loader that is safe, and then some
        if aliases:
            _refuse_bomb(data, aliases[0])
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{source}:{mark.line + 1}:{mark.column + 1}" if mark else source
        raise ScenarioError([Mistake(place, "", error.problem or "cannot be read")]) from None
    except yaml.YAMLError as error:
        raise ScenarioError([Mistake(source, "", " ".join(str(error).split()))]) from None
    return data


def _refuse_depth(text: str) -> list[yaml.Event]:
    """Refuse more levels than anything needs, before libyaml overruns its stack on them.

    Return the aliases there are.
    """
    depth = 0
    aliases: list[yaml.Event] = []
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.AliasEvent):
            aliases.append(event)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_LEVELS:
                raise _unfit(event, f"more than {MAX_LEVELS} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return aliases


def _refuse_bomb(data: Any, alias: yaml.Event) -> None:
    """Refuse a document that aliases make larger than its text can be, or endless."""
    left = [data]
    count = 0
    while left:
        each = left.pop()
        count += 1
        if count > MAX_ALIASED:
            raise _unfit(alias, f"aliases make this more than {MAX_ALIASED} values")
        if isinstance(each, dict):
            left.extend(each.values())
        elif isinstance(each, list):
            left.extend(each)


class _UnusableError(ValueError):
    """What JSON can say and a scenario cannot hold."""


def _read_json(text: str, source: str) -> Any:
    try:
        data = json.loads(
            text,
            object_pairs_hook=_members,
            parse_constant=_finite,
            parse_float=_finite,
            parse_int=_integer,
        )
        if _is_deep(data):
            raise _UnusableError(f"more than {MAX_LEVELS} levels")
    except RecursionError:
        raise ScenarioError([_placed(text, source, f"more than {MAX_LEVELS} levels")]) from None
    except json.JSONDecodeError as error:
        place = f"{source}:{error.lineno}:{error.colno}"
        raise ScenarioError([Mistake(place, "", f"not JSON: {error.msg}")]) from None
    except _UnusableError as error:
        raise ScenarioError([_placed(text, source, str(error))]) from None
    return data


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _UnusableError(f"the key {twice!r} stands twice")
    return members


def _finite(text: str) -> float:
    number = float(text)
    if math.isfinite(number):
        return number
    raise _UnusableError(f"{text} is no finite number")


def _integer(text: str) -> int:
    if len(text.lstrip("-")) <= MAX_DIGITS:
        return int(text)
    raise _UnusableError(f"an integer of more than {MAX_DIGITS} digits")


def _is_deep(data: Any) -> bool:
    level = [data]
    for _ in range(MAX_LEVELS):
        level = [
            inner
            for each in level
            if isinstance(each, (dict, list))
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return any(isinstance(each, (dict, list)) for each in level)


def _placed(text: str, source: str, problem: str) -> Mistake:
    """Return a mistake with its place where reading the JSON as YAML, which it is, finds it."""
    try:
        _read_yaml(text, source)
    except ScenarioError as error:
        if error.mistakes[0].text == problem:
            return error.mistakes[0]
    return Mistake(source, "", problem)
