"""Read HAR as a stream: one entry at a time, whatever the size of the file.

A recording may have a gigabyte, or end within an entry if the recorder was killed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, Any

from cs_simulator.documents.json_text import resemblance, wide_text
from cs_simulator.har.exchanges import HarError

CHUNK = 256 * 2**10
MAX_ENTRY = 128 * 2**20
"""The maximum length of one entry."""

_BLANK = " \t\r\n"
_NEAR_THE_END = 16
"""A truncated token fails within this many characters of the end of the data."""


class _CutOff(Exception):  # noqa: N818 - not an error: it says where the text ends
    """The text ends before the value does."""


class EntryStream:
    """Yield the entries of one file, and record whether it was truncated."""

    def __init__(self, file: IO[str], name: str) -> None:
        self._file = file
        self._name = name
        self._text = ""
        self._at = 0
        self._line = 1
        self._ended = False
        self._decoder = json.JSONDecoder()
        self.count = 0
        self.cut_off = False
        """Whether the file ended before its recording did."""

    def __iter__(self) -> Iterator[Any]:
        """Yield each entry as it was written.

        Raises :exc:`HarError` if the file is not HAR. A truncated file yields its complete entries.
        """
        try:
            if self._peek() == "\ufeff":
                self._at += 1
            found = False
            for key in self._members("the recording"):
                if key != "log":
                    self._value()
                    continue
                for inner in self._members("log"):
                    if inner != "entries":
                        self._value()
                        continue
                    found = True
                    yield from self._entries()
            if not found:
                raise HarError(f"{self._name}: log.entries is missing; expected a HAR 1.2 file")
        except _CutOff:
            if not self._text.strip() and self.count == 0 and self._at == 0:
                raise HarError(f"{self._name} is empty; expected a HAR 1.2 file") from None
            self.cut_off = True

    def _entries(self) -> Iterator[Any]:
        if self._peek() != "[":
            raise self._wrong("log.entries is not a list")
        self._at += 1
        while self._peek() != "]":
            if self._peek() == ",":
                self._at += 1
                continue
            entry = self._value()
            self.count += 1
            yield entry
        self._at += 1

    def _members(self, what: str) -> Iterator[str]:
        """Yield the names of an object's members; the caller reads each value."""
        if self._peek() != "{":
            raise self._wrong(f"{what} is not a JSON object")
        self._at += 1
        while True:
            character = self._peek()
            if character == "}":
                self._at += 1
                return
            if character == ",":
                self._at += 1
                continue
            key = self._value()
            if not isinstance(key, str) or self._peek() != ":":
                raise self._wrong("expected the name of a member")
            self._at += 1
            yield key

    def _peek(self) -> str:
        """Return the next non-blank character."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _BLANK:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read(CHUNK):
                raise _CutOff

    def _value(self) -> Any:
        """Return the next value, reading as much as necessary."""
        self._peek()
        size = CHUNK
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                near = error.pos >= len(self._text) - _NEAR_THE_END
                if not near and not error.msg.startswith(("Unterminated", "Invalid \\")):
                    raise self._wrong(error.msg, error.pos) from None
                if not self._ended and len(self._text) - self._at > MAX_ENTRY:
                    raise self._wrong(f"an entry is longer than {MAX_ENTRY} characters") from None
                if not self._read(size):
                    raise _CutOff from None
                size *= 2
            except ValueError:
                raise self._wrong("an entry has a number of too many digits") from None
            except RecursionError:
                raise self._wrong("an entry is nested too deeply") from None
            else:
                # A number at the end of the data may continue.
                if end == len(self._text) and self._read(CHUNK):
                    continue
                self._at = end
                return value

    def _read(self, size: int) -> bool:
        """Read more, and drop what was consumed; tell whether there was more."""
        if self._ended:
            return False
        try:
            more = self._file.read(size)
        except UnicodeDecodeError as error:
            like = "" if self._text or self._at else resemblance(bytes(error.object))
            raise HarError(
                f"{self._name} is not valid UTF-8: byte {error.object[error.start]:#04x}"
                f"{f' (it looks like {like})' if like else ''}; HAR is JSON in UTF-8"
            ) from None
        if not more:
            self._ended = True
            return False
        if not self._text and (wide := wide_text(more[:4])):
            raise HarError(f"{self._name} is not UTF-8, it looks like {wide}; HAR is JSON in UTF-8")
        self._line += self._text.count("\n", 0, self._at)
        self._text = self._text[self._at :] + more
        self._at = 0
        return True

    def _wrong(self, problem: str, at: int | None = None) -> HarError:
        place = self._at if at is None else at
        line = self._line + self._text.count("\n", 0, place)
        return HarError(
            f"{self._name}:{line}: {problem}, after {self.count} entries; expected a HAR 1.2 file"
        )
