"""Generated data: customers that Faker names, contact keys, and the services of both.

Faker takes longer to import than all the rest together, so only a scenario that generates pays
for it. It is an extra: it brings a pytest plugin that would import it in every test run. Equal
seeds give equal data with an equal version of Faker.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cs_simulator.documents.problems import Problem, nearest, shown
from cs_simulator.documents.shape import Checker
from cs_simulator.domain.metadata import PREDEFINED, Metadata
from cs_simulator.domain.profiles import Profile, Values
from cs_simulator.domain.records import checked_extension
from cs_simulator.domain.schemas import AttributeSchema
from cs_simulator.domain.setup import Setup
from cs_simulator.ids import Ids
from cs_simulator.scenario.generated_services import check_services, services_of
from cs_simulator.scenario.providers import ProviderCall, attribute_value, check_call, made_by

if TYPE_CHECKING:
    from faker import Faker


DEFAULT_LOCALE = "en_US"

_GENERATED = ("FirstName", "LastName", "PhoneNumber", "EmailAddress")
_LONGEST_KEY = 256
_KEY = AttributeSchema("key", length=_LONGEST_KEY)

Given = Mapping[str, Any]


def check_generation(
    given: Given, at: str, metadata: Metadata | None, setup: Setup, checker: Checker
) -> None:
    """Note what is wrong with what is to be generated; without metadata only what needs none."""
    if "services" in given:
        if "customers" not in given and "contacts" not in given:
            checker.missing(at, "customers", "the customers that services are generated for")
        check_services(given["services"], f"{at}.services", setup, checker)
    customers, contacts = given.get("customers"), given.get("contacts")
    if customers is not None:
        if metadata is not None:
            _check_attributes(customers, metadata, f"{at}.customers", checker)
        faker = _checked_faker(customers, f"{at}.customers", checker)
        if faker is not None and metadata is not None:
            _check_providers(customers, metadata, faker, f"{at}.customers", checker)
    if contacts is not None:
        faker = _checked_faker(contacts, f"{at}.contacts", checker)
        if faker is not None and "key" in contacts:
            place = f"{at}.contacts.key"
            check_call(contacts["key"], _KEY, faker, _locale(contacts), place, checker)


def _locale(given: Given) -> str:
    locale: str = given.get("locale", DEFAULT_LOCALE)
    return locale


def _checked_faker(given: Given, at: str, checker: Checker) -> Faker | None:
    """Return what generates in a locale; note where there is no such, or no Faker at all."""
    locale = _locale(given)
    try:
        from faker.config import AVAILABLE_LOCALES  # see the module's docstring
    except ImportError:
        checker.problem(
            at,
            "generate needs Faker, which is not installed",
            "pip install 'cs-simulator[generate]'",
        )
        return None
    if locale in AVAILABLE_LOCALES:
        if not {"attributes", "extensions", "key"} & given.keys():
            return None  # nothing is left to check, and to make one takes long
        from faker import Faker

        return Faker(locale)
    near = nearest(locale, AVAILABLE_LOCALES)
    checker.add(
        Problem(
            f"{at}.locale",
            found=locale,
            text=f"no locale named {shown(locale)}",
            note="" if near else "see the locales of Faker",
            nearest=near,
        )
    )
    return None


def _check_attributes(customers: Given, metadata: Metadata, at: str, checker: Checker) -> None:
    if not metadata.attributes:
        checker.problem(at, "profile_attributes is empty, so customers cannot be generated")
    own = customers.get("attributes", {})
    for attribute in metadata.attributes:
        made = attribute.name in _GENERATED and attribute.type == "string"
        if (
            attribute.mandatory
            and attribute.default is None
            and not made
            and attribute.name not in own
        ):
            problem = f"{attribute.name} is mandatory but cannot be generated"
            checker.problem(at, problem, "give it a default, or name its provider in attributes")


def _check_providers(
    customers: Given, metadata: Metadata, faker: Faker, at: str, checker: Checker
) -> None:
    """Note providers of what is not declared, or that do not fit what is."""
    locale = _locale(customers)
    known = [attribute.name for attribute in metadata.attributes]
    for name, call in customers.get("attributes", {}).items():
        attribute = metadata.attribute(name)
        place = f"{at}.attributes.{name}"
        if attribute is None or attribute.name != name:
            checker.no_such(place, name, known, "attribute", on_key=True)
        else:
            check_call(call, attribute, faker, locale, place, checker)
    schemas = {each.name: each for each in metadata.extension_schemas("profiles")}
    for name, calls in customers.get("extensions", {}).items():
        place = f"{at}.extensions.{name}"
        schema = schemas.get(name)
        if schema is None:
            none = "extension_schemas.profiles has none"
            checker.no_such(place, name, schemas, "extension", none, on_key=True)
            continue
        columns = {attribute.name: attribute for attribute in schema.attributes}
        record: dict[str, Any] = {}
        before = len(checker.problems)
        for column, call in calls.items():
            where = f"{place}.{column}"
            if column not in columns:
                none = f"{name} has none"
                checker.no_such(where, column, columns, "attribute", none, on_key=True)
            else:
                record[column] = check_call(call, columns[column], faker, locale, where, checker)
        if len(checker.problems) == before:
            problems: list[Problem] = []
            checked_extension(
                schema, [record] if schema.type == "multi-valued" else record, problems
            )
            for problem in problems:
                checker.add(replace(problem, at=f"{at}.extensions.{problem.at}"))


def generated_profiles(
    given: Given, number: int, metadata: Metadata, ids: Ids, taken: set[str]
) -> Iterator[Profile]:
    """Yield the profiles of the ``number``-th part of a scenario that generates.

    They have what the metadata have room for: of values that are longer, the beginning.
    """
    customers = given["customers"]
    from faker import Faker  # see the module's docstring

    faker = Faker(_locale(customers))
    faker.seed_instance(f"{ids.seed} {number}")
    first_name, last_name, phone_number = faker.first_name, faker.last_name, faker.phone_number
    own = _Own(customers, metadata, (ids.seed, number))
    for position in range(customers["count"]):
        first, last = first_name(), last_name()
        address = f"{_plain(first)}.{_plain(last)}.{position + 1}@example.com"
        customer_id = ids.customer()
        while customer_id in taken:
            customer_id = ids.customer()
        made = dict(zip(_GENERATED, (first, last, phone_number(), address), strict=True))
        profile = Profile(customer_id, _admitted(made, metadata))
        yield own.added(profile, position) if own else profile


class _Own:
    """What a scenario has made by providers of its own choice."""

    def __init__(self, customers: Given, metadata: Metadata, seed: object) -> None:
        self._attributes: list[tuple[AttributeSchema, ProviderCall]] = [
            (attribute, call)
            for name, call in customers.get("attributes", {}).items()
            if (attribute := metadata.attribute(name)) is not None
        ]
        self._extensions = [
            (schema, calls)
            for name, calls in customers.get("extensions", {}).items()
            if (schema := metadata.extension_schema("profiles", name)) is not None
        ]
        self._order = {attribute.name: place for place, attribute in enumerate(metadata.attributes)}
        self._seed = seed
        self._faker: Faker | None = None
        if self:
            from faker import Faker

            self._faker = Faker(_locale(customers))

    def __bool__(self) -> bool:
        return bool(self._attributes or self._extensions)

    def added(self, profile: Profile, position: int) -> Profile:
        """Return a profile with what is made for it."""
        attributes = dict(profile.attributes)
        for attribute, call in self._attributes:
            attributes[attribute.name] = (self._value(attribute, call, position, ""),)
        ordered = dict(sorted(attributes.items(), key=lambda each: self._order[each[0]]))
        extensions = {}
        for schema, calls in self._extensions:
            record = {
                attribute.name: self._value(attribute, calls[attribute.name], position, schema.name)
                for attribute in schema.attributes
                if attribute.name in calls
            }
            several = schema.type == "multi-valued"
            extensions[schema.name] = checked_extension(schema, [record] if several else record, [])
        return Profile(profile.customer_id, ordered, extensions)

    def _value(
        self, attribute: AttributeSchema, call: ProviderCall, position: int, extension: str
    ) -> Any:
        assert self._faker is not None  # noqa: S101 - there is one where anything is made
        seed = (self._seed, position, extension, attribute.name)
        return attribute_value(attribute, made_by(call, self._faker, seed))


def _admitted(made: Mapping[str, str], metadata: Metadata) -> dict[str, Values]:
    if metadata is PREDEFINED:
        return {name: (value,) for name, value in made.items()}
    attributes: dict[str, Values] = {}
    for attribute in metadata.attributes:
        value = made.get(attribute.name)
        if value is not None and attribute.type == "string":
            attributes[attribute.name] = (value[: attribute.length or None],)
        elif attribute.default is not None:
            attributes[attribute.name] = (attribute.default,)
    return attributes


def _plain(name: str) -> str:
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    return "".join(c for c in ascii_name.lower() if c.isalnum()) or "customer"


def generated_services(
    given: Given, number: int, profiles: Sequence[Profile], seed: int, setup: Setup
) -> Iterator[Given]:
    """Yield the services of generated customers and contact keys, as a document gives them."""
    services = given.get("services")
    if services is None:
        return

    for profile in profiles:
        owner = {"customer_id": profile.customer_id}
        yield from services_of(services, owner, profile.customer_id, seed, setup)
    if "contacts" in given:
        for position, key in enumerate(_contact_keys(given["contacts"], seed, number)):
            who = ("contact", number, position)
            yield from services_of(services, {"contact_key": key}, who, seed, setup)


def _contact_keys(contacts: Given, seed: int, number: int) -> Iterator[str]:
    """Yield keys of callers who are not known, no two of them alike."""
    from faker import Faker

    faker = Faker(_locale(contacts))
    call = contacts.get("key", ProviderCall("phone_number"))
    made: set[str] = set()
    for position in range(contacts["count"]):
        key = attribute_value(_KEY, made_by(call, faker, (seed, number, "contact", position)))
        if not key or key in made:
            key = f"{key}-{position + 1}"
        made.add(key)
        yield key
