"""The roles that users may have. Contract section 8; API Reference, *Query Metadata Roles*."""

from __future__ import annotations

from cs_simulator.api.calls import Call, Reply
from cs_simulator.domain.access import PRIVILEGES


def query_roles(call: Call) -> Reply:
    """Show every role with each privilege, and whether the role gives it."""
    return Reply(
        200,
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
        ],
    )
