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
        "clock.mode": "The machine's time, or one that runs from `time` or is stopped at it.",
        "first_ids": "Where ids start.",
        "first_ids.service": "The first service id.",
        "first_ids.state": "The first state id.",
        "first_ids.task": "The first task id.",
        "first_ids.customer": "The number that the first generated customer id is made from.",
        "settings": "How the product is configured.",
        "fidelity": "Switches: how the server behaves where sources differ or are silent.",
        "business_attributes": "Enumerations, each by its name.",
        "profile_attributes": "What attributes customers have.",
        "extension_schemas": "What extensions there are.",
        "identification_keys": "By what customers are found.",
        "customers": "Profiles of customers.",
        "services": "Services, with their states and tasks.",
        "interactions": "What was said and written with customers.",
        "generate": "Generated customers and services; the same seed generates the same.",
        "faults": "Rules that say which requests go wrong, when and how.",
        "stages": "Rules that are in force one stage after another.",
        "expect": "What is expected of a client, where the judge is asked without a body.",
        "progress": "Written by snapshots: what rules have counted, and the stage.",
    }
)
_SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "settings.expiration": "How long a service is kept after the last event in it.",
        "settings.auto_complete": "Whether idle services complete by themselves, and when.",
        "auto_complete.enabled": "Whether they do.",
        "auto_complete.after": "For how long nothing may happen in a service until it completes.",
        "settings.data_validation": "Whether values of mapped members are checked.",
        "settings.map_names": "Whether mapped values are shown by name instead of DB id.",
        "settings.base_paths": "Where each edition of the API is found.",
        "base_paths.8.5": "The base path of edition 8.5.",
        "base_paths.8.1": "The base path of edition 8.1.",
        "settings.tenants": "Contact centres with services of their own.",
        "tenants.dbid": "The DB id of the tenant.",
        "tenants.name": "The name of the tenant.",
        "tenants.business_attributes": "Its own enumerations, in the place of the document's.",
        "settings.users": "Who is let in; without any, everyone is.",
        "users.name": "The name that the user sends.",
        "users.password": "The password that the user sends.",
        "users.roles": "The names of the user's roles.",
        "settings.roles": "What the roles of edition 8.1 allow.",
        "roles.name": "The name of the role.",
        "roles.dbid": "The DB id of the role.",
        "roles.enabled": "Whether the role counts.",
        "roles.privileges": "What it allows, such as UCS.Service.startService.",
        "settings.use_role": "Whether users may only do what their roles allow.",
        "settings.server_mode": "The mode that the server begins in.",
    }
)
_METADATA: Mapping[str, str] = MappingProxyType(
    {
        "remove": "`true` drops what the scenario has that this one extends.",
        "business_attributes.dbid": "The DB id of the enumeration.",
        "business_attributes.display_name": "The name for people; left out, its name.",
        "business_attributes.description": "What it is, in words.",
        "business_attributes.cv_attributes": "The members that are mapped to it, as Service.type.",
        "business_attributes.default": "The value that stands for a member that is not sent.",
        "business_attributes.values": "Its values.",
        "values.name": "The name of the value.",
        "values.dbid": "The DB id of the value.",
        "values.display_name": "The name for people; left out, its name.",
        "values.description": "What it is, in words.",
        "values.expiration": "Of a type of services: how long such a service is kept.",
        "profile_attributes.name": "The name of the attribute.",
        "profile_attributes.type": "The type of its values.",
        "profile_attributes.default": "What a customer has where none is sent.",
        "profile_attributes.length": "The most characters of a string; 0 for no limit.",
        "profile_attributes.mandatory": "Whether each customer must have it.",
        "profile_attributes.encrypt": "Whether it is shown as encrypted.",
        "profile_attributes.unique": "Always false: a unique identification key does this.",
        "extension_schemas.profiles": "The extensions of customers.",
        "extension_schemas.services": "The extensions of services, which edition 8.1 checks.",
        "extension_schemas.states": "The extensions of states, which edition 8.1 checks.",
        "extension_schemas.tasks": "The extensions of tasks, which edition 8.1 checks.",
        **{
            f"{kind}.{name}": said
            for kind in ("profiles", "services", "states", "tasks")
            for name, said in (
                ("name", "The name of the extension."),
                ("type", "Whether it is one record, several, or no more than its name."),
                ("attributes", "What each record of it has."),
                ("unique", "What no two records share: names of attributes, or lists of names."),
                ("attributes.name", "The name of the attribute."),
                ("attributes.type", "The type of its values."),
                ("attributes.default", "What a record has where none is sent."),
                ("attributes.length", "The most characters of a string; 0 for no limit."),
                ("attributes.mandatory", "Whether each record must have it."),
                ("attributes.encrypt", "Whether it is shown as encrypted."),
                ("attributes.unique", "Whether no two records may have the same value."),
            )
        },
        "identification_keys.name": "The name of the key.",
        "identification_keys.source": "The extension whose attributes these are; else the profile.",
        "identification_keys.attributes": "The attributes that a customer is found by.",
        "identification_keys.unique": "Whether no two customers may have the same values.",
    }
)
_DATA: Mapping[str, str] = MappingProxyType(
    {
        "customers.customer_id": "The id; left out, the simulator makes one.",
        "customers.extensions": "What the customer has of the declared extensions, by their names.",
        "customers.FirstName": "The first name, or several.",
        "customers.LastName": "The last name, or several.",
        "customers.PhoneNumber": "The telephone number, or several.",
        "customers.EmailAddress": "The e-mail address, or several.",
        "customers.Title": "The title, or several.",
        "started": "When and how it started.",
        "completed": "When and how it ended.",
        "extensions": "Attached data: any values under any names that are not reserved.",
        "services.number": "Written by snapshots: the place in the order, where the id is text.",
        "services.tenant": "The tenant whose service it is; left out, the first one.",
        "services.states": "Its states.",
        "services.tasks": "Its tasks outside of any state's list.",
        "states.tasks": "Its tasks.",
        "services.retention": "Written by snapshots: how long it is still kept.",
        "retention.touched": "When the last event in it was.",
        "retention.counted_from": "From when its lifetime counts.",
        "retention.lifetime_ms": "How many milliseconds it is kept.",
        "retention.expiration_time": "When it expires.",
        "retention.idle_ms": "After how many milliseconds without an event it completes.",
        "generate.customers": "How many customers are made up.",
        "customers.count": "How many.",
        "customers.attributes": "By which provider of Faker an attribute is made.",
        "generate.customers.extensions": "By which providers an extension is made.",
        "generate.contacts": "How many contact keys of callers without a profile are made up.",
        "contacts.count": "How many.",
        "contacts.locale": "Where they are: a locale of Faker, such as de_DE.",
        "contacts.key": "By which provider of Faker they are made; left out, phone_number.",
        "customers.locale": "Where they live: a locale of Faker, such as de_DE.",
        "generate.services": "Which services are made up for them.",
        "services.per_customer": "How many each customer has, and each contact key.",
        "services.active": "The share of them that is not completed.",
        "services.dropped": "The share of active ones that stand still in the middle.",
        "generate.services.types": "The types to choose from, perhaps with their weights.",
        "services.media": "The media types to choose from.",
        "services.dispositions": "The dispositions of completed ones to choose from.",
        "generate.services.extensions": "What is attached to them, by its name.",
        "extensions.share": "The share of services that have it; left out, all.",
        "extensions.value": "The value.",
        "generate.services.states": "The states that each goes through.",
        "states.count": "How many, one after the other.",
        "states.types": "The types to choose from.",
        "generate.services.tasks": "The tasks in each state.",
        "tasks.per_state": "How many each state has.",
        "tasks.types": "The types to choose from.",
    }
)
_INTERACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "interactions.customer_id": "The customer whose it is.",
        "interactions.interaction_id": "The id that events of services name it by.",
        "interactions.media_type": "The medium, such as voice or email.",
        "interactions.status": "The state that it is in; 3 is stopped.",
        "interactions.entity_type": "The kind of record; left out, that of the medium.",
        "interactions.type": "Whether it came in or went out.",
        "interactions.sub_type": "The kind of it more exactly.",
        "interactions.parent_id": "The interaction that it answers.",
        "interactions.thread_id": "What all interactions of one thread have in common.",
        "interactions.external_id": "The id that another system knows it by.",
        "interactions.owner_id": "The DB id of the agent whose it is.",
        "interactions.creator_app_id": "The DB id of the application that made it.",
        "interactions.start_date": "When it started.",
        "interactions.end_date": "When it ended.",
        "interactions.timeshift": "How far the customer's time is from UTC.",
        "interactions.established_date": "Of a chat: when it was taken.",
        "interactions.released_date": "Of a chat: when it was left.",
        "interactions.duration": "Of a telephone call: its seconds.",
        "interactions.outcome": "Of a telephone call: what came of it.",
        "interactions.phone_number": "Of a telephone call: the customer's number.",
        "interactions.tconnection_id": "Of a telephone call: the id of its connection.",
        "interactions.from": "Of an e-mail: who sent it.",
        "interactions.reply_to": "Of an e-mail: to whom it is answered.",
        "interactions.to": "Of an e-mail: to whom it was sent.",
        "interactions.cc": "Of an e-mail: who got a copy.",
        "interactions.sent_date": "Of an e-mail: when it was sent.",
        "address": "The e-mail address.",
        "personal": "The name beside it.",
        "interactions.callback_status": "Of a callback: the state that it is in.",
        "interactions.desired_response_type": "Of a callback: how the customer is to be answered.",
        "interactions.start_time": "Of a callback: from when on the customer may be called.",
        "interactions.end_time": "Of a callback: until when.",
        "interactions.customer_number": "Of a callback: the number to call.",
        "interactions.attempts": "Of a callback: how often it was tried.",
        "interactions.dn": "Of a callback: the directory number.",
        "interactions.location": "Of a callback: the place.",
        "interactions.callback_server_id": "Of a callback: the DB id of its server.",
        "interactions.call_result": "Of a callback: what came of the call.",
        "interactions.callback_type": "Of a callback: its kind.",
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
        "faults.name": "What journal, errors and requests call the rule.",
        "on": "The operations that it is about: an id, a method and path, `any`, or several.",
        "where": "What the request must look like.",
        "faults.between": "A window of the world's clock since the rule came into force.",
        "faults.skip": "So many matches at first do nothing.",
        "faults.every": "Then only each so-manieth match acts.",
        "faults.times": "How often it acts at most.",
        "faults.probability": "The share of matches that act; the seed decides which.",
        "faults.above_rate": "It acts only past a rate.",
        "above_rate.calls": "How many calls are let through.",
        "above_rate.per": "In which time.",
        "effect": "Whether the operation takes place though its response is replaced or lost.",
        "faults.sequence": "One step after another in the place of one action.",
        "faults.repeat": "How often the sequence runs.",
        "where.body": "Criteria of members of the JSON body, by name or by JSONPath.",
        "where.query": "Criteria of parameters of the query, by name.",
        "where.headers": "Criteria of headers, by name in any case.",
        "where.path": "The path without its query; `*` is any text in a segment, `**` any text.",
        "where.customer_id": "A criterion of the customer that the request names or leads to.",
        "where.contact_key": "A criterion of the contact key that the request names or leads to.",
        "where.tenant": "A criterion of the tenant, by name or DB id.",
        "equals": "The value is equal.",
        "matches": "A regular expression matches the whole value.",
        "contains": "A text has this part, a list this item, or a map this key.",
        "absent": "`true`: the value is absent; `false`: it is present.",
        "same_items": "A list has these items, in any order.",
        "stages.name": "What the control API calls the stage.",
        "stages.until": "When the next stage is entered.",
        "until.calls": "After this many calls.",
        "until.elapsed": "After so much time of the world's clock.",
        "until.on": "The operations whose calls count.",
        "until.where": "What a call must look like to count.",
        "stages.faults": "The rules that are in force meanwhile.",
        "stages.then": "The stage that follows, where that is not the next one.",
        "progress.faults": "What each rule has counted, by its name.",
        "faults.since": "When it came into force.",
        "faults.matched": "How many requests fitted it.",
        "faults.acted": "On how many it acted.",
        "faults.shadowed": "On how many another rule was first.",
        "faults.step": "How many steps of its sequence are done.",
        "faults.recent": "When the calls of its rate were.",
        "faults.runtime": "Whether it came by the control API.",
        "progress.stage": "The stage that the world is in.",
        "stage.name": "Its name.",
        "stage.entered": "When it was entered.",
        "stage.calls": "How many calls its `until` has counted.",
    }
)
_EXPECTATIONS: Mapping[str, str] = MappingProxyType(
    {
        "expect.after": "Only requests with a higher number.",
        "expect.intent": "What tells the requests of one intent: the body, a header or a path.",
        "intent.header": "The header that they have in common.",
        "intent.$": "The JSONPath of what they have in common.",
        "at_least": "No less than this.",
        "at_most": "No more than this.",
        "expect.attempts": "How many requests one intent makes.",
        "expect.first_retry_after": "How long the client waits before its first retry.",
        "expect.gaps": "How long it waits each time, and whether that grows.",
        "gaps.growing": "Whether each gap is longer than the one before.",
        "gaps.factor": "By which factor they grow.",
        "expect.honours_retry_after": "That it waits as long as Retry-After asks.",
        "expect.gives_up_within": "How long after the first request nothing comes any more.",
        "expect.created": "How many things of one kind one intent creates.",
        "expect.not_retried": "The statuses after which nothing is retried.",
        "expect.in_flight": "How many requests are in progress at once.",
        "expect.spread": "How far apart the first gaps of many intents lie.",
        "expect.outcome": "How each intent ends.",
        "expect.connection_reused_after": "Whether the next attempt comes on the same connection.",
        "connection_reused_after.whole": "After a response that arrived whole.",
        "connection_reused_after.broken": "After one that did not.",
    }
)
KEYS: Mapping[str, str] = MappingProxyType(
    {
        **_DOCUMENT,
        **_SETTINGS,
        **{
            f"fidelity.{each.name}": f"About {each.governs}. By default {each.assumes}."
            for each in SWITCHES
        },
        **_METADATA,
        **{each.name: each.says for each in MEMBERS},
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
    for name, each in schema.items():
        if name == "properties":
            found[name] = {
                key: _with_meaning(member, keys, (*place, key)) for key, member in each.items()
            }
        else:
            found[name] = _inside(each, keys, place)
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
        return [_inside(each, keys, place) for each in value]
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
