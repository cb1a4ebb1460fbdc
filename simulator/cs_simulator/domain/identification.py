"""Identification of customers: which key some attributes select, and who has the values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from cs_simulator.documents.problems import Problem, UnfitError
from cs_simulator.domain.errors import BadValues
from cs_simulator.domain.metadata import IdentificationKey, Metadata
from cs_simulator.domain.profiles import Profile, Profiles
from cs_simulator.domain.typed import checked_value

_MOST_LOOKUPS = 1_000
"""How many combinations of values are looked up in the index; further attributes are compared."""


class IdentifyingValues(NamedTuple):
    """An attribute, of an extension or of the profile itself, and its accepted values."""

    source: str | None
    name: str
    values: tuple[Any, ...]


Criteria = Mapping[str, IdentifyingValues]
"""The search criteria, by the full name of each attribute."""


def identify(
    profiles: Profiles, given: Mapping[str, Collection[str]], id_key: str | None = None
) -> list[Profile]:
    """Return the profiles that have, for every attribute, one of the requested values.

    One record of an extension must have all values requested of that extension. The attributes must
    include the first attribute of an identification key, or of ``id_key`` if one is named. Raises
    :exc:`BadValues` that lists the known keys. With a full key, or its first attributes, the cost
    depends only on the result.
    """
    metadata = profiles.metadata
    problems: list[Problem] = []
    criteria = read_criteria(metadata, given, problems)
    key = infer_key(metadata.keys, criteria) if id_key is None else metadata.key(id_key)
    if id_key is not None and key is None:
        problems.append(Problem("id_key", f"one of {known_keys(metadata)}", id_key))
    if problems:
        raise BadValues(problems)
    if key is None or key.columns[0] not in criteria:
        wanted = "an identification key" if id_key is None else f"id_key {id_key}"
        covering = f"the first attribute of {wanted}, or its first ones in order"
        raise BadValues([Problem("attributes", f"{covering}: {known_keys(metadata)}")])
    found = profiles.having(key, product(*_looked_up(key, criteria)))
    return [profile for profile in found if matches(profile, criteria)]


def _looked_up(key: IdentificationKey, criteria: Criteria) -> list[Sequence[Any]]:
    """Return the requested values of the attributes with which a key begins, without gaps."""
    values: list[Sequence[Any]] = []
    lookups = 1
    for column in key.columns:
        criterion = criteria.get(column)
        if criterion is None:
            break
        lookups *= len(criterion.values)
        if values and lookups > _MOST_LOOKUPS:
            break
        values.append(criterion.values)
    return values


def read_criteria(
    metadata: Metadata, given: Mapping[str, Collection[str]], problems: list[Problem]
) -> Criteria:
    """Return the search criteria in a query, in the types of the attributes; add problems."""
    criteria: dict[str, IdentifyingValues] = {}
    for name, texts in given.items():
        column = metadata.column(name)
        if column is None:
            problems.append(Problem(name, _known_columns(metadata), ",".join(texts)))
            continue
        source, attribute = column
        full = attribute.name if source is None else f"{source}.{attribute.name}"
        values = list(criteria[full].values) if full in criteria else []
        for text in texts:
            try:
                values.append(checked_value(attribute, text))
            except UnfitError as unfit:
                problems.append(unfit.problem(name, text))
        criteria[full] = IdentifyingValues(source, attribute.name, tuple(dict.fromkeys(values)))
    return criteria


def matches(profile: Profile, criteria: Criteria) -> bool:
    """Tell whether a profile meets the criteria."""
    by_source: dict[str, list[IdentifyingValues]] = {}
    for criterion in criteria.values():
        if criterion.source is not None:
            by_source.setdefault(criterion.source, []).append(criterion)
        elif not any(
            value in criterion.values for value in profile.attributes.get(criterion.name, ())
        ):
            return False
    return all(
        any(
            all(each.name in record and record[each.name] in each.values for each in those)
            for record in profile.extensions.get(source, ())
        )
        for source, those in by_source.items()
    )


def infer_key(
    keys: Iterable[IdentificationKey], given: Collection[str]
) -> IdentificationKey | None:
    """Return the key that some attributes select, as documented, or None.

    The first key whose attributes are all given; otherwise the one with the longest run of given
    attributes from its beginning, the earlier one of two. Source: API Reference, *Identify
    Customer*.
    """
    best, best_score = None, 0
    for key in keys:
        score = 0
        for column in key.columns:
            if column not in given:
                break
            score += 1
        if score == len(key.columns):
            return key
        if score > best_score:
            best, best_score = key, score
    return best


def known_keys(metadata: Metadata) -> str:
    """Return the identification keys as a message lists them."""
    keys = ", ".join(f"{key.name} ({', '.join(key.columns)})" for key in metadata.keys)
    return keys or "none exist (create one with POST metadata/identification-keys)"


def _known_columns(metadata: Metadata) -> str:
    known = (
        f"one of the profile's attributes: {', '.join(each.name for each in metadata.attributes)}"
    )
    extensions = ", ".join(
        f"{schema.name}.{attribute.name}"
        for schema in metadata.extension_schemas("profiles")
        for attribute in schema.attributes
    )
    return f"{known}, or of its extensions: {extensions}" if extensions else known
