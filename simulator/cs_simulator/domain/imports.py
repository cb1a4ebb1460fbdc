"""Import customers from CSV (RFC 4180): all valid records, or nothing.

The first record names the columns: an attribute, ``<extension>.<attribute>``, or ``customer_id``.
Source: API Reference, *Bulk Profile Import*; the columns and the treatment of invalid files are
assumed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from io import StringIO
from itertools import islice
from types import MappingProxyType
from typing import Any, NamedTuple

from cs_simulator.documents.json_text import resemblance, wide_text
from cs_simulator.documents.problems import Problem, UnfitError
from cs_simulator.domain.administration import find_key
from cs_simulator.domain.customers import submitted_profile
from cs_simulator.domain.errors import (
    BadValues,
    MalformedBody,
    Refusal,
    SharedValues,
    WrongCase,
)
from cs_simulator.domain.metadata import AttributeSchema, IdentificationKey, Metadata
from cs_simulator.domain.profiles import Profile, Profiles, key_values
from cs_simulator.domain.transaction import Transaction

_UNNAMED = "\0"
"""A prefix that no id has, followed by the line of a customer who has no id yet."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LONGEST_FIELD = 2**31 - 1
"""A limit that every platform accepts; the limit on the body is the effective one."""
_ENCODING = re.compile(
    r"(?:utf[-_]?8|utf[-_]?16(?:[-_]?[bl]e)?|(?:us[-_]?)?ascii|latin[-_]?1"
    r"|iso[-_]?8859[-_](?:[1-9]|1[013-6])|(?:windows|cp)[-_]?125[0-8])",
    re.ASCII | re.IGNORECASE,
)

_SPELLINGS = MappingProxyType(
    {
        "windows": "cp",
        "cp-": "cp",
        "usascii": "us-ascii",
        "utf16": "utf-16",
        "16le": "16-le",
        "16be": "16-be",
    }
)
"""Python's spelling of words in encoding names."""


class Options(NamedTuple):
    """How to read a file; ``start`` is the first record to be imported, counted from 0."""

    id_key: str | None = None
    delimiter: str = ","
    max_errors: int | None = None
    encoding: str = "utf-8"
    start: int = 0


class Skipped(NamedTuple):
    """A record that exists already, by the key that the import names."""

    line: int
    customer_id: str


class Failed(NamedTuple):
    """A record that cannot be imported."""

    line: int
    reason: str


class ImportResult(NamedTuple):
    """The result of an import; lines count from 1, including the header."""

    imported: int
    skipped: Sequence[Skipped]
    failed: Sequence[Failed]


class Encoding:
    """Accept the name of a text encoding."""

    expected = "UTF-8, UTF-16, US-ASCII, ISO-8859-1 and the like, or windows-1250 to -1258"

    def __call__(self, value: object) -> str:
        """Return the name, or raise :exc:`UnfitError`."""
        if isinstance(value, str) and _ENCODING.fullmatch(value):
            name = value.lower().replace("_", "-")
            for written, known in _SPELLINGS.items():
                name = name.replace(written, known)
            return name
        raise UnfitError(self.expected)


class Delimiter:
    """Accept one character; a tab is written as backslash and t."""

    expected = "one character, no quote and no end of line, or \\t"

    def __call__(self, value: object) -> str:
        """Return the character, or raise :exc:`UnfitError`."""
        if value == "\\t":
            return "\t"
        if isinstance(value, str) and len(value) == 1 and value not in '"\r\n\0':
            return value
        raise UnfitError(self.expected)


class _Column(NamedTuple):
    source: str | None
    attribute: AttributeSchema | None
    """None stands for customer_id."""


def import_profiles(
    tx: Transaction,
    table: bytes,
    options: Options,
    permit_extensions: Callable[[], None] | None = None,
) -> ImportResult:
    """Create a profile for each valid record that does not exist already.

    A file that cannot be read or lacks a column is rejected as a whole, and so is one with more
    than ``max_errors`` invalid records; then nothing is stored. ``permit_extensions`` is called
    when a profile gets an extension, and may reject that. Raises :exc:`MalformedBody`,
    :exc:`BadValues` or :exc:`WrongCase`.
    """
    key = None if options.id_key is None else find_key(tx.metadata, options.id_key)
    records = _records(_decoded(table, options.encoding), options.delimiter)
    columns = _columns(tx.metadata, next(records, (1, []))[1], key)
    left_out = sum(1 for _ in islice(records, options.start))
    # The draft contains the file's own records; the world does not, until the whole file is
    # checked.
    draft = _Draft(replace(tx, profiles=tx.profiles.copy(), hints=[]), key)
    for line, fields in records:
        try:
            profile = draft.take(line, _members(columns, fields, tx.metadata))
        except Refusal as refusal:
            draft.failed.append(Failed(line, _reason(refusal)))
            if options.max_errors is not None and len(draft.failed) > options.max_errors:
                raise _too_many(draft.failed, options.max_errors) from None
            continue
        if profile is not None and profile.extensions and permit_extensions is not None:
            permit_extensions()
    ids = draft.store(tx)
    for hint in dict.fromkeys(draft.tx.hints):
        tx.hint(hint)
    if table.startswith(_BYTE_ORDER_MARK):
        tx.hint(
            "the file starts with a byte order mark, which was passed over; a server that takes it "
            "for a part of the first name wants UTF-8 without one"
        )
    if left_out:
        tx.hint(f"skipped the first {left_out} records (start-from-index counts from 0)")
    skipped = [Skipped(line, ids.get(known, known)) for line, known in draft.skipped]
    return ImportResult(len(ids), skipped, draft.failed)


class _Draft:
    """The records of a file in a copy of the world's profiles, under placeholders for new ids."""

    def __init__(self, tx: Transaction, key: IdentificationKey | None) -> None:
        self.tx = tx
        self.skipped: list[Skipped] = []
        self.failed: list[Failed] = []
        self._key = key
        self._profiles: dict[str, Profile] = {}

    def take(self, line: int, members: Mapping[str, Any]) -> Profile | None:
        """Add the profile of a record, or skip it if it exists; raise if it is not valid."""
        profile = submitted_profile(self.tx, members)
        known = _known(self.tx.profiles, self._key, profile)
        if known is not None:
            self.skipped.append(Skipped(line, known))
            return None
        self.tx.profiles.check(profile)
        placeholder = profile.customer_id or f"{_UNNAMED}{line}"
        self.tx.profiles.add(profile._replace(customer_id=placeholder))
        self._profiles[placeholder] = profile
        return profile

    def store(self, tx: Transaction) -> Mapping[str, str]:
        """Store the profiles; return their ids by placeholder."""
        ids = {
            placeholder: profile.customer_id or tx.ids.free_customer(tx.profiles, self.tx.profiles)
            for placeholder, profile in self._profiles.items()
        }
        tx.profiles.add_all(
            profile._replace(customer_id=ids[placeholder])
            for placeholder, profile in self._profiles.items()
        )
        for customer_id in ids.values():
            tx.effect("created", "customer", customer_id)
        return ids


def _decoded(table: bytes, encoding: str) -> str:
    if encoding.lower().startswith("utf-8") and wide_text(table[:4]):
        raise _not_in(table, encoding, table.index(0))
    try:
        return table.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise _not_in(table, encoding, error.start) from None


def _not_in(table: bytes, encoding: str, at: int) -> MalformedBody:
    """Return the error for a file that is not in the declared encoding."""
    line = table[:at].count(b"\n") + 1
    like = resemblance(table)
    return MalformedBody(
        f"The file is not valid {encoding.upper()}: byte {at + 1}, on line {line}, is "
        f"0x{table[at]:02X}{f' (it looks like {like})' if like else ''}",
        "set the form field encoding",
    )


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line on which it begins; skip blank lines."""
    csv.field_size_limit(_LONGEST_FIELD)  # a single reader has none
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for fields in reader:
            if fields:
                yield line, fields
            line = reader.line_num + 1
    except csv.Error as error:
        what = str(error)
        if what == "unexpected end of data":
            what = "unclosed quote"
        raise MalformedBody(
            f"The file is not valid CSV: {what} in the record that starts on line {line}"
        ) from None


def _columns(
    metadata: Metadata, names: Sequence[str], key: IdentificationKey | None
) -> list[_Column]:
    """Return the columns; reject unknown and missing ones."""
    problems: list[Problem] = []
    columns: list[_Column] = []
    seen: set[str] = set()
    for name in names:
        if name.lower() == "customer_id":
            found: _Column | None = _Column(None, None)
        else:
            column = metadata.column(name)
            found = None if column is None else _Column(*column)
        if found is None:
            problems.append(Problem("column", f"one of {_known_columns(metadata)}", name))
            continue
        full = _full(found)
        if full in seen and (found.source is not None or found.attribute is None):
            problems.append(
                Problem("column", "each column once (only attributes of profiles may repeat)", name)
            )
        seen.add(full)
        columns.append(found)
    if not names:
        problems.append(Problem("column", "a first line with the names of the columns"))
    missing = {
        attribute.name: "a column of that name (mandatory)"
        for attribute in metadata.attributes
        if attribute.mandatory and attribute.default is None
    }
    if key is not None:
        missing |= dict.fromkeys(key.columns, f"a column of that name (part of id-key {key.name})")
    if names:
        problems.extend(
            Problem(name, expected) for name, expected in missing.items() if name not in seen
        )
    if problems:
        raise BadValues(problems)
    return columns


def _full(column: _Column) -> str:
    if column.attribute is None:
        return "customer_id"
    name = column.attribute.name
    return name if column.source is None else f"{column.source}.{name}"


def _known_columns(metadata: Metadata) -> str:
    return ", ".join([*metadata.columns(), "customer_id"])


def _members(
    columns: Sequence[_Column], fields: Sequence[str], metadata: Metadata
) -> Mapping[str, Any]:
    """Return the body that a record stands for; an empty field is absent."""
    if len(fields) != len(columns):
        expected = f"{len(columns)} field{'s' if len(columns) > 1 else ''}"
        raise WrongCase(Problem("", expected, len(fields)).sentence)
    members: dict[str, Any] = {}
    values: dict[str, list[str]] = {}
    records: dict[str, dict[str, str]] = {}
    for (source, attribute), value in zip(columns, fields, strict=True):
        if not value:
            continue
        if attribute is None:
            members["customer_id"] = value
        elif source is None:
            values.setdefault(attribute.name, []).append(value)
        else:
            records.setdefault(source, {})[attribute.name] = value
    for name, those in values.items():
        members[name] = those if len(those) > 1 else those[0]
    for source, record in records.items():
        schema = metadata.extension_schema("profiles", source)
        is_list = schema is not None and schema.type == "multi-valued"
        members[source] = [record] if is_list else record
    return members


def _known(profiles: Profiles, key: IdentificationKey | None, profile: Profile) -> str | None:
    """Return the existing customer with the key's values, or None."""
    if key is None:
        return None
    whole = [each for each in key_values(key, profile) if len(each) == len(key.attributes)]
    found = profiles.having(key, whole)
    return found[0].customer_id if found else None


def _reason(refusal: Refusal) -> str:
    if isinstance(refusal, SharedValues) and refusal.owners[0].startswith(_UNNAMED):
        # A customer of the file has no id yet.
        line = refusal.owners[0].removeprefix(_UNNAMED)
        return refusal.words(f"the customer on line {line} already has")
    return refusal.text


def _too_many(failed: Sequence[Failed], most: int) -> WrongCase:
    reasons = "; ".join(f"line {each.line}: {each.reason}" for each in failed[:10])
    return WrongCase(
        f"More than {most} records are invalid, so none was imported: {reasons}",
        "max-errors sets how many may be invalid",
    )
