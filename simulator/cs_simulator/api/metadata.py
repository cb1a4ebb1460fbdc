"""Operations on metadata: schemas, identification keys, business attributes and roles.

Contract sections 7 and 8.
"""

from __future__ import annotations

from typing import Any

from cs_simulator.api import resources
from cs_simulator.api.calls import Call, CallResult, created, done, shows
from cs_simulator.api.profiles import demand_schema
from cs_simulator.domain import administration
from cs_simulator.domain.access import PRIVILEGES
from cs_simulator.domain.errors import NothingFound
from cs_simulator.domain.metadata import AttributeSchema, ExtensionSchema, IdentificationKey
from cs_simulator.operations.row import Kind

Members = dict[str, Any]


def query_profile_schema(call: Call) -> CallResult:
    """Show the attributes of profiles, without the internal ones."""
    demand_schema(call)
    return shows([_attribute(attribute) for attribute in call.tx.metadata.attributes])


def create_extension_schema(call: Call) -> CallResult:
    """Store the schema of a new extension."""
    kind = _kind(call)
    schema = administration.create_schema(call.tx, kind, call.body)
    # The page on profiles prints the path without /metadata, where no operation exists.
    return created({"name": schema.name}, f"/metadata/{kind}/extensions/{schema.name}")


def query_extension_schema(call: Call) -> CallResult:
    """Show one extension schema, or all."""
    kind = _kind(call)
    name = call.args.get("name")
    if name is not None:
        return shows(_extension(administration.find_schema(call.tx.metadata, kind, name)))
    return shows([_extension(schema) for schema in call.tx.metadata.extension_schemas(kind)])


def delete_extension_schema(call: Call) -> CallResult:
    """Delete an extension schema, and the data of that extension."""
    administration.delete_schema(call.tx, _kind(call), call.args["name"])
    return done()


def _kind(call: Call) -> Kind:
    kind = call.operation.kind
    assert kind is not None  # noqa: S101 - the row says whose extensions it is about
    return kind


def create_identification_key(call: Call) -> CallResult:
    """Store a new identification key."""
    key = administration.create_key(call.tx, call.body)
    return created({"name": key.name}, f"/metadata/identification-keys/{key.name}")


def query_identification_key(call: Call) -> CallResult:
    """Show one identification key, or all."""
    name = call.args.get("name")
    if name is not None:
        return shows(_key(administration.find_key(call.tx.metadata, name)))
    return shows([_key(key) for key in call.tx.metadata.keys])


def delete_identification_key(call: Call) -> CallResult:
    """Delete an identification key."""
    administration.delete_key(call.tx, call.args["name"])
    return done()


def query_business_attributes(call: Call) -> CallResult:
    """Show business attributes: all, one by name, or those mapped to a field."""
    setup = call.tx.setup
    name = call.args.get("name")
    if name is not None:
        attribute = setup.attributes.named(name)
        if attribute is None:
            known = ", ".join(setup.attributes.names()) or "none"
            raise NothingFound(f"No business attribute {name}", f"available: {known}")
        return shows(resources.business_attribute(attribute, map_names=setup.map_names))
    wanted = call.query["cv-attribute"]
    return shows(
        [
            resources.business_attribute(attribute, map_names=setup.map_names)
            for attribute in setup.attributes
            if wanted is None or wanted in attribute.cv_attributes
        ],
    )


def query_roles(call: Call) -> CallResult:
    """Show every role with all privileges, and whether the role grants each."""
    return shows(
        [
            {
                "role_name": role.name,
                "role_DBID": role.dbid,
                "role_enabled": role.enabled,
                "tasks": [
                    {"capableOf": privilege in role.privileges, "name": privilege}
                    for privilege in PRIVILEGES
                ],
            }
            for role in call.tx.setup.access.roles
        ]
    )


def _attribute(attribute: AttributeSchema, *, unique: bool = False) -> Members:
    """Return an attribute schema, its members in the order of the documents' sample."""
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
