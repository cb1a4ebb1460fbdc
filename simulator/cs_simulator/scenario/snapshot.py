"""Snapshots: a world's current state, written as a scenario document.

A world loaded from it continues from there: relative times have become absolute, generated and
inherited data is written out, and the counters of rules and stages are kept.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from cs_simulator import documents
from cs_simulator.clock import Instant, Mode, format_instant
from cs_simulator.documents.text import MAX_YAML
from cs_simulator.documents.values import span_text
from cs_simulator.domain.access import PREDEFINED_ROLES, PRIVILEGES, Role
from cs_simulator.domain.attributes import AttributeValue, BusinessAttribute, BusinessAttributes
from cs_simulator.domain.interactions import Interaction
from cs_simulator.domain.members import OF_END, OF_EVENT, OF_KIND, EntityKind, written
from cs_simulator.domain.metadata import (
    KINDS,
    PREDEFINED,
    PREDEFINED_SCHEMA,
    AttributeSchema,
    ExtensionSchema,
    IdentificationKey,
    Metadata,
)
from cs_simulator.domain.model import Entity, Event, Retention, Service, State, Task
from cs_simulator.domain.profiles import Profile
from cs_simulator.domain.setup import NO_TENANT, Setup, Tenant
from cs_simulator.domain.store import Gone
from cs_simulator.ids import NextNumbers
from cs_simulator.operations.row import Mode as ServerMode
from cs_simulator.scenario.document import FORMAT
from cs_simulator.scenario.loader import LoadedScenario
from cs_simulator.scenario.metadata import predefined_keys

if TYPE_CHECKING:
    from cs_simulator.faults.rules import Progress, Rule, RuleProgress
    from cs_simulator.faults.stages import FaultStage

Members = dict[str, Any]
GoneService = tuple[str, int, int | str, Gone]
"""The tenant, the number and the id of a deleted service, and how it was deleted."""

ServiceWithParts = tuple[str, Service, Mapping[int, State], Mapping[int, Task]]
"""A service, preceded by the name of its tenant and followed by its states and tasks."""

_Part = TypeVar("_Part")


class Snapshot(NamedTuple):
    """The state of a world at one instant: references to immutable values."""

    scenario: LoadedScenario
    clock_mode: Mode
    now: Instant
    ids: NextNumbers
    profiles: Sequence[Profile]
    services: Sequence[ServiceWithParts]
    rules: Sequence[Rule]
    """The rules in force that no stage brought, with those added at run time first."""
    progress: Progress
    server_mode: ServerMode = "production"
    interactions: Sequence[Interaction] = ()
    metadata: Metadata = PREDEFINED
    deleted: Sequence[GoneService] = ()


def document(snapshot: Snapshot, written: dict[Any, Any] | None = None) -> Members:
    """Return the document of a snapshot.

    For several snapshots of one world, ``written`` caches what the documents have in common: it is
    written once, and is the same object in each. It is valid as long as the snapshots exist.
    """
    cache: dict[Any, Members] = {} if written is None else written
    members = _head(snapshot)
    if snapshot.profiles:
        metadata = snapshot.metadata
        members["customers"] = [
            _once(cache, (id(profile), id(metadata)), _customer, profile, metadata)
            for profile in snapshot.profiles
        ]
    if snapshot.services:
        members["services"] = [
            _once(cache, tuple(map(id, service[1:])), _service, *service)
            for service in snapshot.services
        ]
    return members


def _once(
    cache: dict[Any, Members], key: object, write: Callable[..., Members], *what: object
) -> Members:
    """Return the cached value of a key; write it if it is missing."""
    if key not in cache:
        cache[key] = write(*what)
    return cache[key]


def json_text(snapshot: Snapshot) -> str:
    """Return a snapshot as ASCII JSON, with a line for each customer, service and other part."""
    encode = json.JSONEncoder().encode
    parts = [f'"{name}": {encode(value)}' for name, value in _head(snapshot).items()]
    for name, entities in (
        ("customers", (_customer(profile, snapshot.metadata) for profile in snapshot.profiles)),
        ("services", (_service(*service) for service in snapshot.services)),
    ):
        lines = ",\n".join(map(encode, entities))
        if lines:
            parts.append(f'"{name}": [\n{lines}\n]')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def yaml_text(snapshot: Snapshot) -> str:
    """Return a snapshot as YAML, or as JSON, which is YAML too, if only that reads back equal.

    That is the case if it is larger than YAML may be, or has a lone surrogate, which YAML cannot
    express.
    """
    text = json_text(snapshot)
    if len(text) > MAX_YAML:
        return text
    members = document(snapshot)
    try:
        json.dumps(members, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return text
    written = documents.yaml_of(members)
    return text if len(written) > MAX_YAML else written


def _head(snapshot: Snapshot) -> Members:
    """Return the members of a document before its data."""
    scenario = snapshot.scenario
    members: Members = {"format": FORMAT, "name": scenario.name}
    if scenario.description:
        members["description"] = scenario.description
    members["seed"] = scenario.seed
    members["clock"] = {"mode": snapshot.clock_mode}
    if snapshot.clock_mode != "real":
        members["clock"]["time"] = format_instant(snapshot.now)
    members["first_ids"] = snapshot.ids._asdict()
    members["settings"] = _settings(scenario.setup, scenario.base_paths, snapshot.server_mode)
    members["fidelity"] = asdict(scenario.setup.fidelity)
    if scenario.setup.attributes:
        members["business_attributes"] = _business_attributes(scenario.setup.attributes)
    members |= _metadata(snapshot.metadata)
    if snapshot.rules:
        members["faults"] = [_fault(rule) for rule in snapshot.rules]
    if scenario.stages:
        members["stages"] = [_stage(stage) for stage in scenario.stages]
    if scenario.expect:
        members["expect"] = [dict(expectation.written) for expectation in scenario.expect]
    if snapshot.interactions:
        members["interactions"] = [
            _interaction(interaction) for interaction in snapshot.interactions
        ]
    if snapshot.deleted:
        members["deleted_services"] = [_deleted(*service) for service in snapshot.deleted]
    members["progress"] = _progress(snapshot.progress)
    return members


def _fault(rule: Rule) -> Members:
    return {"name": rule.name, **rule.source} | {"name": rule.name}


def _stage(stage: FaultStage) -> Members:
    members: Members = {**stage.source, "name": stage.name}
    if stage.rules:
        members["faults"] = [_fault(rule) for rule in stage.rules]
    return members


def _progress(progress: Progress) -> Members:
    members: Members = {
        "faults": {name: _counters(counters) for name, counters in (progress.faults or {}).items()}
    }
    if progress.stage is not None:
        members["stage"] = {
            "name": progress.stage.name,
            "entered": format_instant(progress.stage.entered),
            "calls": progress.stage.calls,
        }
    return members


def _counters(progress: RuleProgress) -> Members:
    members: Members = {
        "since": format_instant(progress.since),
        "matched": progress.matched,
        "acted": progress.acted,
        "shadowed": progress.shadowed,
        "step": progress.step,
    }
    if progress.recent:
        members["recent"] = [format_instant(instant) for instant in progress.recent]
    if progress.runtime:
        members["runtime"] = True
    return members


def _deleted(tenant: str, number: int, service_id: int | str, gone: Gone) -> Members:
    members: Members = {"service_id": service_id}
    if tenant != NO_TENANT:
        members["tenant"] = tenant
    if isinstance(service_id, str):
        members["number"] = number
    return {**members, "how": gone.how, "time": format_instant(gone.instant)}


def _service(
    tenant: str, service: Service, states: Mapping[int, State], tasks: Mapping[int, Task]
) -> Members:
    members = _entity("Service", service)
    if tenant != NO_TENANT:
        members["tenant"] = tenant
    if isinstance(service.service_id, str):
        members["number"] = service.number
    members["retention"] = _retention(service.retention)
    if states:
        members["states"] = [_entity("State", state) for state in states.values()]
    if tasks:
        members["tasks"] = [_entity("Task", task) for task in tasks.values()]
    return members


def _entity(kind: EntityKind, entity: Entity) -> Members:
    members = written(OF_KIND[kind], entity.values)
    members["started"] = _event(entity.started)
    if entity.completed is not None:
        members["completed"] = _event(entity.completed)
        members |= written(OF_END, entity.values)
    if entity.extensions:
        members["extensions"] = dict(entity.extensions)
    return members


def _event(event: Event) -> str | Members:
    timestamp = format_instant(event.timestamp)
    return (
        {"timestamp": timestamp, **written(OF_EVENT, event.values)} if event.values else timestamp
    )


def _retention(retention: Retention) -> Members:
    members: Members = {"touched": format_instant(retention.touched)}
    if retention.counted_from != retention.touched:
        members["counted_from"] = format_instant(retention.counted_from)
    if retention.lifetime is not None:
        members["lifetime_ms"] = retention.lifetime
    if retention.expires is not None:
        members["expiration_time"] = format_instant(retention.expires)
    if retention.idle is not None:
        members["idle_ms"] = retention.idle
    return members


def _metadata(metadata: Metadata) -> Members:
    """Return the keys of a document that define its metadata, if any."""
    members: Members = {}
    if metadata.attributes != PREDEFINED_SCHEMA:
        members["profile_attributes"] = _all_there_is(_attribute, metadata.attributes)
    schemas = {kind: metadata.extension_schemas(kind) for kind in KINDS}
    if any(schemas.values()):
        members["extension_schemas"] = {
            kind: [_schema(schema) for schema in those] for kind, those in schemas.items() if those
        }
    if metadata.keys != predefined_keys(metadata):
        members["identification_keys"] = _all_there_is(_key, metadata.keys)
    return members


def _all_there_is(write: Callable[[_Part], Members], parts: Sequence[_Part]) -> list[Members]:
    """Return parts as a list that inherits none of the predefined ones."""
    return [{"remove": True}, *map(write, parts)] if parts else []


def _attribute(attribute: AttributeSchema) -> Members:
    members: Members = {"name": attribute.name, "type": attribute.type}
    if attribute.default is not None:
        members["default"] = attribute.default
    if attribute.length:
        members["length"] = attribute.length
    if attribute.mandatory:
        members["mandatory"] = True
    if attribute.encrypt:
        members["encrypt"] = True
    return members


def _schema(schema: ExtensionSchema) -> Members:
    members: Members = {"name": schema.name, "type": schema.type}
    if schema.attributes:
        members["attributes"] = [_attribute(attribute) for attribute in schema.attributes]
    if schema.unique:
        members["unique"] = [
            names[0] if len(names) == 1 else list(names) for names in schema.unique
        ]
    return members


def _key(key: IdentificationKey) -> Members:
    members: Members = {"name": key.name}
    if key.source is not None:
        members["source"] = key.source
    members["attributes"] = list(key.attributes)
    if key.unique:
        members["unique"] = True
    return members


def _customer(profile: Profile, metadata: Metadata) -> Members:
    members: Members = {"customer_id": profile.customer_id}
    for name, values in profile.attributes.items():
        members[name] = values[0] if len(values) == 1 else list(values)
    if profile.extensions:
        members["extensions"] = {
            name: schema.shown([dict(record) for record in records])
            for name, records in profile.extensions.items()
            if (schema := metadata.extension_schema("profiles", name)) is not None
        }
    return members


def _settings(setup: Setup, base_paths: Mapping[str, str], mode: ServerMode) -> Members:
    """Return the settings of a world whose server is in a mode."""
    auto_complete: Members = {"enabled": setup.auto_complete_enabled}
    if setup.auto_complete_after is not None:
        auto_complete["after"] = span_text(setup.auto_complete_after)
    members: Members = {
        "expiration": span_text(setup.expiration),
        "auto_complete": auto_complete,
        "data_validation": setup.data_validation,
        "map_names": setup.map_names,
    }
    if base_paths:
        members["base_paths"] = dict(base_paths)
    if setup.tenants:
        members["tenants"] = [_tenant(tenant) for tenant in setup.tenants]
    access = setup.access
    if access.users:
        members["users"] = [
            {"name": user.name, "password": user.password, "roles": list(user.roles)}
            for user in access.users.values()
        ]
        members["use_role"] = access.use_role
    if access.roles != PREDEFINED_ROLES:
        members["roles"] = [_role(role) for role in access.roles]
    members["server_mode"] = mode
    return members


def _tenant(tenant: Tenant) -> Members:
    members: Members = {"dbid": tenant.dbid, "name": tenant.name}
    if tenant.attributes is not None:
        members["business_attributes"] = _business_attributes(tenant.attributes)
    return members


def _role(role: Role) -> Members:
    return {
        "name": role.name,
        "dbid": role.dbid,
        "enabled": role.enabled,
        "privileges": [name for name in PRIVILEGES if name in role.privileges],
    }


def _business_attributes(attributes: BusinessAttributes) -> Members:
    """Return business attributes by their names."""
    return {attribute.name: _business_attribute(attribute) for attribute in attributes}


def _interaction(interaction: Interaction) -> Members:
    members = dict(interaction.members)
    for name, content in interaction.contents.items():
        if name == "binary_content":
            encoded = base64.b64encode(content.data).decode("ascii")
            members[name] = {"media_type": content.media_type, "base64": encoded}
        else:
            members["text" if name == "plain_text" else name] = content.data.decode("utf-8")
    return members


def _business_attribute(attribute: BusinessAttribute) -> Members:
    members: Members = {
        "dbid": attribute.dbid,
        "display_name": attribute.display_name,
        "description": attribute.description,
        "cv_attributes": list(attribute.cv_attributes),
    }
    if attribute.default is not None:
        members["default"] = attribute.default
    members["values"] = [_attribute_value(value) for value in attribute.values]
    return members


def _attribute_value(value: AttributeValue) -> Members:
    members: Members = {
        "name": value.name,
        "dbid": value.dbid,
        "display_name": value.display_name,
        "description": value.description,
    }
    if value.expiration is not None:
        members["expiration"] = span_text(value.expiration)
    return members
