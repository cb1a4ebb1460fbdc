"""Merge two customers into one. Source: API Reference, *Merge Customer Profile*."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cs_simulator.documents.problems import Problem
from cs_simulator.domain.errors import BadValues
from cs_simulator.domain.metadata import ExtensionSchema
from cs_simulator.domain.model import with_values
from cs_simulator.domain.profiles import Profile, Record
from cs_simulator.domain.records import unique_values
from cs_simulator.domain.store import Gone
from cs_simulator.domain.transaction import Transaction


def merge_profiles(
    tx: Transaction,
    destination: Profile,
    source: Profile,
    *,
    keep_source: bool,
    only_active: bool,
    with_services: bool,
) -> None:
    """Merge a source into a destination; the source is deleted.

    Values of attributes are joined, the destination's first, without duplicates. Where both have a
    single-valued extension, or records that share unique attributes, the destination's are kept, or
    with ``keep_source`` the source's. With ``with_services``, as in edition 8.1, the source's
    services move too; with ``only_active`` its completed ones are deleted.

    Raises :exc:`BadValues` if both are the same; :exc:`Conflict` if the joined values are those of
    a third customer under a unique key.
    """
    if destination.customer_id == source.customer_id:
        raise BadValues(
            [Problem("src_id", "a customer other than customer_id", source.customer_id)]
        )
    attributes = dict(destination.attributes)
    for name, values in source.attributes.items():
        attributes[name] = tuple(dict.fromkeys((*attributes.get(name, ()), *values)))
    extensions = dict(destination.extensions)
    for name, records in source.extensions.items():
        schema = tx.metadata.extension_schema("profiles", name)
        if name not in extensions or schema is None:
            extensions[name] = records
        elif schema.type == "multi-valued":
            extensions[name] = _joined(schema, extensions[name], records, keep_source=keep_source)
        elif keep_source:
            extensions[name] = records
    merged = Profile(destination.customer_id, attributes, extensions)
    tx.profiles.check(merged, [source.customer_id])
    tx.profiles.remove(source.customer_id)
    tx.effect("deleted", "customer", source.customer_id)
    tx.profiles.replace(merged)
    tx.effect("changed", "customer", merged.customer_id)
    if not with_services:
        return
    for service in tx.store.of_customer(source.customer_id):
        if only_active and service.completed is not None:
            tx.store.delete_service(service.number, Gone("deleted", tx.now))
            tx.effect("deleted", "service", service.service_id)
        else:
            tx.store.replace_service(with_values(service, customer_id=destination.customer_id))
            tx.effect("changed", "service", service.service_id)


def _joined(
    schema: ExtensionSchema,
    kept: Sequence[Record],
    added: Sequence[Record],
    *,
    keep_source: bool,
) -> tuple[Record, ...]:
    """Return the records of the destination, then those of the source, without collisions."""
    if keep_source:
        return (*_apart(schema, kept, added), *added)
    return (*kept, *_apart(schema, added, kept))


def _apart(
    schema: ExtensionSchema, records: Iterable[Record], others: Iterable[Record]
) -> Iterator[Record]:
    """Yield the records that share no unique attributes with others."""
    taken = {(names, unique_values(each, names)) for each in others for names in schema.unique}
    for record in records:
        own = [(names, unique_values(record, names)) for names in schema.unique]
        if not any(values is not None and (names, values) in taken for names, values in own):
            yield record
