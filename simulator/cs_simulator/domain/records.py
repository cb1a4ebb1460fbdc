"""Check attributes of a profile and records of extensions against the schemas.

Every problem is added in the order of the members; nothing is raised here except as noted. Source:
API Reference, *Create Customer Profile*, *Profile Extension*, *Extension Schema*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from cs_simulator.documents.problems import Problem, UnfitError
from cs_simulator.domain.metadata import AttributeSchema, ExtensionSchema, Metadata
from cs_simulator.domain.profiles import Record, Values
from cs_simulator.domain.typed import TYPES, checked_value
from cs_simulator.operations.row import Kind


def checked_attribute(attribute: AttributeSchema, value: Any) -> Values:
    """Return the values of a profile attribute, primary first; a single one is not in a list.

    Raises :exc:`UnfitError`.
    """
    if isinstance(value, list):
        if not value:
            raise UnfitError(f"{_expected(attribute)} or a list of at least one")
        return tuple(checked_value(attribute, each) for each in value)
    return (checked_value(attribute, value),)


def missing_attributes(
    attributes: Iterable[AttributeSchema],
    given: dict[str, Any],
    fill: Callable[[Any], Any],
    problems: list[Problem],
    at: str = "",
    tried: frozenset[str] = frozenset(),
) -> None:
    """Fill in the defaults of attributes that were not sent; add problems for required ones.

    Those in ``tried`` were sent, and their problems are already added.
    """
    for attribute in attributes:
        if attribute.name in given or attribute.name in tried:
            continue
        if attribute.default is not None:
            given[attribute.name] = fill(attribute.default)
        elif attribute.mandatory:
            problems.append(Problem(f"{at}{attribute.name}", _expected(attribute)))


def checked_extension(
    schema: ExtensionSchema, value: Any, problems: list[Problem]
) -> tuple[Record, ...]:
    """Return the records of an extension: from one object, a list of them, or a classifier.

    A classifier that is set has one record without attributes.
    """
    if schema.type == "classifier":
        if value not in (None, {}):
            problems.append(Problem(schema.name, "{} or null (classifier)", value))
        return ({},)
    if schema.type == "single-valued":
        return (checked_record(schema, value, schema.name, problems),)
    if not isinstance(value, list):
        problems.append(Problem(schema.name, "a list of records (multi-valued)", value))
        return ()
    return tuple(
        checked_record(schema, each, f"{schema.name}[{position}]", problems)
        for position, each in enumerate(value)
    )


def checked_record(
    schema: ExtensionSchema, value: Any, at: str, problems: list[Problem], *, whole: bool = True
) -> Record:
    """Return one record normalised by the schema; ``whole`` fills defaults and checks the rest."""
    if not isinstance(value, dict):
        only = " (single-valued)" if schema.type == "single-valued" else ""
        problems.append(Problem(at, f"one object with its attributes{only}", value))
        return {}
    record: dict[str, Any] = {}
    tried: set[str] = set()
    for name, each in value.items():
        attribute = schema.attribute(name)
        if attribute is None:
            known = ", ".join(each.name for each in schema.attributes) or "it has none"
            expected = f"one of the attributes of {schema.name}: {known}"
            problems.append(Problem(f"{at}.{name}", expected, each))
            continue
        if attribute.name in tried:
            expected = f"{attribute.name} only once (names differ only in case)"
            problems.append(Problem(f"{at}.{name}", expected, each))
            continue
        if each is None:
            continue
        tried.add(attribute.name)
        try:
            record[attribute.name] = checked_value(attribute, each)
        except UnfitError as unfit:
            problems.append(unfit.problem(f"{at}.{attribute.name}", each))
    if whole:
        missing_attributes(
            schema.attributes, record, lambda value: value, problems, f"{at}.", frozenset(tried)
        )
    return record


def shared_values(
    schema: ExtensionSchema, records: Sequence[Record], called: Sequence[str] = ()
) -> list[str]:
    """Return a sentence about each pair of records that share unique values.

    A record that lacks one of the attributes shares nothing. ``called`` has the names of the
    records for the sentence; by default they are called by their place in the list.
    """
    found = []
    called = called or [f"{schema.name}[{position}]" for position in range(len(records))]
    for names in schema.unique:
        seen: dict[tuple[Any, ...], int] = {}
        for position, record in enumerate(records):
            values = unique_values(record, names)
            if values is None:
                continue
            first = seen.setdefault(values, position)
            if first != position:
                are = "are" if len(names) > 1 else "is"
                found.append(
                    f"{called[position]} and {called[first]} share {' and '.join(names)}, "
                    f"which {are} unique"
                )
    return found


def unique_values(record: Record, names: Iterable[str]) -> tuple[Any, ...] | None:
    """Return the values of some attributes, or None if the record lacks one of them."""
    values = tuple(record.get(name) for name in names)
    return None if None in values else values


def admit_extensions(
    metadata: Metadata, kind: Kind, given: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Problem]]:
    """Return extensions with names normalised by the schemas, checked and with defaults.

    Also return every problem: an unknown name, a wrong shape, type or length, a missing required
    attribute, records that share unique values.
    """
    admitted: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in given.items():
        schema = metadata.extension_schema(kind, name)
        if schema is None:
            problems.append(Problem(name, known_extensions(metadata, kind), value))
            continue
        if schema.name in admitted:
            problems.append(
                Problem(name, f"{schema.name} only once (names differ only in case)", value)
            )
            continue
        before = len(problems)
        records = checked_extension(schema, value, problems)
        admitted[schema.name] = schema.shown(records)
        if len(problems) == before:
            problems.extend(
                Problem(schema.name, f"records with different unique attributes: {shared}", value)
                for shared in shared_values(schema, records)
            )
    return admitted, problems


def known_extensions(metadata: Metadata, kind: Kind) -> str:
    """Return what is expected instead of an extension that has no schema."""
    names = ", ".join(schema.name for schema in metadata.extension_schemas(kind))
    if not names:
        return (
            f"no extensions: {kind} have no extension schema "
            f"(create one with POST metadata/{kind}/extensions)"
        )
    return f"one of the extensions of {kind}: {names}"


def _expected(attribute: AttributeSchema) -> str:
    expected: str = TYPES[attribute.type].expected  # type: ignore[attr-defined] # all have it
    return expected
