"""Customer profiles and how customers are identified by them.

Source: Developer Guide, *Profiles and Identification*; API Reference, *Create Customer Profile*,
*Query Customer Profile*, *Identify Customer*.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from simulator.domain.errors import BadValues, NothingFound, Problem
from simulator.domain.index import SortedIndex

PREDEFINED_ATTRIBUTES = ("FirstName", "LastName", "PhoneNumber", "EmailAddress", "Title")
"""The visible attributes of a profile; every one is a string."""

AttributeValues = tuple[str, ...]
"""The values of one attribute, the primary one first."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A customer: an id and attributes, each with one value or several."""

    customer_id: str
    attributes: Mapping[str, AttributeValues]


@dataclass(frozen=True, slots=True)
class IdentificationKey:
    """A set of attributes by which customers are found."""

    name: str
    attributes: tuple[str, ...]


PREDEFINED_KEYS = (
    IdentificationKey("idName", ("LastName", "FirstName")),
    IdentificationKey("idPhone", ("PhoneNumber",)),
    IdentificationKey("idEmail", ("EmailAddress",)),
)
"""The identification keys of a world whose scenario names none (assumed)."""


class Profiles:
    """Hold the profiles of a world, and find them by the values of their attributes."""

    __slots__ = ("_by_value", "_profiles", "_shared", "attributes", "keys")

    def __init__(
        self,
        attributes: Sequence[str] = PREDEFINED_ATTRIBUTES,
        keys: Sequence[IdentificationKey] = PREDEFINED_KEYS,
    ) -> None:
        self.attributes = tuple(attributes)
        self.keys = tuple(keys)
        self._profiles: dict[str, Profile] = {}
        self._shared = False
        self._by_value = SortedIndex()  # (attribute, value, order of creation, customer_id)

    def copy(self) -> Profiles:
        """Return profiles of the same content, which share it until either changes."""
        twin = Profiles(self.attributes, self.keys)
        twin._profiles = self._profiles
        twin._by_value = self._by_value.share()
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
            raise NothingFound(f"There is no customer profile with id {customer_id}")
        return profile

    def add(self, profile: Profile) -> None:
        """Store a new profile."""
        self.add_all([profile])

    def add_all(self, profiles: Iterable[Profile]) -> None:
        """Store many new profiles at once."""
        if self._shared:
            self._profiles = self._profiles.copy()
            self._shared = False
        number = len(self._profiles)
        new = {profile.customer_id: profile for profile in profiles}
        self._profiles |= new
        self._by_value.extend(
            (attribute, value, number + position, profile.customer_id)
            for position, profile in enumerate(new.values())
            for attribute, values in profile.attributes.items()
            for value in set(values)
        )

    def identify(
        self, criteria: Mapping[str, Collection[str]], id_key: str | None = None
    ) -> list[Profile]:
        """Return the profiles that have, for every attribute, one of the values asked for.

        The attributes must cover an identification key from its left, or ``id_key`` where one
        is named. Raises :exc:`BadValues` naming what is known.
        """
        problems = [
            Problem(
                name, f"one of the profile's attributes: {', '.join(self.attributes)}", ",".join(v)
            )
            for name, v in criteria.items()
            if name not in self.attributes
        ]
        keys = {key.name.lower(): key for key in self.keys}
        if id_key is not None and id_key.lower() not in keys:
            problems.append(Problem("id_key", f"one of {self._known_keys()}", id_key))
        if problems:
            raise BadValues(problems)
        key = infer_key(self.keys, criteria) if id_key is None else keys[id_key.lower()]
        if key is None or key.attributes[0] not in criteria:
            wanted = "an identification key" if id_key is None else f"id_key {id_key}"
            raise BadValues(
                [
                    Problem(
                        "attributes", f"such as {wanted} covers from its left: {self._known_keys()}"
                    )
                ]
            )
        candidates = self._having(key.attributes[0], criteria[key.attributes[0]])
        return [
            profile
            for profile in candidates
            if all(
                any(value in profile.attributes.get(name, ()) for value in values)
                for name, values in criteria.items()
            )
        ]

    def _having(self, attribute: str, values: Iterable[str]) -> list[Profile]:
        found = {
            (number, customer_id)
            for value in values
            for _, _, number, customer_id in self._by_value.between(
                (attribute, value), (attribute, value, len(self._profiles))
            )
        }
        return [self._profiles[customer_id] for _, customer_id in sorted(found)]

    def _known_keys(self) -> str:
        return ", ".join(f"{key.name} ({', '.join(key.attributes)})" for key in self.keys) or "none"


def infer_key(
    keys: Iterable[IdentificationKey], given: Collection[str]
) -> IdentificationKey | None:
    """Return the key that some attributes speak of, as documented, or None.

    The first key whose attributes are all given; else the one with the most of them given in a
    row from its left, the earlier one of two alike. Source: API Reference, *Identify Customer*.
    """
    best, best_score = None, 0
    for key in keys:
        score = 0
        for attribute in key.attributes:
            if attribute not in given:
                break
            score += 1
        if score == len(key.attributes):
            return key
        if score > best_score:
            best, best_score = key, score
    return best
