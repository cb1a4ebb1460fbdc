"""Generated data: customers that Faker names, and services that they have.

Faker takes longer to import than all the rest together, so only a scenario that generates pays
for it. It is an extra: it brings a pytest plugin that would import it in every test run. Equal
seeds give equal data with an equal version of Faker.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cs_simulator.clock import DAY, HOUR, MINUTE
from cs_simulator.documents.problems import Problem, nearest, shown
from cs_simulator.documents.shape import Checker
from cs_simulator.domain.metadata import PREDEFINED, Metadata
from cs_simulator.domain.profiles import Profile, Values
from cs_simulator.domain.setup import Setup
from cs_simulator.ids import Ids, draw
from cs_simulator.scenario.calendar import When

DEFAULT_LOCALE = "en_US"

_GENERATED = ("FirstName", "LastName", "PhoneNumber", "EmailAddress")
_MEDIA = ("voice", "chat", "email")
_SERVICE_TYPES = (100, 200, 300, 400, 500)
_STATE_TYPES = tuple(range(1, 11))
_DISPOSITIONS = (1, 2, 3)


def check_generation(
    given: Mapping[str, Any], at: str, metadata: Metadata | None, checker: Checker
) -> None:
    """Note what is wrong with what is to be generated; without metadata only what needs none."""
    customers = given.get("customers")
    if customers is None:
        if "services" in given:
            checker.missing(at, "customers", "the customers that services are generated for")
        return
    if metadata is not None:
        _check_attributes(metadata, f"{at}.customers", checker)
    locale = customers.get("locale", DEFAULT_LOCALE)
    try:
        from faker.config import AVAILABLE_LOCALES  # see the module's docstring
    except ImportError:
        checker.problem(
            f"{at}.customers",
            "generate needs Faker, which is not installed",
            "pip install 'cs-simulator[generate]'",
        )
        return
    if locale not in AVAILABLE_LOCALES:
        near = nearest(locale, AVAILABLE_LOCALES)
        checker.add(
            Problem(
                f"{at}.customers.locale",
                found=locale,
                text=f"no locale named {shown(locale)}",
                note="" if near else "see the locales of Faker",
                nearest=near,
            )
        )


def _check_attributes(metadata: Metadata, at: str, checker: Checker) -> None:
    if not metadata.attributes:
        checker.problem(at, "profile_attributes is empty, so customers cannot be generated")
    for attribute in metadata.attributes:
        made = attribute.name in _GENERATED and attribute.type == "string"
        if attribute.mandatory and attribute.default is None and not made:
            problem = f"{attribute.name} is mandatory but cannot be generated"
            checker.problem(at, problem, "give it a default")


def generated_profiles(
    given: Mapping[str, Any], number: int, metadata: Metadata, ids: Ids, taken: set[str]
) -> Iterator[Profile]:
    """Yield the profiles of the ``number``-th part of a scenario that generates.

    They have what the metadata have room for: of values that are longer, the beginning.
    """
    customers = given["customers"]
    from faker import Faker  # see the module's docstring

    faker = Faker(customers.get("locale", DEFAULT_LOCALE))
    faker.seed_instance(f"{ids.seed} {number}")
    first_name, last_name, phone_number = faker.first_name, faker.last_name, faker.phone_number
    for position in range(customers["count"]):
        first, last = first_name(), last_name()
        address = f"{_plain(first)}.{_plain(last)}.{position + 1}@example.com"
        customer_id = ids.customer()
        while customer_id in taken:
            customer_id = ids.customer()
        made = dict(zip(_GENERATED, (first, last, phone_number(), address), strict=True))
        yield Profile(customer_id, _admitted(made, metadata))


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
    given: Mapping[str, Any], profiles: Sequence[Profile], seed: int, setup: Setup
) -> Iterator[Mapping[str, Any]]:
    """Yield the services of generated customers, as a document would give them."""
    services = given.get("services")
    if services is None:
        return
    share = services.get("active", 1.0)
    for profile in profiles:
        for position in range(services["per_customer"]):
            yield _service(profile.customer_id, position, share, seed, setup)


def _service(
    customer_id: str, position: int, active_share: float, seed: int, setup: Setup
) -> dict[str, Any]:
    def drawn(what: str) -> float:
        return draw(seed, "generate", customer_id, position, what)

    def chosen(full_name: str, otherwise: Sequence[Any]) -> Any:
        attribute = setup.attributes.mapped(full_name)
        if attribute is not None and attribute.values:
            otherwise = [value.dbid for value in attribute.values]
        return otherwise[int(drawn(full_name) * len(otherwise))]

    age = HOUR + int(drawn("age") * 30 * DAY)
    started = {
        "timestamp": When(-age, relative=True),
        "media_type": chosen("Service.media_type", _MEDIA),
    }
    state = {"state_type": chosen("State.type", _STATE_TYPES), "started": When(-age, relative=True)}
    service = {
        "customer_id": customer_id,
        "service_type": chosen("Service.type", _SERVICE_TYPES),
        "started": started,
        "states": [state],
    }
    if drawn("active") >= active_share:
        end = When(-age + MINUTE + int(drawn("length") * 59 * MINUTE), relative=True)
        state["completed"] = service["completed"] = end
        service["disposition"] = chosen("Service.disposition", _DISPOSITIONS)
    return service
