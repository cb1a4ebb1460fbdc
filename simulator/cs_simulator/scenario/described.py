"""The meaning of each key of a scenario, for the JSON Schema and for authors in an editor.

A key is named by its parents, as far as they are needed to distinguish it from others of its name;
the longest match is used. Members of Context Services, switches and actions of faults have
descriptions in their rows. Loading a scenario imports nothing of this.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cs_simulator.documents.shape import Schema
from cs_simulator.domain.fidelity import SWITCHES
from cs_simulator.domain.members import MEMBERS
from cs_simulator.faults.actions import ROWS
from cs_simulator.scenario.document import DOCUMENT
from cs_simulator.scenario.profiles import undeclared_schema

_DOCUMENT: Mapping[str, str] = MappingProxyType(
    {
        "format": "Version of the format: 1.",
        "name": "Name of the scenario in the control API; default: the name of its file.",
        "description": "A sentence for people.",
        "extends": "The scenario that this one extends, or several.",
        "seed": "Seed of generated ids and of fault probabilities.",
        "clock": "The time.",
        "clock.time": "Time at which the world starts.",
        "clock.mode": "The machine's time, or a clock that runs from `time` or is stopped there.",
        "first_ids": "The first ids.",
        "first_ids.service": "The first service id.",
        "first_ids.state": "The first state id.",
        "first_ids.task": "The first task id.",
        "first_ids.customer": "The number from which the first generated customer id is derived.",
        "settings": "The configuration of the product.",
        "fidelity": "Switches: decide what the vendor's documents leave open.",
        "business_attributes": "Enumerations, by name.",
        "profile_attributes": "The attributes of customers.",
        "extension_schemas": "The schemas of extensions.",
        "identification_keys": "The keys by which customers are found.",
        "customers": "Profiles of customers.",
        "services": "Services, with their states and tasks.",
        "deleted_services": "Written by snapshots: services that were deleted, for hints.",
        "interactions": "The communication with customers.",
        "generate": "Generated customers and services; the same seed generates the same.",
        "faults": "Rules that say which requests go wrong, when and how.",
        "stages": "Stages, each with rules that are in force until the next begins.",
        "expect": "What the judge expects of a client, by default.",
        "progress": "Written by snapshots: the counters of rules, and the stage.",
    }
)
_SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "settings.expiration": "How long a service is kept after the last event in it.",
        "settings.auto_complete": "Whether idle services complete by themselves, and when.",
        "auto_complete.enabled": "Whether they do.",
        "auto_complete.after": "The time without an event after which a service completes.",
        "settings.data_validation": "Whether values of mapped members are checked.",
        "settings.map_names": "Whether mapped values are shown by name instead of DB id.",
        "settings.base_paths": "The base path of each edition of the API.",
        "base_paths.8.5": "The base path of edition 8.5.",
        "base_paths.8.1": "The base path of edition 8.1.",
        "settings.tenants": "Contact centres, each with its own services.",
        "tenants.dbid": "The DB id of the tenant.",
        "tenants.name": "The name of the tenant.",
        "tenants.business_attributes": "Its own enumerations, instead of the document's.",
        "settings.users": "Users who may log in; without users, no login is required.",
        "users.name": "The name that the user sends.",
        "users.password": "The password that the user sends.",
        "users.roles": "The names of the user's roles.",
        "settings.roles": "The roles of edition 8.1, with their privileges.",
        "roles.name": "The name of the role.",
        "roles.dbid": "The DB id of the role.",
        "roles.enabled": "Whether the role is enabled.",
        "roles.privileges": "Its privileges, such as UCS.Service.startService.",
        "settings.use_role": "Whether users may only do what their roles allow.",
        "settings.server_mode": "The initial mode of the server.",
    }
)
_METADATA: Mapping[str, str] = MappingProxyType(
    {
        "remove": "`true` drops the entry of the extended scenario.",
        "business_attributes.dbid": "The DB id of the enumeration.",
        "business_attributes.display_name": "The name for people; by default its name.",
        "business_attributes.description": "What it is, in words.",
        "business_attributes.cv_attributes": "The members mapped to it, such as Service.type.",
        "business_attributes.default": "The default for a mapped member that is not sent.",
        "business_attributes.values": "Its values.",
        "values.name": "The name of the value.",
        "values.dbid": "The DB id of the value.",
        "values.display_name": "The name for people; by default its name.",
        "values.description": "What it is, in words.",
        "values.expiration": "For a type of services: how long such a service is kept.",
        "profile_attributes.name": "The name of the attribute.",
        "profile_attributes.type": "The type of its values.",
        "profile_attributes.default": "The default value.",
        "profile_attributes.length": "The maximum length of a string; 0 for no limit.",
        "profile_attributes.mandatory": "Whether each customer must have it.",
        "profile_attributes.encrypt": "Whether it is shown as encrypted.",
        "profile_attributes.unique": "Always false; use a unique identification key instead.",
        "extension_schemas.profiles": "The extensions of customers.",
        "extension_schemas.services": "The extensions of services, which edition 8.1 checks.",
        "extension_schemas.states": "The extensions of states, which edition 8.1 checks.",
        "extension_schemas.tasks": "The extensions of tasks, which edition 8.1 checks.",
        **{
            f"{kind}.{name}": said
            for kind in ("profiles", "services", "states", "tasks")
            for name, said in (
                ("name", "The name of the extension."),
                ("type", "Whether it has one record, several, or is only set or not."),
                ("attributes", "The attributes of its records."),
                ("unique", "Attributes, or lists of attributes, that no two records share."),
                ("attributes.name", "The name of the attribute."),
                ("attributes.type", "The type of its values."),
                ("attributes.default", "The default value."),
                ("attributes.length", "The maximum length of a string; 0 for no limit."),
                ("attributes.mandatory", "Whether each record must have it."),
                ("attributes.encrypt", "Whether it is shown as encrypted."),
                ("attributes.unique", "Whether no two records may have the same value."),
            )
        },
        "identification_keys.name": "The name of the key.",
        "identification_keys.source": "The extension with these attributes; default: the profile.",
        "identification_keys.attributes": "The attributes by which a customer is found.",
        "identification_keys.unique": "Whether no two customers may have the same values.",
    }
)
_DATA: Mapping[str, str] = MappingProxyType(
    {
        "customers.customer_id": "The id; by default the simulator assigns one.",
        "customers.extensions": "The customer's records of declared extensions, by name.",
        "customers.FirstName": "The first name, or several.",
        "customers.LastName": "The last name, or several.",
        "customers.PhoneNumber": "The telephone number, or several.",
        "customers.EmailAddress": "The e-mail address, or several.",
        "customers.Title": "The title, or several.",
        "started": "When and how it started.",
        "completed": "When and how it ended.",
        "extensions": "Attached data: any values, under any names that are not reserved.",
        "services.number": "Written by snapshots: the position in the order, if the id is text.",
        "services.tenant": "The tenant that it belongs to; by default the first one.",
        "services.states": "Its states.",
        "services.tasks": "Its tasks that are not listed in a state.",
        "states.tasks": "Its tasks.",
        "services.retention": "Written by snapshots: how much longer it is kept.",
        "retention.touched": "The time of the last event in it.",
        "retention.counted_from": "The time from which its lifetime counts.",
        "retention.lifetime_ms": "The lifetime, in milliseconds.",
        "retention.expiration_time": "When it expires.",
        "retention.idle_ms": "The milliseconds without an event after which it completes.",
        "deleted_services.number": "The position in the order, if the id is text.",
        "deleted_services.tenant": "The tenant that it belonged to; by default the first one.",
        "deleted_services.how": "How it was deleted.",
        "deleted_services.time": "When it was deleted.",
        "generate.customers": "The customers to generate.",
        "customers.count": "How many.",
        "customers.attributes": "Providers of Faker, by attribute.",
        "generate.customers.extensions": "Providers of Faker, by extension and attribute.",
        "generate.contacts": "Contact keys to generate, of callers without a profile.",
        "contacts.count": "How many.",
        "contacts.locale": "Their locale in Faker, such as de_DE.",
        "contacts.key": "The provider of Faker for them; default: phone_number.",
        "customers.locale": "Their locale in Faker, such as de_DE.",
        "generate.services": "The services to generate for them.",
        "services.per_customer": "How many each customer has, and each contact key.",
        "services.active": "The share that is not completed.",
        "services.dropped": "The share of active ones that were abandoned midway.",
        "generate.services.types": "The types to choose from, optionally with weights.",
        "services.media": "The media types to choose from.",
        "services.dispositions": "The dispositions of completed ones to choose from.",
        "generate.services.extensions": "Attached data, by name.",
        "extensions.share": "The share of services that have it; default: all.",
        "extensions.value": "The value.",
        "generate.services.states": "The states that each goes through.",
        "states.count": "How many, in sequence.",
        "states.types": "The types to choose from.",
        "generate.services.tasks": "The tasks in each state.",
        "tasks.per_state": "How many each state has.",
        "tasks.types": "The types to choose from.",
    }
)
_INTERACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "interactions.customer_id": "The customer that it belongs to.",
        "interactions.interaction_id": "The id by which events of services refer to it.",
        "interactions.media_type": "The medium, such as voice or email.",
        "interactions.status": "The status; 3 means stopped.",
        "interactions.entity_type": "The kind of record; by default that of the medium.",
        "interactions.type": "Whether it is inbound or outbound.",
        "interactions.sub_type": "The subtype.",
        "interactions.parent_id": "The interaction that it answers.",
        "interactions.thread_id": "The id shared by all interactions of a thread.",
        "interactions.external_id": "The id in another system.",
        "interactions.owner_id": "The DB id of the agent who owns it.",
        "interactions.creator_app_id": "The DB id of the application that created it.",
        "interactions.start_date": "When it started.",
        "interactions.end_date": "When it ended.",
        "interactions.timeshift": "The offset of the customer's time zone from UTC.",
        "interactions.established_date": "For a chat: when it was accepted.",
        "interactions.released_date": "For a chat: when it was released.",
        "interactions.duration": "For a telephone call: its duration in seconds.",
        "interactions.outcome": "For a telephone call: its outcome.",
        "interactions.phone_number": "For a telephone call: the customer's number.",
        "interactions.tconnection_id": "For a telephone call: the id of its connection.",
        "interactions.from": "For an e-mail: the sender.",
        "interactions.reply_to": "For an e-mail: the address for replies.",
        "interactions.to": "For an e-mail: the recipients.",
        "interactions.cc": "For an e-mail: the recipients of copies.",
        "interactions.sent_date": "For an e-mail: when it was sent.",
        "address": "The e-mail address.",
        "personal": "The display name.",
        "interactions.callback_status": "For a callback: its status.",
        "interactions.desired_response_type": "For a callback: how to respond to the customer.",
        "interactions.start_time": "For a callback: the earliest time for the call.",
        "interactions.end_time": "For a callback: the latest time for the call.",
        "interactions.customer_number": "For a callback: the number to call.",
        "interactions.attempts": "For a callback: the number of attempts.",
        "interactions.dn": "For a callback: the directory number.",
        "interactions.location": "For a callback: the location.",
        "interactions.callback_server_id": "For a callback: the DB id of its server.",
        "interactions.call_result": "For a callback: the result of the call.",
        "interactions.callback_type": "For a callback: its type.",
        "interactions.udata": "Attached data.",
        "interactions.text": "The plain text.",
        "interactions.structured_text": "The text with markup.",
        "interactions.binary_content": "Its parts, if it is not text.",
        "binary_content.media_type": "The media type.",
        "binary_content.base64": "The bytes, in base64.",
    }
)
_RULES: Mapping[str, str] = MappingProxyType(
    {
        "faults.name": "The name of the rule in the journal, errors and requests.",
        "on": "The operations that it applies to: an id, a method and path, `any`, or several.",
        "where": "Criteria for the request.",
        "faults.between": "A window of the world's clock, since the rule came into force.",
        "faults.skip": "The number of matches at first on which it does nothing.",
        "faults.every": "Act on every n-th match; default 1.",
        "faults.times": "The maximum number of times that it acts.",
        "faults.probability": "The share of matches that act; the seed decides which.",
        "faults.above_rate": "It acts only above a rate.",
        "above_rate.calls": "How many calls are allowed.",
        "above_rate.per": "In this time.",
        "effect": "Whether the operation is carried out although its response is replaced or lost.",
        "faults.sequence": "Steps that are done one after another, instead of one action.",
        "faults.repeat": "How often the sequence runs.",
        "where.body": "Criteria for members of the JSON body, by name or by JSONPath.",
        "where.query": "Criteria for query parameters, by name.",
        "where.headers": "Criteria for headers; names are case-insensitive.",
        "where.path": "The path without its query; `*` is any text in a segment, `**` any text.",
        "where.customer_id": "A criterion for the customer that the request names or leads to.",
        "where.contact_key": "A criterion for the contact key that the request names or leads to.",
        "where.tenant": "A criterion for the tenant, by name or DB id.",
        "equals": "The value is equal.",
        "matches": "A regular expression matches the whole value.",
        "contains": "A text has this part, a list this item, or a map this key.",
        "absent": "`true`: the value is absent; `false`: it is present.",
        "same_items": "A list has these items, in any order.",
        "stages.name": "The name of the stage in the control API.",
        "stages.until": "When the next stage is entered.",
        "until.calls": "After this many calls.",
        "until.elapsed": "After this much time of the world's clock.",
        "until.on": "The operations whose calls count.",
        "until.where": "Criteria for the calls that count.",
        "stages.faults": "The rules that are in force during the stage.",
        "stages.then": "The stage that follows; by default the next one.",
        "progress.faults": "The counters of each rule, by name.",
        "faults.since": "When it came into force.",
        "faults.matched": "How many requests matched it.",
        "faults.acted": "On how many requests it acted.",
        "faults.shadowed": "On how many requests another rule acted first.",
        "faults.step": "How many steps of its sequence were done.",
        "faults.recent": "The times of the calls that its rate counts.",
        "faults.runtime": "Whether it was added by the control API.",
        "progress.stage": "The current stage of the world.",
        "stage.name": "Its name.",
        "stage.entered": "When it was entered.",
        "stage.calls": "How many calls its `until` has counted.",
    }
)
_EXPECTATIONS: Mapping[str, str] = MappingProxyType(
    {
        "expect.after": "Only requests with a higher number.",
        "expect.intent": "What identifies the requests of an intent: body, header or JSONPath.",
        "intent.header": "The header with the same value in all of them.",
        "intent.$": "The JSONPath with the same value in all of them.",
        "at_least": "The minimum.",
        "at_most": "The maximum.",
        "expect.attempts": "How many requests one intent makes.",
        "expect.first_retry_after": "How long the client waits before its first retry.",
        "expect.gaps": "How long it waits each time, and whether the waits grow.",
        "gaps.growing": "Whether each gap is longer than the one before.",
        "gaps.factor": "By which factor they grow.",
        "expect.honours_retry_after": "That it waits at least as long as Retry-After asks.",
        "expect.gives_up_within": "How long after the first request it must have given up.",
        "expect.created": "How many things of one kind one intent creates.",
        "expect.not_retried": "The statuses after which nothing is retried.",
        "expect.in_flight": "How many requests are in progress at once.",
        "expect.spread": "How far apart the first gaps of many intents lie.",
        "expect.outcome": "How each intent ends.",
        "expect.connection_reused_after": "Whether the next attempt uses the same connection.",
        "connection_reused_after.whole": "After a complete response.",
        "connection_reused_after.broken": "After a broken response.",
    }
)
KEYS: Mapping[str, str] = MappingProxyType(
    {
        **_DOCUMENT,
        **_SETTINGS,
        **{
            f"fidelity.{switch.name}": f"About {switch.governs}. By default {switch.assumes}."
            for switch in SWITCHES
        },
        **_METADATA,
        **{member.name: member.says for member in MEMBERS},
        **_DATA,
        **_INTERACTIONS,
        **_RULES,
        **{key: says for row in ROWS for key, says in row.means.items()},
        **_EXPECTATIONS,
    }
)
"""The meaning of each key, by as much of its path as necessary."""


def meaning(place: tuple[str, ...], keys: Mapping[str, str] = KEYS) -> str | None:
    """Return the meaning of the key at a place, or None."""
    for first in range(len(place)):
        name = ".".join(place[first:])
        if name in keys:
            return keys[name]
    return None


def with_meanings(
    schema: Schema, keys: Mapping[str, str] = KEYS, place: tuple[str, ...] = ()
) -> Schema:
    """Return a schema with descriptions added to all properties that have one."""
    found: Schema = {}
    for name, value in schema.items():
        if name == "properties":
            found[name] = {
                key: _with_meaning(member, keys, (*place, key)) for key, member in value.items()
            }
        else:
            found[name] = _inside(value, keys, place)
    return found


def _with_meaning(member: Any, keys: Mapping[str, str], place: tuple[str, ...]) -> Any:
    said = meaning(place, keys)
    if not isinstance(member, dict) or said is None or "not" in member or "const" in member:
        return member
    return {"description": said, **with_meanings(member, keys, place)}


def _inside(value: Any, keys: Mapping[str, str], place: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return with_meanings(value, keys, place)
    if isinstance(value, list):
        return [_inside(item, keys, place) for item in value]
    return value


SCHEMA_ID = "urn:cs-simulator:scenario:1"
"""The name of the JSON Schema of this format; the project has no address for one."""


def scenario_schema() -> Schema:
    """Return the JSON Schema of scenario documents, for completion in an editor.

    It rejects every error of shape. The loader checks what it cannot express: references between
    parts, invalid combinations, values by the types that a document declares, dates that do not
    exist, invalid patterns and paths.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "A scenario of the Context Services simulator",
        **with_meanings(
            {
                **DOCUMENT.json_schema(),
                **undeclared_schema(),
            }
        ),
    }
