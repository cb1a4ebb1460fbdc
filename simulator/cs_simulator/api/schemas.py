"""Schemas of profiles and of extensions, and identification keys. Contract section 8."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cs_simulator.api.calls import Call, Reply, no_content
from cs_simulator.api.profiles import demand_schema
from cs_simulator.domain import administration
from cs_simulator.domain.schemas import AttributeSchema, ExtensionSchema, IdentificationKey, Kind

Members = dict[str, Any]
Handler = Callable[[Call], Reply]


def query_profile_schema(call: Call) -> Reply:
    """Show the attributes that profiles have; internal ones are not shown."""
    demand_schema(call)
    return Reply(200, [_attribute(each) for each in call.tx.metadata.attributes])


def _creating(kind: Kind) -> Handler:
    def create(call: Call) -> Reply:
        """Store the schema of a new extension."""
        schema = administration.create_schema(call.tx, kind, call.body)
        # The page on profiles prints it without /metadata, where no operation is.
        location = f"/metadata/{kind}/extensions/{schema.name}"
        return Reply(201, {"name": schema.name}, location)

    return create


def _querying(kind: Kind) -> Handler:
    def query(call: Call) -> Reply:
        """Show one extension schema, or all."""
        name = call.args.get("name")
        if name is not None:
            return Reply(200, _extension(administration.find_schema(call.tx.metadata, kind, name)))
        return Reply(
            200, [_extension(schema) for schema in call.tx.metadata.extension_schemas(kind)]
        )

    return query


def _deleting(kind: Kind) -> Handler:
    def delete(call: Call) -> Reply:
        """Delete an extension schema, and the data of that extension."""
        administration.delete_schema(call.tx, kind, call.args["name"])
        return no_content()

    return delete


create_profile_extension_schema = _creating("profiles")
query_profile_extension_schema = _querying("profiles")
delete_profile_extension_schema = _deleting("profiles")
create_service_extension_schema = _creating("services")
query_service_extension_schema = _querying("services")
delete_service_extension_schema = _deleting("services")
create_state_extension_schema = _creating("states")
query_state_extension_schema = _querying("states")
delete_state_extension_schema = _deleting("states")
create_task_extension_schema = _creating("tasks")
query_task_extension_schema = _querying("tasks")
delete_task_extension_schema = _deleting("tasks")


def create_identification_key(call: Call) -> Reply:
    """Store a new identification key."""
    key = administration.create_key(call.tx, call.body)
    return Reply(201, {"name": key.name}, f"/metadata/identification-keys/{key.name}")


def query_identification_key(call: Call) -> Reply:
    """Show one identification key, or all."""
    name = call.args.get("name")
    if name is not None:
        return Reply(200, _key(administration.find_key(call.tx.metadata, name)))
    return Reply(200, [_key(key) for key in call.tx.metadata.keys])


def delete_identification_key(call: Call) -> Reply:
    """Delete an identification key."""
    administration.delete_key(call.tx, call.args["name"])
    return no_content()


def _attribute(attribute: AttributeSchema, *, unique: bool = False) -> Members:
    """Return an attribute schema, in the order of the documents' sample."""
    members: Members = {}
    if attribute.default is not None:
        members["default"] = attribute.default
    members["encrypt"] = attribute.encrypt
    members["length"] = attribute.length
    members["mandatory"] = attribute.mandatory
    members["name"] = attribute.name
    members["type"] = attribute.type
    members["unique"] = unique
    return members


def _extension(schema: ExtensionSchema) -> Members:
    members: Members = {
        "attributes": [
            _attribute(attribute, unique=(attribute.name,) in schema.unique)
            for attribute in schema.attributes
        ],
        "name": schema.name,
        "type": schema.type,
    }
    if schema.unique:
        members["unique"] = [
            names[0] if len(names) == 1 else list(names) for names in schema.unique
        ]
    return members


def _key(key: IdentificationKey) -> Members:
    members: Members = {"name": key.name, "attributes": list(key.columns)}
    if key.unique:
        members["unique"] = True
    return members
