"""Access to a world: tenants, users and roles in a scenario's settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cs_simulator.documents.problems import UnfitError
from cs_simulator.documents.shape import (
    FLAG,
    ID,
    NAME,
    TEXT,
    Checker,
    ListOf,
    Record,
    Scalar,
    repeated,
)
from cs_simulator.documents.values import Text
from cs_simulator.domain.access import (
    ADMINISTRATOR,
    PREDEFINED_ROLES,
    PRIVILEGES,
    SUPERVISOR,
    Access,
    Role,
    User,
)
from cs_simulator.domain.setup import Tenant
from cs_simulator.scenario.business_attributes import BUSINESS_ATTRIBUTES, business_attributes_of


def _privilege(value: object) -> str:
    if isinstance(value, str) and value in PRIVILEGES:
        return value
    raise UnfitError("a privilege such as UCS.Service.startService", names=tuple(PRIVILEGES))


def _user_name(value: object) -> str:
    name = Text(empty=False)(value)
    if ":" in name:
        raise UnfitError("a name without a colon (Basic authentication cannot carry one)")
    return name


USER = Record(
    {
        "name": Scalar(_user_name, {"type": ["string", "integer"], "pattern": "^[^:]+$"}),
        "password": TEXT,
        "roles": ListOf(NAME),
    },
    needed=("name", "password"),
)
ROLE = Record(
    {
        "name": NAME,
        "dbid": ID,
        "enabled": FLAG,
        "privileges": ListOf(Scalar(_privilege, {"enum": list(PRIVILEGES)})),
    },
    needed=("name", "dbid"),
)


TENANT = Record(
    {"dbid": ID, "name": NAME, "business_attributes": BUSINESS_ATTRIBUTES},
    needed=("dbid", "name"),
)


def access_of(settings: Mapping[str, Any], checker: Checker) -> Access:
    """Return how a world is protected; add problems for contradictory users and roles."""
    given = settings.get("roles")
    roles: Sequence[Role] = PREDEFINED_ROLES
    if given is not None:
        roles = tuple(
            Role(each["name"], each["dbid"], each.get("enabled", True), _privileges(each))
            for each in given
        )
        _twice([role.name for role in roles], "settings.roles", "name", checker)
        _twice([role.dbid for role in roles], "settings.roles", "dbid", checker)
    known = dict.fromkeys([*(role.name for role in roles), ADMINISTRATOR, SUPERVISOR])
    users = {}
    for position, each in enumerate(settings.get("users", ())):
        for number, role in enumerate(each.get("roles", ())):
            if role not in known:
                checker.no_such(f"settings.users[{position}].roles[{number}]", role, known, "role")
        users[each["name"]] = User(each["name"], each["password"], tuple(each.get("roles", ())))
    names = [each["name"] for each in settings.get("users", ())]
    _twice(names, "settings.users", "name", checker)
    use_role = settings.get("use_role", False)
    if use_role and not users:
        checker.problem(
            "settings.use_role", "only allowed with users: without users, everyone has access"
        )
    return Access(users, use_role, roles)


def _privileges(role: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(role.get("privileges", ()))


def tenants_of(
    settings: Mapping[str, Any],
    checker: Checker,
) -> tuple[Tenant, ...]:
    """Return the tenants of a world; add problems for contradictory ones."""
    given = settings.get("tenants", ())
    tenants = tuple(
        Tenant(
            each["dbid"],
            each["name"],
            business_attributes_of(
                each["business_attributes"],
                f"settings.tenants[{position}].business_attributes",
                checker,
            )
            if "business_attributes" in each
            else None,
        )
        for position, each in enumerate(given)
    )
    _twice([tenant.dbid for tenant in tenants], "settings.tenants", "dbid", checker)
    _twice([tenant.name for tenant in tenants], "settings.tenants", "name", checker)
    dbids = {str(tenant.dbid): tenant.name for tenant in tenants}
    for position, tenant in enumerate(tenants):
        if dbids.get(tenant.name, tenant.name) != tenant.name:
            checker.problem(
                f"settings.tenants[{position}].name",
                f"{tenant.name} is the dbid of tenant {dbids[tenant.name]}",
            )
    return tenants


def _twice(values: Sequence[object], at: str, what: str, checker: Checker) -> None:
    for value in repeated(values):
        checker.problem(at, f"duplicate {what} {value}")
