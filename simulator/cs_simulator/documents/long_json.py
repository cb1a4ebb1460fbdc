"""JSON text of many megabytes, read and written in pieces.

The decoder of ``json`` keeps every other thread waiting until it has read the whole of a text, or
until it calls a function of Python for a map. So a list of millions of numbers would stop a server
for seconds, and so would writing one. Here the same decoder reads, and the same encoder writes, a
short piece at a time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence, Set
from json.decoder import scanstring  # type: ignore[attr-defined] # public, though not in the stubs
from json.scanner import py_make_scanner  # type: ignore[attr-defined] # likewise
from typing import Any

PIECE = 2**16
"""Characters that are read at once, in a few milliseconds, by four threads in turn."""

_MANY = 2_000
"""Values that are written at once, in a fraction of a millisecond."""

_NEAR = 32
"""Characters that a piece may leave to the next one, so that no surrogate pair is cut."""

_SCALARS = re.compile(
    r"""(?: [ \t\n\r]*+
        (?: "(?:[^"\\]|\\.)*+" | \[[^\[\]{}"]*+\] | [^\s,"\[\]{}:]++ )
        [ \t\n\r]*+ , )++""",
    re.DOTALL | re.VERBOSE,
)
"""Elements of a list without anything deeper than a flat list, each with the comma behind it."""

_CHARACTERS = re.compile(
    r"""(?: [^"\\\x00-\x1f]++
        | \\u[dD][89abAB][0-9a-fA-F]{2} \\u[dD][c-fC-F][0-9a-fA-F]{2}
        | \\u[dD][89abAB][0-9a-fA-F]{2} (?=.{6}) (?!\\u[dD][c-fC-F])
        | \\u(?![dD][89abAB])[0-9a-fA-F]{4}
        | \\["\\/bfnrt] )*+""",
    re.DOTALL | re.VERBOSE,
)


def stretches(text: str) -> bool:
    """Tell whether ``json`` would keep other threads waiting: for a stretch without a map."""
    at = 0
    while len(text) - at > PIECE:
        end = text.rfind("}", at, at + PIECE)
        if end < 0:
            return True
        at = end + 1
    return False


def in_pieces(decoder: json.JSONDecoder) -> json.JSONDecoder:
    """Return a decoder that has been changed to read in pieces."""
    made: Any = decoder
    quick = made.scan_once

    def parse_array(at: tuple[str, int], scan: Callable[..., Any]) -> tuple[list[Any], int]:
        return _array(at, scan, quick)

    made.parse_array = parse_array
    made.parse_string = _string
    made.scan_once = py_make_scanner(decoder)
    return decoder


def _array(
    at: tuple[str, int], scan: Callable[..., Any], quick: Callable[..., Any]
) -> tuple[list[Any], int]:
    """Read a list, as the decoder's own function in Python does, and runs of scalars at once."""
    text, end = at
    values: list[Any] = []
    end = _after_space(text, end)
    if text[end : end + 1] == "]":
        return values, end + 1
    while True:
        run = _SCALARS.match(text, end, end + PIECE)
        if run is not None:
            try:
                values += quick(f"[{run[0][:-1]}]", 0)[0]
            except json.JSONDecodeError as error:
                raise json.JSONDecodeError(error.msg, text, end + error.pos - 1) from None
            except StopIteration as error:
                raise json.JSONDecodeError("Expecting value", text, end + error.value - 1) from None
            end = run.end()
            continue
        end = _after_space(text, end)
        try:
            value, end = scan(text, end)
        except StopIteration as error:
            raise json.JSONDecodeError("Expecting value", text, error.value) from None
        values.append(value)
        end = _after_space(text, end)
        sign = text[end : end + 1]
        end += 1
        if sign == "]":
            return values, end
        if sign != ",":
            raise json.JSONDecodeError("Expecting ',' delimiter", text, end - 1)


def _after_space(text: str, at: int) -> int:
    while text[at : at + 1] in (" ", "\t", "\n", "\r"):
        at += 1
    return at


def _string(text: str, begin: int, strict: bool = True) -> tuple[str, int]:
    """Read a text, as ``scanstring`` does."""
    pieces: list[str] = []
    at = begin
    while True:
        found = _CHARACTERS.match(text, at, at + PIECE)
        if found is None or found.end() - at < PIECE - _NEAR:
            break
        pieces.append(scanstring(f'{found[0]}"', 0, strict)[0])
        at = found.end()
    try:
        rest, end = scanstring(text, at, strict)
    except json.JSONDecodeError as error:
        is_open = error.msg.startswith("Unterminated")
        position = begin - 1 if is_open else error.pos
        raise json.JSONDecodeError(error.msg, text, position) from None
    return "".join([*pieces, rest]) if pieces else rest, end


def written(encoder: json.JSONEncoder, value: Any) -> str:
    """Return the text of a value as an encoder makes it, a small part at a time."""
    if not _is_much(value):
        return encoder.encode(value)
    if isinstance(value, str):
        parts = (value[at : at + PIECE] for at in range(0, len(value), PIECE))
        return f'"{"".join(encoder.encode(part)[1:-1] for part in parts)}"'
    if isinstance(value, dict):
        members = (
            f"{written(encoder, key)}{encoder.key_separator}{written(encoder, member)}"
            for key, member in value.items()
        )
        return f"{{{encoder.item_separator.join(members)}}}"
    texts = (
        written(encoder, part[0]) if is_much else encoder.encode(part)[1:-1]
        for is_much, part in _in_parts(value)
    )
    return f"[{encoder.item_separator.join(texts)}]"


def _in_parts(values: Sequence[Any]) -> Iterator[tuple[bool, list[Any]]]:
    """Yield the elements of a list: those that hold much alone, and others several at a time."""
    part: list[Any] = []
    for value in values:
        if isinstance(value, (dict, list, tuple, str)) and _is_much(value):
            if part:
                yield False, part
                part = []
            yield True, [value]
            continue
        part.append(value)
        if len(part) == _MANY:
            yield False, part
            part = []
    if part:
        yield False, part


_PLAIN: Set[type] = frozenset({int, float, bool, type(None)})


def _is_much(value: Any) -> bool:
    """Tell whether a value holds so many others, or so long a text, that writing it takes long."""
    characters = 0
    seen = [value]  # grows by what is in each of its values
    for part in seen:
        kind = type(part)
        if kind is str:
            characters += len(part)
        elif kind in _PLAIN:
            continue
        elif isinstance(part, dict):
            if len(seen) + 2 * len(part) > _MANY:
                return True
            seen += part
            seen += part.values()
        elif isinstance(part, (list, tuple)):
            if len(seen) + len(part) > _MANY:
                return True
            seen += part
    return characters > PIECE
