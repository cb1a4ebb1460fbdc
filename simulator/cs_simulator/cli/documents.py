"""A rule or a question typed in a shell: words KEY=VALUE, or a document."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cs_simulator.cli.group import WRONG_INPUT, CommandError
from cs_simulator.documents.json_text import EncodingError, decoded
from cs_simulator.documents.problems import DocumentError
from cs_simulator.documents.text import read_text

_FORMS = "KEY=VALUE words, a document in braces, @FILE, or - for the standard input"


def typed_document(words: Sequence[str]) -> dict[str, Any]:
    """Return the document that the words of a command line stand for.

    They are a document that begins with ``{``; or ``@`` and a file name, or ``-`` for the standard
    input; or words such as ``times=2`` and ``response.status=503``. A word without ``=`` is the
    operation.
    """
    first = words[0]
    if first == "-" or first.startswith(("{", "@")):
        if len(words) > 1:
            raise CommandError(
                f"expected one document, found {len(words)} words; put it between single quotes"
            )
        return _document(first)
    document: dict[str, Any] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if equals:
            _put(document, key, _value(value, word), word)
        elif "on" not in document:
            document["on"] = word
        else:
            raise CommandError(f"expected KEY=VALUE, found {word!r}; `on` is already given")
    return document


def _document(text: str) -> dict[str, Any]:
    source = "document"
    if text == "-":
        text, source = (sys.stdin.read() if sys.stdin else ""), "standard input"
    elif text.startswith("@"):
        source = text[1:]
        try:
            text = decoded(Path(source).read_bytes())
        except OSError as error:
            raise CommandError(f"cannot read {source}: {error.strerror}") from None
        except EncodingError as error:
            problem = f"not valid UTF-8: {error.problem.text}"
            raise CommandError(f"cannot read {source}: {problem}; save it as UTF-8") from None
    data = _read(text, source)
    if not isinstance(data, dict):
        raise CommandError(f"{source} is not a map of keys; use {_FORMS}")
    return data


def _value(text: str, word: str) -> Any:
    """Return a value as a scenario would read it: a number, a word, a list, or text."""
    return _read(text, word) if text else ""


def _read(text: str, source: str) -> Any:
    try:
        return read_text(text, source)
    except DocumentError as error:
        raise CommandError(str(error), WRONG_INPUT) from None


def _put(document: dict[str, Any], key: str, value: Any, word: str) -> None:
    """Set a value under the names in its key, which are separated by dots."""
    *above, last = key.split(".")
    if not all((*above, last)):
        raise CommandError(f"expected a key such as response.status before =, found {word!r}")
    for name in above:
        inner = document.setdefault(name, {})
        if not isinstance(inner, dict):
            raise CommandError(f"{word!r}: {name} already has a value; remove one of the two")
        document = inner
    if last in document:
        raise CommandError(f"{word!r}: duplicate key {key}")
    document[last] = value
