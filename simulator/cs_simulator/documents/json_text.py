"""JSON text: a strict reader, and the position of everything in a text.

``json`` gives no position for a duplicate key or for a number that is not finite. Such problems are
located in a second pass, only after a text is rejected.
"""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_right
from collections.abc import Container, Iterator
from json.decoder import scanstring  # type: ignore[attr-defined] # public, though not in the stubs
from typing import Any, Literal, NamedTuple, NoReturn

from cs_simulator.documents.long_json import PIECE, in_pieces, stretches
from cs_simulator.documents.problems import DocumentError, Position, Problem, shown

MAX_VALUES = 5_000_000
"""The maximum number of values in a text: a byte or two of text may take a hundred of memory."""

MAX_DIGITS = 40
"""The maximum number of digits of an integer."""
_MANY_DIGITS = re.compile(f"[0-9]{{{MAX_DIGITS + 1}}}")

_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)
_LEXEME = r"""
    (?P<text> "(?:[^"\\]|\\.)*" )
    | (?P<sign> [\[\]{}:,] )
    | (?P<number> -?(?:0|[1-9][0-9]*) (?:\.[0-9]+)? (?:[eE][+-]?[0-9]+)? )
    | (?P<constant> -?Infinity | NaN )
    | (?P<word> [^\s"\[\]{}:,] )
"""
"""Compiled when the first problem is located. Numbers are matched as ``json`` matches them."""


JsonProblem = Literal["syntax", "number", "limit"]
"""Not JSON; a word such as NaN in place of a number; or JSON beyond one of our limits."""


class JsonError(DocumentError):
    """Text that is not JSON, or that is not accepted; its one problem has a position."""

    def __init__(
        self, text: str, position: Position, note: str = "", kind: JsonProblem = "limit"
    ) -> None:
        line, column = position
        self.problem = Problem("", text=text, note=note, line=line, column=column)
        self.kind = kind
        super().__init__([self.problem])

    @property
    def located(self) -> str:
        """The problem and its position, in words."""
        return f"{self.problem.text} at line {self.problem.line}, column {self.problem.column}"


class EncodingError(JsonError):
    """Bytes that are not valid UTF-8."""


class _SuspectError(ValueError):
    """The text has something that is not accepted; its position is searched afterwards."""


class Part(NamedTuple):
    """A key or a value in JSON text."""

    kind: Literal["key", "key again", "value"]
    form: str
    """The kind of a value: text, number, constant, word or, for an opening bracket, sign."""
    path: str | None
    """None if it was not asked for."""
    offset: int
    word: str


class JsonReader:
    """A reader of texts up to a depth."""

    __slots__ = ("_careful", "_levels", "_quick")

    def __init__(self, levels: int) -> None:
        self._levels = levels
        self._quick = _decoder_with()
        # Checking every integer costs as much as everything else, so only texts with long ones are
        # checked.
        self._careful = _decoder_with(parse_int=_integer)

    def read(self, text: str) -> Any:
        """Return the value of a text; raise :exc:`JsonError` with line and column."""
        _check_number(text)
        if text.count("[") + text.count("{") > self._levels:
            self._check_depth(text)
        try:
            return self._decoder(text).decode(text)
        except json.JSONDecodeError as error:
            message, offset = _plain(error, text)
            position = Lines(text).position(offset)
            note = _likely_fix(message, text, offset)
            raise JsonError(message, position, note, "syntax") from None
        except _SuspectError:
            raise self._found(text) from None

    def _decoder(self, text: str) -> json.JSONDecoder:
        """Return the quickest decoder that does for a text."""
        is_long = len(text) > PIECE and stretches(text)
        for start in range(0, len(text), PIECE):
            # Piece by piece, since a search keeps other threads waiting, too.
            if _MANY_DIGITS.search(text, start, start + PIECE + MAX_DIGITS):
                return in_pieces(_decoder_with(parse_int=_integer)) if is_long else self._careful
        return in_pieces(_decoder_with()) if is_long else self._quick

    def _check_depth(self, text: str) -> None:
        depth = 0
        for token in _BRACKET.finditer(text):
            if token[0] in "[{":
                depth += 1
                if depth > self._levels:
                    problem = f"nested more than {self._levels} levels deep"
                    raise JsonError(problem, Lines(text).position(token.start()))
            elif token[0] in "]}":
                depth -= 1

    def _found(self, text: str) -> JsonError:
        """Return the first problem in a text."""
        for part in parts(text):
            problem = _problem(part)
            if problem:
                kind: JsonProblem = "number" if part.form == "constant" else "limit"
                return JsonError(problem, Lines(text).position(part.offset), kind=kind)
        raise AssertionError("what was refused is found again")  # pragma: no cover


def _problem(part: Part) -> str:
    """Return the problem of a part, or an empty string if it is accepted."""
    if part.kind == "key again":
        return f"duplicate key {shown(part.word)}"
    if part.form == "constant":
        return f"{part.word} is not a JSON number"
    if part.form != "number":
        return ""
    digits = part.word.lstrip("-")
    if digits.isdigit() and len(digits) > MAX_DIGITS:
        return f"an integer of {len(digits)} digits; at most {MAX_DIGITS} are allowed"
    if not digits.isdigit() and math.isinf(float(part.word)):
        return f"{part.word} is too large for a 64-bit float"
    return ""


def _decoder_with(**hooks: Any) -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=_members, parse_float=_float, parse_constant=_suspect, **hooks
    )


def _check_number(text: str) -> None:
    """Reject a text with too many values; signs within texts count, too."""
    if len(text) <= MAX_VALUES:
        return
    found = 0
    for start in range(0, len(text), PIECE):
        end = start + PIECE
        found += sum(text.count(sign, start, end) for sign in ",[{")
        if found > MAX_VALUES:
            position = Lines(text).position(min(end, len(text)))
            raise JsonError(f"more than {MAX_VALUES} values up to here", position)


def decoded(raw: bytes) -> str:
    """Decode UTF-8; raise :exc:`JsonError` if the bytes are not valid."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _no_text(raw, error.start) from None
    if "\0" in text[:4] and wide_text(raw[:4]):
        raise _no_text(raw, raw.index(0))
    return text


def _no_text(raw: bytes, at: int) -> EncodingError:
    """Return the problem of bytes that are not valid UTF-8, and what they look like instead."""
    before = raw[:at].decode("utf-8", "replace")
    like = resemblance(raw)
    problem = f"byte {at + 1} is 0x{raw[at]:02X}{f' (it looks like {like})' if like else ''}"
    return EncodingError(problem, Lines(before).position(len(before)))


def parts(text: str, wanted: Container[str] = ()) -> Iterator[Part]:
    """Yield the keys and values of JSON text in order, up to the first error.

    Parts whose path is wanted have it; the paths of their parents must be wanted too.
    """
    frames: list[_Frame] = []
    for lexeme in re.finditer(_LEXEME, text, re.DOTALL | re.VERBOSE):
        word, offset, form = lexeme[0], lexeme.start(), lexeme.lastgroup or ""
        frame = frames[-1] if frames else None
        if word in ("]", "}"):
            if frame is None:
                return
            frames.pop()
        elif frame is not None and word == ",":
            frame.next()
        elif frame is not None and word == ":":
            frame.takes_key = False
        elif frame is not None and frame.takes_key and form == "text":
            try:
                name = scanstring(text, offset + 1)[0]
            except json.JSONDecodeError:
                return
            again = name in frame.names
            frame.name_next(name)
            path = frame.inside(wanted)
            yield Part("key again" if again else "key", form, path, offset, name)
        else:
            path = "" if frame is None else frame.inside(wanted)
            yield Part("value", form, path, offset, word)
            if word in ("[", "{"):
                frames.append(_Frame(path, is_object=word == "{"))


class _Frame:
    """A list or an object that is still open."""

    __slots__ = ("_index", "_is_object", "_name", "names", "path", "takes_key")

    def __init__(self, path: str | None, *, is_object: bool) -> None:
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

    def inside(self, wanted: Container[str]) -> str | None:
        """Return the path of the current member or item, or None if it is not wanted."""
        if self.path is None:
            return None
        if not self._is_object:
            path = f"{self.path}[{self._index}]"
        else:
            path = f"{self.path}.{self._name}" if self.path else self._name
        return path if path in wanted else None


class Lines:
    """The lines of a text, for converting offsets to positions."""

    __slots__ = ("_starts",)

    def __init__(self, text: str) -> None:
        self._starts = [0, *(line_end.end() for line_end in re.finditer("\n", text))]

    def position(self, offset: int) -> Position:
        """Return the line and the column of an offset."""
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _SuspectError
    return members


def _integer(text: str) -> int:
    if len(text.lstrip("-")) > MAX_DIGITS:
        raise _SuspectError
    return int(text)


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _SuspectError
    return number


def _suspect(_text: str) -> NoReturn:
    raise _SuspectError


_EXTRA = "extra data"


def _plain(error: json.JSONDecodeError, text: str) -> tuple[str, int]:
    """Return the problem and its position, the same under every version of Python."""
    if error.msg.startswith("Illegal trailing comma"):
        # Python 3.13 points at the comma, earlier versions at what follows it.
        offset = error.pos + 1
        while text[offset].isspace():
            offset += 1
        if error.msg.endswith("object"):
            return "expecting property name enclosed in double quotes", offset
        return "expecting value", offset
    message = error.msg.removesuffix(" at")
    return message[:1].lower() + message[1:], error.pos


def _likely_fix(message: str, text: str, offset: int) -> str:
    """Return the most likely fix; the vendor's own examples contain all of these errors."""
    following = text[offset : offset + 1]
    preceding = text[:offset].rstrip()[-1:]
    if message == _EXTRA:
        return "send one JSON document; something follows its end"
    if preceding == "," and following in ("}", "]"):
        return "remove the comma before the closing bracket"
    if following == "'":
        return "put strings in double quotes"
    if following.isdigit() and preceding.isdigit():
        if text[offset - 1].isspace():
            return "write a number without spaces: 25000, not 25 000"
        return "write a number without leading zeros, and text in double quotes"
    if following.isalpha():
        return "put text in double quotes"
    return ""


_SIGNS: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"PK\x03\x04", "a ZIP archive, as workbooks of Excel are"),
    (b"\xff\xfe\0\0", "UTF-32"),
    (b"\0\0\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_LOOKED_AT = 4096
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f")


def resemblance(raw: bytes) -> str:
    """Return what bytes that are not valid UTF-8 look like, or an empty string."""
    for sign, name in _SIGNS:
        if raw.startswith(sign):
            return name
    if raw[:1] == b"\x78" and len(raw) > 1 and int.from_bytes(raw[:2]) % 31 == 0:
        return "deflate"
    if wide := wide_text(raw[:4]):
        return wide
    beginning = raw[:_LOOKED_AT]
    if _CONTROLS.isdisjoint(beginning) and beginning.decode("utf-8", "ignore").isascii():
        return "ISO 8859-1 or Windows-1252"
    return ""


def wide_text(beginning: bytes | str) -> str:
    """Return the encoding of text whose characters take two or four bytes, or an empty string."""
    zeros = [character in (0, "\0") for character in beginning]
    if zeros in ([False, True, True, True], [True, True, True, False]):
        return "UTF-32"
    if zeros in ([False, True, False, True], [True, False, True, False]):
        return "UTF-16"
    return ""
