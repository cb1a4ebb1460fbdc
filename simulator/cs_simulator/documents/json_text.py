"""The text of a scenario in JSON: read strictly, and where everything in it stands."""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_right
from collections.abc import Iterator
from json.decoder import scanstring  # type: ignore[attr-defined] # public, though not in the stubs
from typing import Any, Literal, NamedTuple

from cs_simulator.documents.problems import Mistake, Place, ScenarioError

MAX_LEVELS = 110
"""Those of attached data, 100, and what a document puts around them."""
MAX_DIGITS = 40

_LEXEME = r'(?P<text>"(?:[^"\\]|\\.)*")|(?P<sign>[\[\]{}:,])|[^\s"\[\]{}:,]+'
"""Compiled when the first mistake is looked for."""


class _UnusableError(ValueError):
    """What JSON can say and a scenario cannot hold; where, is looked for afterwards."""


class NotJsonError(ScenarioError):
    """A text that is not JSON at all."""


class Part(NamedTuple):
    """A key or a value of a text in JSON."""

    kind: Literal["key", "key again", "value"]
    path: str
    offset: int
    word: str
    level: int


def read_json(text: str, source: str) -> Any:
    """Return the data of a document; raises :exc:`ScenarioError` with line and column."""
    try:
        data = json.loads(
            text,
            object_pairs_hook=_members,
            parse_constant=_finite,
            parse_float=_finite,
            parse_int=_integer,
        )
        if _is_deep(data):
            raise _UnusableError
    except json.JSONDecodeError as error:
        problem = f"not JSON, which a document is that begins with {{ or [: {error.msg}"
        raise NotJsonError(
            [Mistake(source, "", problem, line=error.lineno, column=error.colno)]
        ) from None
    except (_UnusableError, RecursionError):
        raise ScenarioError([_unusable(text, source)]) from None
    return data


def parts(text: str) -> Iterator[Part]:
    """Yield the keys and values of a text in JSON, in their order."""
    frames: list[_Frame] = []
    for lexeme in re.finditer(_LEXEME, text, re.DOTALL):
        word, offset = lexeme[0], lexeme.start()
        frame = frames[-1] if frames else None
        if word in ("]", "}"):
            frames.pop()
        elif frame is not None and word == ",":
            frame.next()
        elif frame is not None and word == ":":
            frame.takes_key = False
        elif frame is not None and frame.takes_key and lexeme["text"]:
            name = scanstring(text, offset + 1)[0]
            again = name in frame.names
            frame.name_next(name)
            yield Part("key again" if again else "key", frame.inside(), offset, name, len(frames))
        else:
            path = "" if frame is None else frame.inside()
            opens = word in ("[", "{")
            yield Part("value", path, offset, word, len(frames) + opens)
            if opens:
                frames.append(_Frame(path, is_object=word == "{"))


class _Frame:
    """A list or an object that is not closed yet."""

    __slots__ = ("_index", "_is_object", "_name", "names", "path", "takes_key")

    def __init__(self, path: str, *, is_object: bool) -> None:
        self.path = path
        self.names: set[str] = set()
        self.takes_key = is_object
        self._is_object = is_object
        self._index = 0
        self._name = ""

    def next(self) -> None:
        self._index += 1
        self.takes_key = self._is_object

    def name_next(self, name: str) -> None:
        self._name = name
        self.names.add(name)

    def inside(self) -> str:
        """Return the path of the present member or item."""
        if self._is_object:
            return f"{self.path}.{self._name}" if self.path else self._name
        return f"{self.path}[{self._index}]"


class Lines:
    """The lines of a text, to say where something in it stands."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(each.end() for each in re.finditer("\n", text))]

    def place(self, offset: int) -> Place:
        """Return the line and the column of an offset."""
        line = bisect_right(self._starts, offset)
        return Place(line, offset - self._starts[line - 1] + 1)


def _unusable(text: str, source: str) -> Mistake:
    """Return the first thing in a text that is JSON and that a scenario cannot hold."""
    for part in parts(text):
        problem = ""
        if part.level > MAX_LEVELS:
            problem = f"more than {MAX_LEVELS} levels"
        elif part.kind == "key again":
            problem = f"the key {part.word!r} stands twice"
        elif part.kind == "value":
            try:
                if part.word.lstrip("-").isdigit():
                    _integer(part.word)
                elif part.word[0] in "-NI0123456789":
                    _finite(part.word)
            except _UnusableError as error:
                problem = str(error)
        if problem:
            line, column = Lines(text).place(part.offset)
            return Mistake(source, "", problem, line=line, column=column)
    return Mistake(source, "", f"more than {MAX_LEVELS} levels")  # pragma: no cover - found above


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _UnusableError
    return members


def _finite(text: str) -> float:
    number = float(text)
    if math.isfinite(number):
        return number
    raise _UnusableError(f"found {text}, expected a finite number")


def _integer(text: str) -> int:
    digits = len(text.lstrip("-"))
    if digits <= MAX_DIGITS:
        return int(text)
    raise _UnusableError(
        f"found an integer of {digits} digits, expected at most {MAX_DIGITS}; a text stands in "
        "quotes"
    )


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
