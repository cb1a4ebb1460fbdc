"""Customer profiles of a world, and the indexes by which customers are identified.

Profiles are immutable values; operations on them are in :mod:`cs_simulator.domain.customers` and
:mod:`cs_simulator.domain.identification`. Source: Developer Guide, *Profiles and Identification*.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import product
from types import MappingProxyType
from typing import Any, NamedTuple

from cs_simulator.documents.problems import Problem
from cs_simulator.domain.errors import BadValues, NothingFound, SharedValues
from cs_simulator.domain.index import SortedIndex
from cs_simulator.domain.metadata import (
    PREDEFINED,
    PREDEFINED_SCHEMA,
    ExtensionSchema,
    IdentificationKey,
    Metadata,
)
from cs_simulator.domain.undo import UndoLog
from cs_simulator.operations.row import Kind

PREDEFINED_ATTRIBUTES = tuple(attribute.name for attribute in PREDEFINED_SCHEMA)
"""The visible attributes of a profile, unless a scenario defines others."""

Values = tuple[Any, ...]
"""The values of one attribute, the primary one first, as they are shown."""

Record = Mapping[str, Any]
"""One record of an extension: its attributes, each with one value."""

MOST_COMBINATIONS = 10_000
"""The maximum number of combinations of values that a customer may have under one key."""

_NO_EXTENSIONS: Mapping[str, tuple[Record, ...]] = MappingProxyType({})


class Profile(NamedTuple):
    """A customer: an id, attributes with one or more values, and the records of extensions.

    Names are spelled as in the schemas. A single-valued extension has one record; a classifier has
    one without attributes.
    """

    customer_id: str
    attributes: Mapping[str, Values]
    extensions: Mapping[str, tuple[Record, ...]] = _NO_EXTENSIONS


class _Top:
    """Greater than every value: the end of a range."""

    def __gt__(self, other: object) -> bool:
        return True


_TOP = _Top()


class Profiles:
    """The profiles of a world and its metadata, with an index for each identification key.

    An index has an entry for each combination of a customer's values under the key, up to the first
    attribute that the customer lacks: ``((LastName, FirstName), customer_id)``.
    """

    __slots__ = ("_indexes", "_log", "_next", "_orders", "_profiles", "_shared", "metadata")

    is_numbered = False
    """Whether its images cover single parts, of which the oldest image counts."""

    def __init__(self, metadata: Metadata = PREDEFINED, log: UndoLog | None = None) -> None:
        self.metadata = metadata
        self._log = log
        self._profiles: dict[str, Profile] = {}
        self._orders: dict[str, int] = {}
        self._next = 0
        self._shared = False
        self._indexes = {key.name: SortedIndex() for key in metadata.keys}

    def weight(self, names: Mapping[str, str]) -> int:
        """Return how many records the customer has whom the path of a request names."""
        profile = self._profiles.get(names["customer_id"]) if "customer_id" in names else None
        return 0 if profile is None else sum(map(len, profile.extensions.values()))

    def copy(self, log: UndoLog | None = None) -> Profiles:
        """Return profiles with the same content, which share it until either changes.

        Images of changes in the copy go to a log.
        """
        twin = Profiles(self.metadata, log)
        twin._profiles = self._profiles
        twin._orders = self._orders
        twin._next = self._next
        twin._indexes = {name: index.share() for name, index in self._indexes.items()}
        twin._shared = self._shared = True
        return twin

    def __len__(self) -> int:
        return len(self._profiles)

    def __iter__(self) -> Iterator[Profile]:
        return iter(self._profiles.values())

    def __contains__(self, customer_id: object) -> bool:
        return customer_id in self._profiles

    def get(self, customer_id: str) -> Profile:
        """Return a customer's profile, or raise :exc:`NothingFound`."""
        profile = self._profiles.get(customer_id)
        if profile is None:
            raise NothingFound(f"No customer profile with id {customer_id}")
        return profile

    # Changing profiles

    def add(self, profile: Profile) -> None:
        """Store a new profile."""
        self.add_all([profile])

    def add_all(self, profiles: Iterable[Profile]) -> None:
        """Store many new profiles at once.

        Raises :exc:`Conflict`, before anything is stored, if two customers would share the values
        of a unique key.
        """
        new = {profile.customer_id: profile for profile in profiles}
        entries = {
            key: [
                (values, profile.customer_id)
                for profile in new.values()
                for values in key_values(key, profile)
            ]
            for key in self.metadata.keys
        }
        for key, those in entries.items():
            if key.unique:
                self._check_unique(key, those, frozenset())
        for customer_id in new:
            self._note(customer_id)
        self._own()
        for customer_id, profile in new.items():
            self._profiles[customer_id] = profile
            self._orders[customer_id] = self._next
            self._next += 1
        for key, those in entries.items():
            if those:
                self._indexes[key.name].extend_by_pieces(those)

    def replace(self, profile: Profile) -> None:
        """Replace the profile with that id."""
        old = self._profiles[profile.customer_id]
        self._note(profile.customer_id)
        self._own()
        self._profiles[profile.customer_id] = profile
        self._move(old, profile)

    def remove(self, customer_id: str) -> None:
        """Remove a profile."""
        self._note(customer_id)
        self._own()
        old = self._profiles.pop(customer_id)
        del self._orders[customer_id]
        self._move(old, None)

    def check(self, profile: Profile, besides: Collection[str] = ()) -> None:
        """Reject a profile that may not be stored.

        Customers in ``besides``, and the one with its own id, are about to be deleted. Raises
        :exc:`Conflict` if it shares the values of a unique key with another, and :exc:`BadValues`
        if it has more than :data:`MOST_COMBINATIONS` combinations under one key.
        """
        check_combinations(self.metadata.keys, profile)
        apart = {*besides, profile.customer_id}
        for key in self.metadata.keys:
            if key.unique:
                entries = [(values, profile.customer_id) for values in key_values(key, profile)]
                self._check_unique(key, entries, apart)

    def _check_unique(
        self,
        key: IdentificationKey,
        entries: Iterable[tuple[Values, str]],
        apart: Collection[str],
    ) -> None:
        index = self._indexes[key.name]
        seen: dict[Values, str] = {}
        for values, customer_id in entries:
            if len(values) < len(key.attributes):
                continue
            owner = seen.setdefault(values, customer_id)
            if owner == customer_id:
                of_others = (
                    each
                    for _, each in index.between((values,), (values, _TOP))
                    if each not in apart
                )
                owner = next(of_others, customer_id)
            if owner != customer_id:
                raise _shared(key, values, owner)

    def _own(self) -> None:
        if self._shared:
            self._profiles = self._profiles.copy()
            self._orders = self._orders.copy()
            self._shared = False

    def _move(self, old: Profile, new: Profile | None) -> None:
        customer_id = old.customer_id
        for key in self.metadata.keys:
            index = self._indexes[key.name]
            former = key_values(key, old)
            present = key_values(key, new) if new is not None else {}
            for values in former:
                if values not in present:
                    index.remove((values, customer_id))
            for values in present:
                if values not in former:
                    index.add((values, customer_id))

    # Undo

    def _note(self, customer_id: str) -> None:
        """Keep an image of a profile that is about to change, and of its place in the order."""
        if self._log is not None:
            there = self._profiles.get(customer_id)
            self._log.note(self, customer_id, there, self._orders.get(customer_id))

    def _note_all(self) -> None:
        """Keep an image of everything: a schema or a key is about to change."""
        if self._log is not None:
            self._shared = True
            indexes = {name: index.share() for name, index in self._indexes.items()}
            image = (self.metadata, self._profiles, self._orders, indexes)
            self._log.note(self, None, image, None)

    def put_back(self, customer_id: str | None, image: Any, order: int | None) -> None:
        """Restore one profile, or all, from an image."""
        if customer_id is None:
            self._note_all()
            self.metadata, self._profiles, self._orders, indexes = image
            self._indexes = {name: index.share() for name, index in indexes.items()}
            self._shared = True
        elif image is None:
            self.remove(customer_id)
        elif customer_id in self._profiles:
            self.replace(image)
        else:
            self.add(image)
            assert order is not None  # noqa: S101 - it had its place while it was there
            self._orders[customer_id] = order
            in_order = sorted(self._profiles, key=self._orders.__getitem__)
            self._profiles = {each: self._profiles[each] for each in in_order}

    # Identification

    def having(self, key: IdentificationKey, beginnings: Iterable[Values]) -> list[Profile]:
        """Return the customers whose values under a key begin with one of some prefixes.

        They are in order of creation, each once.
        """
        index = self._indexes[key.name]
        found = {
            customer_id
            for values in beginnings
            for _, customer_id in index.between((values,), ((*values, _TOP),))
        }
        return [self._profiles[each] for each in sorted(found, key=self._orders.__getitem__)]

    # Changing metadata

    def add_schema(self, kind: Kind, schema: ExtensionSchema) -> None:
        """Store the schema of a new extension."""
        self._note_all()
        self.metadata = self.metadata.with_schema(kind, schema)

    def remove_schema(self, kind: Kind, schema: ExtensionSchema) -> None:
        """Remove the schema of an extension, and the data that customers have of it."""
        self._note_all()
        self.metadata = self.metadata.without_schema(kind, schema)
        if kind != "profiles":
            return
        self._own()
        for customer_id, profile in self._profiles.items():
            if schema.name in profile.extensions:
                rest = {n: each for n, each in profile.extensions.items() if n != schema.name}
                self._profiles[customer_id] = profile._replace(extensions=rest)

    def add_key(self, key: IdentificationKey) -> None:
        """Store a new identification key, and index the existing profiles.

        Raises :exc:`Conflict`, before anything is stored, if it is unique and two customers share
        its values, and :exc:`BadValues` if a customer has too many of them.
        """
        index = SortedIndex()
        entries: list[tuple[Values, str]] = []
        for profile in self:
            check_combinations([key], profile)
            entries.extend((values, profile.customer_id) for values in key_values(key, profile))
        if key.unique:
            owners: dict[Values, str] = {}
            for values, customer_id in entries:
                owner = owners.setdefault(values, customer_id)
                if owner != customer_id and len(values) == len(key.attributes):
                    raise _shared(key, values, owner, customer_id)
        index.extend(entries)
        self._note_all()
        self.metadata = self.metadata.with_key(key)
        self._indexes[key.name] = index

    def remove_key(self, key: IdentificationKey) -> None:
        """Remove an identification key."""
        self._note_all()
        self.metadata = self.metadata.without_key(key)
        del self._indexes[key.name]


def key_values(key: IdentificationKey, profile: Profile) -> Mapping[Values, None]:
    """Return each combination of a customer's values under a key, once and in order.

    A combination ends before the first attribute that the customer lacks. Each record of an
    extension is one combination.
    """
    if key.source is None:
        columns = []
        for name in key.attributes:
            column = profile.attributes.get(name)
            if not column:
                break
            columns.append(column)
        return dict.fromkeys(product(*columns)) if columns else {}
    found: dict[Values, None] = {}
    for record in profile.extensions.get(key.source, ()):
        values = []
        for name in key.attributes:
            if name not in record:
                break
            values.append(record[name])
        if values:
            found[tuple(values)] = None
    return found


def check_combinations(keys: Iterable[IdentificationKey], profile: Profile) -> None:
    """Raise :exc:`BadValues` if a customer has too many combinations of values under a key."""
    problems = []
    for key in keys:
        count = 1
        if key.source is None:
            for name in key.attributes:
                count *= len(profile.attributes.get(name, ())) or 1
        if count > MOST_COMBINATIONS:
            names = ", ".join(key.columns)
            expected = f"at most {MOST_COMBINATIONS} combinations of them, as {key.name} needs"
            problems.append(Problem(names, expected, count))
    if problems:
        raise BadValues(problems)


def _shared(key: IdentificationKey, values: Values, *owners: str) -> SharedValues:
    pairs = zip(key.columns, values, strict=True)
    shown = ", ".join(f"{name} {value!r}" for name, value in pairs)
    return SharedValues(key.name, shown, owners)
