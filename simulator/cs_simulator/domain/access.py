"""Access: users, roles and the privileges of roles.

Source: Developer Guide, *Role-Based Access Control*; User Guide, *UCS Role Privileges*; GMS
Deployment Guide, *Basic Authentication*. Privileges that the documents do not print are named by
analogy with those they print (assumed).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from cs_simulator.operations import OPERATIONS

REALM = "Genesys Application Configuration Needed"
"""The realm of Basic authentication, as the option is documented."""

ADMINISTRATOR = "Administrator"
SUPERVISOR = "Supervisor"

_OF_NO_OPERATION = tuple(
    f"UCS.{kind}.delete{kind}Extension" for kind in ("Service", "State", "Task")
)
"""Privileges that the documents print although no operation requires them."""

PRIVILEGES: tuple[str, ...] = (
    *dict.fromkeys(
        privilege
        for operation in OPERATIONS
        for privilege in (*operation.privileges, operation.extension_privilege)
        if privilege
    ),
    *_OF_NO_OPERATION,
)
"""Every privilege that a role of edition 8.1 may grant."""


class Role(NamedTuple):
    """A named set of privileges, which may be disabled."""

    name: str
    dbid: int
    enabled: bool
    privileges: frozenset[str]


PREDEFINED_ROLES: tuple[Role, ...] = (
    Role(ADMINISTRATOR, 101, enabled=True, privileges=frozenset(PRIVILEGES)),
    Role(
        SUPERVISOR,
        102,
        enabled=True,
        privileges=frozenset(name for name in PRIVILEGES if ".read" in name),
    ),
)
"""The roles of a world whose scenario defines none (assumed)."""


class User(NamedTuple):
    """A user who may log in, and the names of their roles."""

    name: str
    password: str
    roles: Sequence[str] = ()


class Access(NamedTuple):
    """How a world is protected; without users it is not."""

    users: Mapping[str, User]
    use_role: bool = False
    roles: Sequence[Role] = PREDEFINED_ROLES

    def privileges(self, user: User) -> frozenset[str]:
        """Return the privileges that the enabled roles of a user grant in edition 8.1."""
        granted: set[str] = set()
        for role in self.roles:
            if role.enabled and role.name in user.roles:
                granted |= role.privileges
        return frozenset(granted)


OPEN = Access({})
"""No restrictions."""


def roles_needed(*, reads: bool) -> Collection[str]:
    """Return the roles of edition 8.5 of which an operation requires one."""
    return (ADMINISTRATOR, SUPERVISOR) if reads else (ADMINISTRATOR,)
