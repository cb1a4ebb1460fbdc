"""Customer profiles, their identification, and interactions with customers.

Contract section 8; API Reference, *Query Interactions*.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from cs_simulator.api import resources
from cs_simulator.api.calls import Call, CallResult, created, done, shows
from cs_simulator.api.queries import MOST_UNKNOWN, read_parameters
from cs_simulator.documents.problems import UnfitError, nearest
from cs_simulator.documents.values import Boolean
from cs_simulator.domain import customers
from cs_simulator.domain.administration import find_schema
from cs_simulator.domain.errors import BadValues, NothingFound
from cs_simulator.domain.identification import identify
from cs_simulator.domain.interactions import Interaction
from cs_simulator.domain.merging import merge_profiles as merge
from cs_simulator.domain.metadata import ExtensionSchema
from cs_simulator.domain.model import Entity
from cs_simulator.domain.profiles import Profile

_FLAG = Boolean()
_LOST_PLUS = re.compile(r"^ [0-9]|:[0-9.]+ [0-9]{2}:[0-9]{2}$")
"""A telephone number or a date whose + was decoded to a space."""


def demand_schema(call: Call) -> None:
    """Reject an operation if no profile schema exists; the server is then in maintenance mode.

    Source: Developer Guide, *Server Mode*.
    """
    if not call.tx.metadata.attributes:
        call.tx.enter_maintenance()
        raise NothingFound(
            "No customer profile schema is defined, so the server is in maintenance mode",
            "define it in the scenario under profile_attributes",
        )


def create_profile(call: Call) -> CallResult:
    """Create a profile; the server assigns its id (``custom_ids=ignore``)."""
    demand_schema(call)
    profile = customers.create_profile(call.tx, call.body)
    customer_id = profile.customer_id
    return created({"customer_id": customer_id}, f"/profiles/{quote(customer_id, safe='')}")


def get_profile(call: Call) -> CallResult:
    """Show one profile, with the extensions that the query asks for."""
    if "=" in call.args["customer_id"]:
        # The documents print a query in this form.
        call.tx.hint("send attributes in the query string: profiles?LastName=Doe")
    profile = _profile(call)
    extensions = _extensions(call, call.query.get("extensions") or ())
    return shows(resources.profile(profile, extensions))


def update_profile(call: Call) -> CallResult:
    """Replace a profile's attributes, and the extensions in the body."""
    customers.update_profile(call.tx, _profile(call), call.body)
    return done()


def delete_profile(call: Call) -> CallResult:
    """Delete a profile; in edition 8.1 also its services."""
    customers.delete_profile(call.tx, _profile(call), with_services=_holds_services(call))
    return done()


def merge_profiles(call: Call) -> CallResult:
    """Merge one customer into another; in edition 8.1 also its services."""
    demand_schema(call)
    destination = call.tx.profiles.get(call.args["customer_id"])
    source = call.tx.profiles.get(call.args["src_id"])
    flags = {"keep_uniq_from_src": False, "keep_active_service_only": False}
    problems = []
    for name, value in call.body.items():
        if name not in flags:
            call.tx.hint(f"{name} ignored; a merge takes {', '.join(flags)}")
        elif value is not None:
            try:
                flags[name] = _FLAG(value)
            except UnfitError as unfit:
                problems.append(unfit.problem(name, value))
    if problems:
        raise BadValues(problems)
    merge(
        call.tx,
        destination,
        source,
        keep_source=flags["keep_uniq_from_src"],
        only_active=flags["keep_active_service_only"],
        with_services=_holds_services(call),
    )
    return done()


def identify_customer(call: Call) -> CallResult:
    """Find customers by their attributes; show their ids or, on request, everything."""
    demand_schema(call)
    declared = call.operation.parameters
    names = {parameter.name for parameter in declared}
    given = [pair for pair in call.raw_query if pair[0] in names]
    options = read_parameters(given, declared, call.tx.hints)
    criteria: dict[str, list[str]] = {}
    for name, value in call.raw_query:
        if name not in names:
            criteria.setdefault(name, []).append(value)
            if _LOST_PLUS.search(value):
                call.tx.hint(f"{name}: a + in a query string means a space; send %2B")
    _hint_at_misspelt(call, criteria, names)
    found = identify(call.tx.profiles, criteria, options["id_key"])
    if not found and call.tx.setup.fidelity.identify_no_match == "not_found":
        raise NothingFound("No customer profile matches these attributes")
    extensions = _extensions(call, options["extensions"] or ())
    if options["include_extensions"] == "unique" and len(found) != 1:
        extensions = []
    if options["include_profile"] == "no":
        found = [profile._replace(attributes={}) for profile in found]
    return shows([resources.profile(profile, extensions) for profile in found])


def _hint_at_misspelt(call: Call, names: Iterable[str], options: Iterable[str]) -> None:
    """Add a hint for an unknown option or attribute whose name is close to a known one."""
    metadata = call.tx.metadata
    unknown = [name for name in names if metadata.column(name) is None]
    if not unknown:
        return
    known = {name.lower(): name for name in (*options, *metadata.columns())}
    for name in unknown[:MOST_UNKNOWN]:
        near = nearest(name.lower(), known)
        if near is not None:
            call.tx.hint(f"no attribute {name}; did you mean {known[near]}?")


# Records of extensions


def insert_profile_extensions(call: Call) -> CallResult:
    """Store extensions of a profile in place of the existing ones."""
    customers.insert_extensions(call.tx, _profile(call), call.body)
    return done()


def update_profile_extension_record(call: Call) -> CallResult:
    """Update the record selected by the unique attributes in the body."""
    customers.update_record(call.tx, _profile(call), call.args["name"], call.body)
    return done()


def delete_profile_extension_record(call: Call) -> CallResult:
    """Delete the record selected by the unique attributes in the body."""
    customers.delete_record(call.tx, _profile(call), call.args["name"], call.body)
    return done()


def _profile(call: Call) -> Profile:
    demand_schema(call)
    return call.tx.profiles.get(call.args["customer_id"])


def _holds_services(call: Call) -> bool:
    """Tell whether the server of profiles also has the services, as in edition 8.1."""
    return call.edition.name == "8.1"


def _extensions(call: Call, names: Sequence[str]) -> list[ExtensionSchema]:
    """Return the schemas of the requested extensions; add hints for unknown ones."""
    found: dict[str, ExtensionSchema] = {}
    for name in names:
        try:
            schema = find_schema(call.tx.metadata, "profiles", name)
        except NothingFound as refusal:
            call.tx.hint(f"extension {name} ignored: {refusal.hint}")
        else:
            found[schema.name] = schema
    return list(found.values())


CONTENTS = MappingProxyType(
    {
        "plain_text": "text",
        "structured_text": "structured_text",
        "binary_content": "binary_content",
    }
)
"""The member in which an interaction gives the address of each content."""


def query_interactions(call: Call) -> CallResult:
    """Show the interactions of a customer, or of a service."""
    if "customer_id" in call.args:
        found = call.tx.interactions.of_customer(call.args["customer_id"])
    else:
        found = _of_service(call)
    return shows([_shown(call, interaction) for interaction in found])


def _of_service(call: Call) -> list[Interaction]:
    """Return the interactions that caused the events of a service, its states and its tasks."""
    tx = call.tx
    service = call.service()
    entities: tuple[Entity, ...] = (
        service,
        *tx.store.states(service.number).values(),
        *tx.store.tasks(service.number).values(),
    )
    events = [event for entity in entities for event in (entity.started, entity.completed) if event]
    return tx.interactions.named(event.interaction_id for event in events)


def get_interaction(call: Call) -> CallResult:
    """Show one interaction."""
    return shows(_shown(call, call.tx.interactions.get(call.args["interaction_id"])))


def get_interaction_content(call: Call) -> CallResult:
    """Return the plain text, structured text or binary content of an interaction."""
    interaction = call.tx.interactions.get(call.args["interaction_id"])
    name = call.args["content"]
    content = interaction.contents.get(name)
    if content is None:
        has = ", ".join(interaction.contents) or "no content"
        raise NothingFound(
            f"Interaction {interaction.interaction_id} has no {name}", f"it has {has}"
        )
    return CallResult(content=content)


def _shown(call: Call, interaction: Interaction) -> dict[str, Any]:
    members = dict(interaction.members)
    for name in interaction.contents:
        path = f"/interactions/{quote(interaction.interaction_id, safe='')}/{name}"
        members[CONTENTS[name]] = f"{call.base_url()}{path}"
    return members
