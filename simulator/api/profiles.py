"""Customer profiles over the predefined attributes: create, get, identify. Contract section 8."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from simulator.api import resources
from simulator.api.calls import Call, Reply
from simulator.api.queries import Parameter, choice, read_parameters, texts
from simulator.domain.errors import BadValues, Conflict, NothingFound, Problem
from simulator.domain.profiles import Profile
from simulator.domain.values import Text, UnfitError

_TEXT = Text()
_ID_LENGTH = 16
_SURROGATE = re.compile("[\ud800-\udfff]")
_OPTIONS = (
    Parameter("id_key"),
    choice("include_profile", "no", "yes"),
    texts("extensions"),
    choice("include_extensions", "always", "unique"),
)
_OPTION_NAMES = frozenset(option.name for option in _OPTIONS)


def create_profile(call: Call) -> Reply:
    """Create a profile; the server gives it its id (``custom_ids=ignore``)."""
    profiles = call.tx.profiles
    problems: list[Problem] = []
    attributes: dict[str, tuple[str, ...]] = {}
    for name, value in call.body.items():
        if name == "customer_id" or value is None:
            continue
        if name not in profiles.attributes:
            known = ", ".join(profiles.attributes)
            problems.append(Problem(name, f"one of the profile's attributes: {known}", value))
            continue
        try:
            attributes[name] = _values(value)
        except UnfitError as unfit:
            problems.append(Problem(name, str(unfit), value))
    customer_id = _given_id(call, problems)
    if problems:
        raise BadValues(problems)
    if customer_id is None:
        customer_id = call.tx.ids.customer()
        while customer_id in profiles:
            customer_id = call.tx.ids.customer()
    elif customer_id in profiles:
        raise Conflict(f"There is a customer profile with id {customer_id} already")
    profiles.add(Profile(customer_id, attributes))
    return Reply(201, {"customer_id": customer_id}, f"/profiles/{quote(customer_id, safe='')}")


def _values(value: Any) -> tuple[str, ...]:
    if isinstance(value, list):
        if not value:
            raise UnfitError("a string or a list of at least one")
        return tuple(_TEXT(each) for each in value)
    return (_TEXT(value),)


def _given_id(call: Call, problems: list[Problem]) -> str | None:
    given = call.body.get("customer_id")
    if given is None:
        return None
    policy = call.tx.setup.fidelity.custom_ids
    if policy == "ignore":
        call.tx.hint("customer_id is ignored: the server makes its own")
        return None
    if policy == "reject":
        problems.append(Problem("customer_id", "nothing: the server makes its own", given))
        return None
    try:
        customer_id = _TEXT(given)
    except UnfitError as unfit:
        problems.append(Problem("customer_id", str(unfit), given))
        return None
    # A lone surrogate is taken elsewhere, yet no path could ever name it.
    if not 1 <= len(customer_id) <= _ID_LENGTH or _SURROGATE.search(customer_id):
        problems.append(Problem("customer_id", f"1 to {_ID_LENGTH} characters", given))
    return customer_id


def get_profile(call: Call) -> Reply:
    """Show one profile."""
    return Reply(200, resources.profile(call.tx.profiles.get(call.args["customer_id"])))


def identify_customer(call: Call) -> Reply:
    """Find customers by their attributes; show their ids, or with include_profile all."""
    given = [pair for pair in call.raw_query if pair[0] in _OPTION_NAMES]
    options = read_parameters(given, _OPTIONS, call.tx.hints)
    criteria: dict[str, list[str]] = {}
    for name, value in call.raw_query:
        if name not in _OPTION_NAMES:
            criteria.setdefault(name, []).append(value)
    found = call.tx.profiles.identify(criteria, options["id_key"])
    if not found and call.tx.setup.fidelity.identify_no_match == "not_found":
        raise NothingFound("There is no customer profile with these attributes")
    if options["include_profile"] == "yes":
        return Reply(200, [resources.profile(profile) for profile in found])
    return Reply(200, [{"customer_id": profile.customer_id} for profile in found])
