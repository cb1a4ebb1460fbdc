"""The settings of a snapshot: how a world is configured, written as a document has it."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from cs_simulator.clock import DAY, HOUR, MINUTE, SECOND
from cs_simulator.domain.access import PREDEFINED_ROLES, PRIVILEGES, Role
from cs_simulator.domain.attributes import AttributeValue, BusinessAttribute, BusinessAttributes
from cs_simulator.domain.interactions import Interaction
from cs_simulator.domain.server_state import Mode
from cs_simulator.domain.setup import Setup
from cs_simulator.domain.tenancy import Tenant

Members = dict[str, Any]

_UNITS: Mapping[str, int] = MappingProxyType(
    {
        "y": 365 * DAY,
        "w": 7 * DAY,
        "d": DAY,
        "h": HOUR,
        "m": MINUTE,
        "s": SECOND,
    }
)


def settings_of(setup: Setup, base_paths: Mapping[str, str], mode: Mode) -> Members:
    """Return the settings of a world whose server is in a mode."""
    auto_complete: Members = {"enabled": setup.auto_complete_enabled}
    if setup.auto_complete_after is not None:
        auto_complete["after"] = _span(setup.auto_complete_after)
    members: Members = {
        "expiration": _span(setup.expiration),
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
        members["business_attributes"] = business_attributes(tenant.attributes)
    return members


def _role(role: Role) -> Members:
    return {
        "name": role.name,
        "dbid": role.dbid,
        "enabled": role.enabled,
        "privileges": [name for name in PRIVILEGES if name in role.privileges],
    }


def business_attributes(attributes: BusinessAttributes) -> Members:
    """Return business attributes by their names."""
    return {each.name: _business_attribute(each) for each in attributes}


def interactions(those: Sequence[Interaction]) -> list[Members]:
    """Return interactions, their content included."""
    return [_interaction(each) for each in those]


def _interaction(interaction: Interaction) -> Members:
    members = dict(interaction.members)
    for name, content in interaction.contents.items():
        if name == "binary_content":
            encoded = base64.b64encode(content.data).decode("ascii")
            members[name] = {"media_type": content.media_type, "base64": encoded}
        else:
            members["text" if name == "plain_text" else name] = content.data.decode("utf-8")
    return members


def _span(milliseconds: int) -> str:
    """Return a span of time in the largest unit that it is a whole number of."""
    for unit, length in _UNITS.items():
        if milliseconds % length == 0 and milliseconds:
            return f"{milliseconds // length}{unit}"
    return f"{milliseconds}ms"


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
        members["expiration"] = _span(value.expiration)
    return members
