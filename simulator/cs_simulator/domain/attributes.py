"""Business attributes: enumerations to which fields of services, states and tasks are mapped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from cs_simulator.documents.values import integer_text
from cs_simulator.domain.members import KINDS, EntityKind, fields_of
from cs_simulator.domain.model import LongOrText

FULL_NAMES = tuple(name for kind in KINDS for name in fields_of(kind))
"""The valid names of mappings, such as ``Service.type``."""

ALIASES: Mapping[str, str] = MappingProxyType(
    {f"{kind}.{kind.lower()}_type": f"{kind}.type" for kind in KINDS}
)


def canonical_name(full_name: str) -> str | None:
    """Return the canonical name of a mapping, or None if there is no such field.

    The documents' own example says ``Service.service_type`` for ``Service.type``, so both are
    accepted.
    """
    name = ALIASES.get(full_name, full_name)
    return name if name in FULL_NAMES else None


class AttributeValue(NamedTuple):
    """One value of a business attribute; ``expiration`` is in milliseconds."""

    name: str
    dbid: int
    display_name: str
    description: str
    expiration: int | None = None


class BusinessAttribute(NamedTuple):
    """An enumeration, the fields mapped to it, and the default for an omitted value."""

    name: str
    dbid: int
    display_name: str
    description: str
    cv_attributes: tuple[str, ...]
    values: tuple[AttributeValue, ...]
    default: str | None = None

    def value(self, given: LongOrText) -> AttributeValue | None:
        """Return the value for a name or a DB id, a name first; or None."""
        number: int | None
        if isinstance(given, str):
            for value in self.values:
                if value.name == given:
                    return value
            number = integer_text(given)
        else:
            number = given
        return next((value for value in self.values if value.dbid == number), None)

    def choices(self) -> str:
        """Return the valid values in the form that errors list them."""
        return ", ".join(f"{value.name} ({value.dbid})" for value in self.values) or "none"


class BusinessAttributes:
    """All business attributes of a tenant, by name and by mapped field."""

    __slots__ = ("_all", "_mapped")

    def __init__(self, attributes: Iterable[BusinessAttribute] = ()) -> None:
        self._all = {attribute.name: attribute for attribute in attributes}
        self._mapped = {
            name: attribute for attribute in self._all.values() for name in attribute.cv_attributes
        }

    def __iter__(self) -> Iterator[BusinessAttribute]:
        return iter(self._all.values())

    def __bool__(self) -> bool:
        return bool(self._all)

    def named(self, name: str) -> BusinessAttribute | None:
        """Return the business attribute of that name, or None."""
        return self._all.get(name)

    def names(self) -> tuple[str, ...]:
        """Return the names of all business attributes."""
        return tuple(self._all)

    def mapped(self, full_name: str) -> BusinessAttribute | None:
        """Return the business attribute that a field such as ``Task.disposition`` is mapped to."""
        return self._mapped.get(full_name)

    def media(self) -> tuple[str, ...] | None:
        """Return the names of the media types, or None if no attribute is *Media Type*.

        The documents' sample has the name ``MediaType`` and shows it as ``Media Type``.
        """
        for attribute in self._all.values():
            if "mediatype" in (_plain(attribute.name), _plain(attribute.display_name)):
                return tuple(value.name for value in attribute.values)
        return None

    def of_kind(self, kind: EntityKind) -> Mapping[str, BusinessAttribute]:
        """Return the mapped members of a service, state or task, by their names on the wire."""
        return {
            member: self._mapped[name]
            for name, member in fields_of(kind).items()
            if name in self._mapped
        }

    def stored(self, full_name: str, given: LongOrText) -> LongOrText:
        """Return the form in which a value is stored and compared: a mapped one as its DB id."""
        attribute = self._mapped.get(full_name)
        value = attribute.value(given) if attribute else None
        return given if value is None else value.dbid


def _plain(name: str) -> str:
    return "".join(name.split()).lower()
