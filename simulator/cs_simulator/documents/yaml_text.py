"""YAML without its traps: a reader, a writer, and the positions of parts in a text.

Scalars are typed as in YAML 1.2's core schema, with fewer types: ``true false null ~``, plain
decimal integers and floats; everything else is text. So ``on``, ``no``, ``0123``, ``+44...``,
``12:30`` and dates mean what they look like.
"""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Container, Mapping
from types import MappingProxyType
from typing import Any

import yaml

from cs_simulator.documents.json_text import MAX_DIGITS, Lines
from cs_simulator.documents.problems import Position, Positions, Problem, shown
from cs_simulator.documents.text import MAX_LEVELS, MAX_YAML, UnreadableError

_NO_CHARACTER = "found invalid Unicode character escape code"


class _PureLoader(yaml.SafeLoader):
    """PyYAML's loader in Python, for installations without libyaml, made to accept the same text.

    It accepts a question mark in unquoted text within brackets, and tabs between the parts of a
    value, as YAML 1.2 and libyaml do; PyYAML's scanner takes the one for the sign of a key and
    rejects the other. It rejects the escape of half a character, which PyYAML keeps as text that
    cannot be written.
    """

    _is_in_text = False
    _is_between = False

    def scan_plain(self) -> Any:
        """Return the token of unquoted text."""
        self._is_in_text = True
        try:
            return super().scan_plain()
        finally:
            self._is_in_text = False

    def scan_to_next_token(self) -> None:
        """Skip the space and comments between two tokens."""
        self._is_between = True
        try:
            super().scan_to_next_token()
        finally:
            self._is_between = False

    def scan_flow_scalar(self, style: str) -> Any:
        """Return the token of quoted text."""
        token = super().scan_flow_scalar(style)
        if any("\ud800" <= character <= "\udfff" for character in token.value):
            raise yaml.scanner.ScannerError(None, None, _NO_CHARACTER, token.start_mark)
        return token

    def peek(self, index: int = 0) -> str:
        """Return a following character."""
        found: str = super().peek(index)
        if found == "?" and self._is_in_text:
            return "!"
        if found == "\t" and self._is_between and (self.flow_level or not self.allow_simple_key):
            return " "
        return found


try:
    from yaml import CSafeLoader as _BaseLoader
except ImportError:  # pragma: no cover - libyaml is not everywhere; what it reads is the same
    _BaseLoader = _PureLoader  # type: ignore[misc, assignment]

try:
    from yaml import CSafeDumper as _BaseDumper
except ImportError:  # pragma: no cover - libyaml is not everywhere; what it writes reads the same
    from yaml import SafeDumper as _BaseDumper  # type: ignore[assignment]

MAX_ALIASED = 1_000_000
"""The maximum number of values after aliases are expanded and maps are merged."""

_BOOLEAN = re.compile(r"^(?:true|false)$")
_NULL = re.compile(r"^(?:null|~|)$")
_INTEGER = re.compile(r"^-?(?:0|[1-9][0-9]*)$")
_FLOAT = re.compile(r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$")
_MERGE = re.compile(r"^<<$")

_PLAIN_TEXT = re.compile(r"(?!(?:true|false|null)\Z)[A-Za-z][A-Za-z0-9_.-]*(?: [A-Za-z0-9_.-]+)*")
_LONGEST_PLAIN = 60
_UNFOLDED = 2**30

_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "tag:yaml.org,2002:bool": "true or false",
        "tag:yaml.org,2002:null": "null",
        "tag:yaml.org,2002:int": "an integer",
        "tag:yaml.org,2002:float": "a number",
    }
)
"""The form that a scalar with an explicit tag must have."""
_ENDLESS = "an alias refers to a value that contains it"
_PLAIN: Mapping[str, str] = MappingProxyType(
    {
        "found unconstructable recursive node": _ENDLESS,
        "mapping values are not allowed": "a key is not allowed here; put each key on its own "
        "line, indented like its neighbours, or the text between quotes",
        "could not find expected ':'": "a key needs a colon and a space after it",
        "did not find expected key": "this is indented unlike the keys before it",
        "did not find expected '-' indicator": "this is indented unlike the list before it",
        "did not find expected ',' or '}'": "expected , or } here",
        "did not find expected ',' or ']'": "expected , or ] here",
        "did not find expected <document start>": "the document has ended above",
        "found unexpected end of stream": "a quote is opened here and never closed",
        _NO_CHARACTER: "this escape is no character; write the character itself, not two "
        "\\u escapes for its halves, as JSON has them",
        "found undefined alias": "no such anchor; text that starts with * needs quotes",
    }
)
"""Plain words for errors about the library's internals, by the beginning of its message."""

_GONE = "; if the text had more lines: curl -d @FILE removes line ends, --data-binary keeps them"


class _Loader(_BaseLoader):
    """The safe loader, with fewer implicit types, that rejects duplicate keys."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._flat: set[yaml.Node] = set()
        self._merged = 0

    def construct_map(self, node: yaml.Node) -> dict[str, Any]:
        """Return a mapping with its keys as they are spelled."""
        if not isinstance(node, yaml.MappingNode):
            raise _unfit(node, "expected a map")
        self.flatten_mapping(node)
        return {key.value: self.construct_object(value, deep=True) for key, value in node.value}

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Merge maps into a mapping; reject a key that is written twice in it.

        The library keeps merged keys more than once, so maps that merge each other grow without
        bound. Here each key is kept once, and the work is counted.
        """
        if node in self._flat:
            return
        self._flat.add(node)
        members: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        merged: list[yaml.Node] = []
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _unfit(key, "a key must be text, not a list or a map")
            if key.value in members:
                raise _unfit(key, f"duplicate key {shown(key.value)}")
            members[key.value] = (key, value)
            if key.tag.endswith(":merge"):
                merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
        for name in [name for name, (key, _) in members.items() if key.tag.endswith(":merge")]:
            del members[name]
        inherited: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for source in merged:
            if not isinstance(source, yaml.MappingNode):
                raise _unfit(source, "expected a map, or a list of maps, to merge")
            self.flatten_mapping(source)
            self._merged += len(source.value)
            if self._merged > MAX_ALIASED:
                raise _unfit(source, f"merges expand to more than {MAX_ALIASED} values")
            for key, value in source.value:
                inherited.setdefault(key.value, (key, value))
        node.value = list({**inherited, **members}.values())

    def construct_word(self, node: yaml.Node) -> bool | None:
        """Return the value of ``true``, ``false`` and the words for null."""
        text = self._spelt(node, _NULL if node.tag.endswith(":null") else _BOOLEAN)
        return {"true": True, "false": False}.get(text)

    def construct_integer(self, node: yaml.Node) -> int | str:
        """Return an integer; one with too many digits stays text."""
        text = self._spelt(node, _INTEGER)
        return int(text) if len(text.lstrip("-")) <= MAX_DIGITS else text

    def construct_float(self, node: yaml.Node) -> float | str:
        """Return a float; one that is too large stays text."""
        text = self._spelt(node, _FLOAT)
        return float(text) if math.isfinite(float(text)) else text

    def refuse_type(self, node: yaml.Node) -> None:
        """Reject an explicit tag: scenarios have no other types."""
        tag = node.tag.removeprefix("tag:yaml.org,2002:")
        raise _unfit(node, f"unsupported tag {tag}; remove it")

    def _spelt(self, node: yaml.Node, pattern: re.Pattern[str]) -> str:
        """Return the text of a scalar, whose type may come from a wrong explicit tag."""
        text = node.value if isinstance(node, yaml.ScalarNode) else ""
        if not pattern.match(text) or not isinstance(node, yaml.ScalarNode):
            raise _unfit(node, Problem("", _TYPES[node.tag], text).detail)
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
_Loader.yaml_constructors = {
    None: _Loader.refuse_type,
    "tag:yaml.org,2002:bool": _Loader.construct_word,
    "tag:yaml.org,2002:null": _Loader.construct_word,
    "tag:yaml.org,2002:int": _Loader.construct_integer,
    "tag:yaml.org,2002:float": _Loader.construct_float,
    "tag:yaml.org,2002:str": _Loader.construct_yaml_str,
    "tag:yaml.org,2002:seq": _Loader.construct_yaml_seq,
    "tag:yaml.org,2002:map": _Loader.construct_map,
}


def read_yaml(text: str) -> Any:
    """Return the data of a YAML text, or raise :exc:`UnreadableError`."""
    if len(text) > MAX_YAML:
        problem = f"{len(text)} characters; YAML is limited to {MAX_YAML}, so write it as JSON"
        raise UnreadableError(Problem("", text=problem))
    try:
        aliases = _refuse_depth(text)
        data = yaml.load(text, _Loader)  # noqa: S506 - a loader that is safe, and then some
        if aliases and isinstance(data, (dict, list)):
            _refuse_bomb(data, aliases[0])
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        problem = _in_plain_words(error.problem or "cannot be read", text, mark)
        raise UnreadableError(Problem("", text=problem, line=line, column=column)) from None
    except yaml.reader.ReaderError as error:
        character = int(error.character)
        line, column = Lines(text).position(text.find(chr(character)))
        problem = f"character U+{character:04X} is not allowed in YAML"
        note = "write the document as JSON and escape it"
        found = Problem("", text=problem, note=note, line=line, column=column)
        raise UnreadableError(found) from None
    return data


def _in_plain_words(problem: str, text: str, mark: Any) -> str:
    """Return an error of the YAML library in plain words."""
    if "cannot start any token" in problem:
        found = text[mark.index : mark.index + 1] if mark else ""
        if found == "\t":
            return "YAML does not allow a tab here; indent with spaces"
        return f"text that starts with {found} needs quotes" if found else problem
    plain = next((_PLAIN[start] for start in _PLAIN if problem.startswith(start)), problem)
    is_one_line = "\n" not in text.strip("\n")
    return plain + _GONE if is_one_line and problem.startswith("mapping values") else plain


def _refuse_depth(text: str) -> list[yaml.Event]:
    """Reject too deep nesting, before libyaml overflows its stack.

    Return the aliases.
    """
    depth = 0
    aliases: list[yaml.Event] = []
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.AliasEvent):
            aliases.append(event)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_LEVELS:
                raise _unfit(event, f"nested more than {MAX_LEVELS} levels deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return aliases


def _refuse_bomb(data: Any, alias: yaml.Event) -> None:
    """Reject a document that aliases make much larger or deeper than its text, or endless.

    Reading shares the values of aliases, and so does this check: each value is measured once, after
    its parts.
    """
    measured: dict[int, tuple[int, int]] = {}
    begun: set[int] = set()
    left: list[Any] = [data]
    while left:
        outer = left[-1]
        if id(outer) in measured:
            left.pop()
            continue
        inside = list(outer.values()) if isinstance(outer, dict) else outer
        waiting = {
            id(value): value
            for value in inside
            if isinstance(value, (dict, list)) and id(value) not in measured
        }
        if waiting:
            if id(outer) in begun:
                raise _unfit(alias, _ENDLESS)
            begun.add(id(outer))
            left.extend(waiting.values())
            continue
        left.pop()
        sizes = [measured.get(id(value), (1, 0)) for value in inside]
        count = 1 + sum(size for size, _ in sizes)
        levels = 1 + max((level for _, level in sizes), default=0)
        if count > MAX_ALIASED:
            raise _unfit(alias, f"aliases expand to more than {MAX_ALIASED} values")
        if levels > MAX_LEVELS:
            raise _unfit(alias, f"aliases nest more than {MAX_LEVELS} levels deep")
        measured[id(outer)] = count, levels


def yaml_positions(text: str, wanted: Container[str]) -> tuple[Positions, Positions]:
    """Return the positions of wanted keys and values, by path."""
    keys: dict[str, Position] = {}
    values: dict[str, Position] = {}
    # Merged keys come after all others: the map's own keys take precedence.
    left: list[tuple[str, yaml.Node]] = []
    merged: deque[tuple[str, yaml.Node]] = deque()
    seen: set[tuple[str, yaml.Node]] = set()
    whole: yaml.Node | None = yaml.compose(text, _Loader)
    if whole is not None:
        left.append(("", whole))
    while left or merged:
        path, node = left.pop() if left else merged.popleft()
        if (path, node) in seen:
            continue
        seen.add((path, node))
        values.setdefault(path, _position(node))
        if isinstance(node, yaml.SequenceNode):
            inside = ((f"{path}[{number}]", item) for number, item in enumerate(node.value))
            left += [item for item in inside if item[0] in wanted]
        elif isinstance(node, yaml.MappingNode):
            for key, value in reversed(node.value):
                name = f"{path}.{key.value}" if path else str(key.value)
                if key.value == "<<":
                    several = isinstance(value, yaml.SequenceNode)
                    merged.extend((path, item) for item in (value.value if several else [value]))
                elif name in wanted:
                    keys.setdefault(name, _position(key))
                    left.append((name, value))
    return keys, values


def _position(node: yaml.Node) -> Position:
    mark = node.start_mark
    return Position(mark.line + 1, mark.column + 1)


def yaml_of(members: Mapping[str, Any]) -> str:
    """Return the members of a document as YAML that reads back equal."""
    text: str = yaml.dump(
        members, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_UNFOLDED
    )
    return text


class _Dumper(_BaseDumper):
    """The safe dumper; longer text is quoted, and there are no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def text(self, data: str) -> yaml.ScalarNode:
        """Return text in a form that every reader takes for text."""
        plain = len(data) <= _LONGEST_PLAIN and _PLAIN_TEXT.fullmatch(data)
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=None if plain else '"')


_Dumper.add_representer(str, _Dumper.text)
