"""JSON as it comes in: read strictly, and refused with the place of the mistake.

Contract section 2, *A body*.
"""

from __future__ import annotations

import json
import math
import re
from json.decoder import scanstring  # type: ignore[attr-defined] # public, though not in the stubs
from typing import Any, NoReturn

from cs_simulator.domain.errors import MalformedBody

MAX_DEPTH = 100
MAX_DIGITS = 40
_EXTRA = "extra data"

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)
_LEXEME = re.compile(
    r'(?P<string>"(?:[^"\\]|\\.)*")|(?P<punctuation>[\[\]{}:,])'
    r"|(?P<number>-?(?:Infinity|NaN|[0-9][0-9.eE+-]*))|(?P<word>[A-Za-z]+)",
    re.DOTALL,
)


class _SuspectError(Exception):
    """The document holds what JSON or the contract forbids; where, is looked for afterwards."""


def read_json(raw: bytes) -> Any:
    """Return the value of a JSON document in UTF-8.

    Raises :exc:`MalformedBody` with line and column where it is not JSON, holds a member twice,
    a number that is not finite or has more than 40 digits, or more than 100 levels.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedBody(
            f"the body is not UTF-8: byte {error.start + 1} is 0x{raw[error.start]:02X}, "
            f"at {_place(raw[: error.start].decode('utf-8', 'replace'), error.start)}",
            "send JSON in UTF-8",
        ) from None
    if text.count("[") + text.count("{") > MAX_DEPTH:
        _check_depth(text)
    decoder = _CAREFUL_DECODER if _MANY_DIGITS.search(text) else _DECODER
    try:
        return decoder.decode(text)
    except json.JSONDecodeError as error:
        message, position = _plain(error, text)
        raise MalformedBody(
            f"the body is not JSON: {message} at {_place(text, position)}",
            _likely_mend(message, text, position),
        ) from None
    except _SuspectError:
        _refuse_suspect(text)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise _SuspectError
    return result


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        digits = text.lstrip("-")
        if len(digits) > MAX_DIGITS:
            raise _SuspectError
    return int(text)


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _SuspectError
    return number


def _constant(_text: str) -> NoReturn:
    raise _SuspectError


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_float=_float, parse_constant=_constant)
# A look at every integer costs as much as all the rest; only a text that may need it pays for it.
_CAREFUL_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_int=_integer, parse_float=_float, parse_constant=_constant
)
_MANY_DIGITS = re.compile(f"[0-9]{{{MAX_DIGITS + 1}}}")


def _check_depth(text: str) -> None:
    depth = 0
    for token in _TOKEN.finditer(text):
        character = token[0]
        if character in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise MalformedBody(
                    f"the body is nested more than {MAX_DEPTH} levels deep "
                    f"at {_place(text, token.start())}"
                )
        elif character in "]}":
            depth -= 1


def _refuse_suspect(text: str) -> NoReturn:
    """Find the first thing that is well-formed and yet forbidden, and refuse the body for it."""
    members: list[set[str] | None] = []
    name_is_next = False
    for lexeme in _LEXEME.finditer(text):
        sign, place = lexeme[0], lexeme.start()
        if sign == "{":
            members.append(set())
            name_is_next = True
        elif sign == "[":
            members.append(None)
        elif sign in ("]", "}"):
            members.pop()
            name_is_next = False
        elif sign == ",":
            name_is_next = members[-1] is not None
        elif lexeme["string"] and name_is_next and (names := members[-1]) is not None:
            name_is_next = False
            name = scanstring(text, place + 1)[0]
            if name in names:
                shown = json.dumps(name if len(name) <= 80 else f"{name[:77]}...")
                raise MalformedBody(
                    f"the body has the member {shown} twice in one object, "
                    f"again at {_place(text, place)}"
                )
            names.add(name)
        elif lexeme["number"]:
            _refuse_number(text, sign, place)
    text = "the body holds something that cannot be read"  # pragma: no cover - it was found above
    raise MalformedBody(text)  # pragma: no cover


def _refuse_number(text: str, token: str, place: int) -> None:
    if token.lstrip("-") in ("NaN", "Infinity"):
        raise MalformedBody(f"the body is not JSON: {token} at {_place(text, place)} is no number")
    digits = token.lstrip("-")
    if digits.isdigit():
        if len(digits) > MAX_DIGITS:
            raise MalformedBody(
                f"the body has an integer of {len(digits)} digits at {_place(text, place)}, "
                f"more than {MAX_DIGITS}"
            )
    elif math.isinf(float(token)):
        raise MalformedBody(
            f"the body has a number at {_place(text, place)} that is too large to be finite"
        )


def _place(text: str, position: int) -> str:
    line = text.count("\n", 0, position) + 1
    column = position - (text.rfind("\n", 0, position) + 1) + 1
    return f"line {line}, column {column}"


def _plain(error: json.JSONDecodeError, text: str) -> tuple[str, int]:
    """Return what is wrong and where, the same under every version of Python."""
    if not text.strip():
        return "it is empty", error.pos
    if error.msg.startswith("Illegal trailing comma"):
        # Python 3.13 points at the comma, where the versions before it point at what follows.
        position = error.pos + 1
        while text[position].isspace():
            position += 1
        if error.msg.endswith("object"):
            return "expecting property name enclosed in double quotes", position
        return "expecting value", position
    message = error.msg.removesuffix(" at")
    return message[:1].lower() + message[1:], error.pos


def _likely_mend(message: str, text: str, position: int) -> str | None:
    """Return what a person most likely meant; the documents' own examples have all of these."""
    following = text[position : position + 1]
    preceding = text[:position].rstrip()[-1:]
    if not text.strip():
        return "the body is empty: send JSON, {} at least"
    if message == _EXTRA:
        return "a body is one JSON document: something follows its end"
    if preceding == "," and following in ("}", "]"):
        return "a comma stands before the closing bracket"
    if following == "'":
        return "JSON strings stand in double quotes"
    if following.isdigit() and preceding.isdigit():
        if text[position - 1].isspace():
            return "a number is written without blanks: 25000, not 25 000"
        return "a number has no leading zeros, and text stands in double quotes"
    if following.isalpha():
        return "text stands in double quotes"
    return None
