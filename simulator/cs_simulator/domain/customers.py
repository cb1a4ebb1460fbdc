"""Operations on a customer: create, update, delete, and the records of its extensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from cs_simulator.documents.problems import Problem, UnfitError
from cs_simulator.documents.values import SURROGATE, Text
from cs_simulator.domain.administration import find_schema
from cs_simulator.domain.errors import BadValues, Conflict, NothingFound
from cs_simulator.domain.metadata import ExtensionSchema, Metadata
from cs_simulator.domain.profiles import Profile, Record, Values
from cs_simulator.domain.records import (
    checked_attribute,
    checked_extension,
    checked_record,
    known_extensions,
    missing_attributes,
    shared_values,
    unique_values,
)
from cs_simulator.domain.store import Gone
from cs_simulator.domain.transaction import Transaction

_TEXT = Text()
_ID_LENGTH = 16
_BY_PLACE: Mapping[str, Sequence[str]] = MappingProxyType({})


class ProfileContent(NamedTuple):
    """The content of a customer's body, checked and normalised by the schema."""

    attributes: Mapping[str, Values]
    extensions: Mapping[str, tuple[Record, ...]]


def create_profile(tx: Transaction, members: Mapping[str, Any]) -> Profile:
    """Create a profile; the server assigns its id, unless ``custom_ids`` says otherwise.

    Raises :exc:`BadValues`; :exc:`Conflict` if a unique value exists.
    """
    profile = submitted_profile(tx, members)
    tx.profiles.check(profile)
    if not profile.customer_id:
        profile = profile._replace(customer_id=tx.ids.free_customer(tx.profiles))
    tx.profiles.add(profile)
    tx.effect("created", "customer", profile.customer_id)
    return profile


def submitted_profile(tx: Transaction, members: Mapping[str, Any]) -> Profile:
    """Return the profile in a body, with an empty id if the server is to assign one.

    Nothing is stored yet, and unique keys are not checked.
    """
    problems: list[Problem] = []
    content = read_content(tx.metadata, members, problems)
    customer_id = _given_id(tx, members.get("customer_id"), problems)
    if problems:
        raise BadValues(problems)
    refuse_shared_records(tx.metadata, content.extensions)
    if customer_id is not None and customer_id in tx.profiles:
        raise Conflict(f"Customer profile {customer_id} already exists")
    return Profile(customer_id or "", content.attributes, content.extensions)


def update_profile(tx: Transaction, profile: Profile, members: Mapping[str, Any]) -> None:
    """Replace all attributes of a customer, and the extensions that are sent.

    Raises :exc:`BadValues`; :exc:`Conflict` if a unique value exists.
    """
    problems: list[Problem] = []
    content = read_content(tx.metadata, members, problems)
    same_customer(members, profile.customer_id, problems)
    if problems:
        raise BadValues(problems)
    refuse_shared_records(tx.metadata, content.extensions)
    extensions = {**profile.extensions, **content.extensions}
    _replace(tx, Profile(profile.customer_id, content.attributes, extensions))


def _replace(tx: Transaction, changed: Profile) -> None:
    """Store a changed profile, unless a unique value in it exists."""
    tx.profiles.check(changed)
    tx.profiles.replace(changed)
    tx.effect("changed", "customer", changed.customer_id)


def delete_profile(tx: Transaction, profile: Profile, *, with_services: bool) -> None:
    """Delete a customer; in edition 8.1 also all its services, their states and tasks."""
    if with_services:
        for service in tx.store.of_customer(profile.customer_id):
            tx.store.delete_service(service.number, Gone("deleted", tx.now))
            tx.effect("deleted", "service", service.service_id)
    tx.profiles.remove(profile.customer_id)
    tx.effect("deleted", "customer", profile.customer_id)


def insert_extensions(tx: Transaction, profile: Profile, members: Mapping[str, Any]) -> None:
    """Store extensions of a customer; existing records are replaced.

    A single-valued extension has one record, which is replaced. In a multi-valued one, a record
    that shares all unique attributes with a stored one replaces it, and any other is added
    (assumed). Raises :exc:`BadValues`; :exc:`Conflict` if a record shares only some of them, or
    shares them with another record that is sent.
    """
    problems: list[Problem] = []
    metadata = tx.metadata
    extensions = {}
    for name, value in members.items():
        if name == "customer_id":
            continue
        schema = metadata.extension_schema("profiles", name)
        if schema is None:
            problems.append(Problem(name, known_extensions(metadata, "profiles"), value))
        elif schema.name in extensions:
            problems.append(
                Problem(name, f"{schema.name} only once (names differ only in case)", value)
            )
        elif value is not None or schema.type == "classifier":
            extensions[schema.name] = checked_extension(schema, value, problems)
    same_customer(members, profile.customer_id, problems)
    if problems:
        raise BadValues(problems)
    refuse_shared_records(metadata, extensions)
    called: dict[str, Sequence[str]] = {}
    for name, records in extensions.items():
        schema = find_schema(metadata, "profiles", name)
        if schema.type == "multi-valued":
            stored = profile.extensions.get(name, ())
            extensions[name], called[name] = _with_records(schema, stored, records)
    refuse_shared_records(metadata, extensions, called)
    _replace(tx, profile._replace(extensions={**profile.extensions, **extensions}))


def _with_records(
    schema: ExtensionSchema, stored: Sequence[Record], new: Sequence[Record]
) -> tuple[tuple[Record, ...], list[str]]:
    """Return the resulting records, and the name of each in messages."""

    def identity(record: Record) -> tuple[object, ...] | None:
        values = tuple(unique_values(record, names) for names in schema.unique)
        return None if not values or None in values else values

    records = list(stored)
    called = ["a stored record"] * len(stored)
    places = {identity(record): position for position, record in enumerate(stored)}
    for position, record in enumerate(new):
        name = f"{schema.name}[{position}]"
        known = identity(record)
        if known is None or known not in places:
            records.append(record)
            called.append(name)
        else:
            records[places[known]] = record
            called[places[known]] = name
    return tuple(records), called


def update_record(tx: Transaction, profile: Profile, name: str, members: Mapping[str, Any]) -> None:
    """Update the record of a multi-valued extension that has the unique attributes sent.

    They select the record and stay; the other attributes sent are updated. Raises
    :exc:`NothingFound` if there is no such record.
    """
    schema, record, position = _selected(tx, profile, name, members)
    records = list(profile.extensions[schema.name])
    records[position] = {**records[position], **record}
    _store_records(tx, profile, schema, records)


def delete_record(tx: Transaction, profile: Profile, name: str, members: Mapping[str, Any]) -> None:
    """Delete the record of a multi-valued extension that has the unique attributes sent.

    Raises :exc:`NothingFound` if there is no such record.
    """
    schema, _, position = _selected(tx, profile, name, members)
    records = list(profile.extensions[schema.name])
    del records[position]
    _store_records(tx, profile, schema, records)


def _store_records(
    tx: Transaction, profile: Profile, schema: ExtensionSchema, records: Sequence[Record]
) -> None:
    extensions = {**profile.extensions, schema.name: tuple(records)}
    _replace(tx, profile._replace(extensions=extensions))


def _selected(
    tx: Transaction, profile: Profile, name: str, members: Mapping[str, Any]
) -> tuple[ExtensionSchema, Record, int]:
    """Return the schema, the attributes sent, and the place of the selected record."""
    schema = find_schema(tx.metadata, "profiles", name)
    if schema.type != "multi-valued" or not schema.unique:
        expected = "a multi-valued extension whose schema has unique attributes"
        raise BadValues([Problem("name", expected, name)])
    problems: list[Problem] = []
    sent = {n: value for n, value in members.items() if n != "customer_id"}
    record = checked_record(schema, sent, schema.name, problems, whole=False)
    same_customer(members, profile.customer_id, problems)
    if not problems and not any(unique_values(record, names) for names in schema.unique):
        ways = " or ".join(" and ".join(names) for names in schema.unique)
        problems.append(Problem(schema.name, f"attributes that select one record: {ways}"))
    if problems:
        raise BadValues(problems)
    unique = {n for names in schema.unique for n in names if n in record}
    for position, stored in enumerate(profile.extensions.get(schema.name, ())):
        if all(n in stored and stored[n] == record[n] for n in unique):
            return schema, record, position
    asked = ", ".join(f"{n} {record[n]!r}" for n in sorted(unique))
    raise NothingFound(
        f"Customer {profile.customer_id} has no record of {schema.name} with {asked}"
    )


def read_content(
    metadata: Metadata, members: Mapping[str, Any], problems: list[Problem]
) -> ProfileContent:
    """Return the attributes and extensions in a body; add every problem, in order.

    Defaults are filled in. ``null`` means absent, except for a classifier.
    """
    attributes: dict[str, Values] = {}
    extensions: dict[str, tuple[Record, ...]] = {}
    tried: set[str] = set()
    for name, value in members.items():
        if name == "customer_id":
            continue
        attribute = metadata.attribute(name)
        schema = metadata.extension_schema("profiles", name) if attribute is None else None
        known = attribute or schema
        if known is None:
            if value is not None:
                problems.append(Problem(name, _known_members(metadata), value))
            continue
        if known.name in tried:
            problems.append(
                Problem(name, f"{known.name} only once (names differ only in case)", value)
            )
            continue
        if value is None and (schema is None or schema.type != "classifier"):
            continue
        tried.add(known.name)
        if isinstance(known, ExtensionSchema):
            extensions[known.name] = checked_extension(known, value, problems)
        else:
            try:
                attributes[known.name] = checked_attribute(known, value)
            except UnfitError as unfit:
                problems.append(unfit.problem(name, value))
    missing_attributes(
        metadata.attributes,
        attributes,
        lambda default: (default,),
        problems,
        tried=frozenset(tried),
    )
    return ProfileContent(attributes, extensions)


def refuse_shared_records(
    metadata: Metadata,
    extensions: Mapping[str, Sequence[Record]],
    called: Mapping[str, Sequence[str]] = _BY_PLACE,
) -> None:
    """Raise :exc:`Conflict` if records of one extension share unique values.

    ``called`` has the name of each record for the message; by default that is its place.
    """
    shared = []
    for name, records in extensions.items():
        schema = find_schema(metadata, "profiles", name)
        shared.extend(shared_values(schema, records, called.get(name, ())))
    if shared:
        raise Conflict("; ".join(shared))


def same_customer(members: Mapping[str, Any], customer_id: str, problems: list[Problem]) -> None:
    """Add a problem if the customer_id in a body is not the one in the path."""
    given = members.get("customer_id")
    if given is None:
        return
    try:
        if _TEXT(given) == customer_id:
            return
    except UnfitError:
        pass
    problems.append(
        Problem("customer_id", f"{customer_id}, as in the path, or no customer_id", given)
    )


def _given_id(tx: Transaction, given: Any, problems: list[Problem]) -> str | None:
    if given is None:
        return None
    policy = tx.setup.fidelity.custom_ids
    if policy == "ignore":
        tx.hint("customer_id ignored; the server assigns it")
        return None
    if policy == "reject":
        problems.append(Problem("customer_id", "no customer_id: the server assigns it", given))
        return None
    try:
        customer_id = _TEXT(given)
    except UnfitError as unfit:
        problems.append(unfit.problem("customer_id", given))
        return None
    # A lone surrogate is accepted elsewhere, but no path could name it.
    if not 1 <= len(customer_id) <= _ID_LENGTH or SURROGATE.search(customer_id):
        problems.append(Problem("customer_id", f"1 to {_ID_LENGTH} characters", given))
    return customer_id


def _known_members(metadata: Metadata) -> str:
    names = ", ".join(attribute.name for attribute in metadata.attributes)
    extensions = ", ".join(schema.name for schema in metadata.extension_schemas("profiles"))
    known = f"one of the profile's attributes: {names}"
    return f"{known}, or of its extensions: {extensions}" if extensions else known
