"""Queries of metadata: business attributes and roles. Contract sections 7 and 8."""

from __future__ import annotations

from cs_simulator.api import resources
from cs_simulator.api.calls import Call, Reply, shows
from cs_simulator.domain.access import PRIVILEGES
from cs_simulator.domain.errors import NothingFound


def query_business_attributes(call: Call) -> Reply:
    """Show business attributes: all, one by name, or those that a field is mapped to."""
    setup = call.tx.setup
    name = call.args.get("name")
    if name is not None:
        attribute = setup.attributes.named(name)
        if attribute is None:
            known = ", ".join(setup.attributes.names()) or "none"
            raise NothingFound(f"There is no business attribute {name}", f"there are: {known}")
        return shows(resources.business_attribute(attribute, map_names=setup.map_names))
    wanted = call.query["cv-attribute"]
    return shows(
        [
            resources.business_attribute(attribute, map_names=setup.map_names)
            for attribute in setup.attributes
            if wanted is None or wanted in attribute.cv_attributes
        ],
    )


def query_roles(call: Call) -> Reply:
    """Show every role with each privilege, and whether the role gives it."""
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
