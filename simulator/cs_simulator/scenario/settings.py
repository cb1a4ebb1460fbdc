"""The settings of a document: the configuration of the server that a world represents.

Tenants, users and roles are among them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from cs_simulator.documents.problems import UnfitError
from cs_simulator.documents.shape import (
    FLAG,
    ID,
    NAME,
    SPAN,
    TEXT,
    Anything,
    Checker,
    ListOf,
    MapOf,
    Record,
    Scalar,
    Schema,
    one_of,
)
from cs_simulator.documents.values import Text
from cs_simulator.domain.access import (
    ADMINISTRATOR,
    OPEN,
    PREDEFINED_ROLES,
    PRIVILEGES,
    SUPERVISOR,
    Access,
    Role,
    User,
)
from cs_simulator.domain.fidelity import SWITCHES, Fidelity, UnknownSwitchError, fidelity_of
from cs_simulator.domain.server_state import MODES
from cs_simulator.domain.setup import BASE_PATHS, DEFAULT_EXPIRATION, Setup, Tenant
from cs_simulator.scenario.metadata import BUSINESS_ATTRIBUTES, business_attributes_of


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
_ROLE = Record(
    {
        "name": NAME,
        "dbid": ID,
        "enabled": FLAG,
        "privileges": ListOf(Scalar(_privilege, {"enum": list(PRIVILEGES)})),
    },
    needed=("name", "dbid"),
)


_TENANT = Record(
    {"dbid": ID, "name": NAME, "business_attributes": BUSINESS_ATTRIBUTES},
    needed=("dbid", "name"),
)


def _access_of(settings: Mapping[str, Any], checker: Checker) -> Access:
    """Return how a world is protected; add problems for contradictory users and roles."""
    given = settings.get("roles")
    roles: Sequence[Role] = PREDEFINED_ROLES
    if given is not None:
        roles = tuple(
            Role(
                name=role["name"],
                dbid=role["dbid"],
                enabled=role.get("enabled", True),
                privileges=frozenset(role.get("privileges", ())),
            )
            for role in given
        )
        checker.duplicates("settings.roles", "name", [role.name for role in roles])
        checker.duplicates("settings.roles", "dbid", [role.dbid for role in roles])
    known = dict.fromkeys([*(role.name for role in roles), ADMINISTRATOR, SUPERVISOR])
    users = {}
    for position, user in enumerate(settings.get("users", ())):
        for number, role in enumerate(user.get("roles", ())):
            if role not in known:
                checker.no_such(f"settings.users[{position}].roles[{number}]", role, known, "role")
        users[user["name"]] = User(user["name"], user["password"], tuple(user.get("roles", ())))
    names = [user["name"] for user in settings.get("users", ())]
    checker.duplicates("settings.users", "name", names)
    use_role = settings.get("use_role", False)
    if use_role and not users:
        checker.problem(
            "settings.use_role", "only allowed with users: without users, everyone has access"
        )
    return Access(users, use_role, roles)


def _tenants_of(settings: Mapping[str, Any], checker: Checker) -> tuple[Tenant, ...]:
    """Return the tenants of a world; add problems for contradictory ones."""
    given = settings.get("tenants", ())
    tenants = tuple(
        Tenant(
            tenant["dbid"],
            tenant["name"],
            business_attributes_of(
                tenant["business_attributes"],
                f"settings.tenants[{position}].business_attributes",
                checker,
            )
            if "business_attributes" in tenant
            else None,
        )
        for position, tenant in enumerate(given)
    )
    checker.duplicates("settings.tenants", "dbid", [tenant.dbid for tenant in tenants])
    checker.duplicates("settings.tenants", "name", [tenant.name for tenant in tenants])
    dbids = {str(tenant.dbid): tenant.name for tenant in tenants}
    for position, tenant in enumerate(tenants):
        if dbids.get(tenant.name, tenant.name) != tenant.name:
            checker.problem(
                f"settings.tenants[{position}].name",
                f"{tenant.name} is the dbid of tenant {dbids[tenant.name]}",
            )
    return tenants


BASE_PATH_PATTERN = r"/|(?!/_control(?:/|$)|/_world(?:/|$))(?:/[A-Za-z0-9._~-]+)+"


def _base_path(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(BASE_PATH_PATTERN, value):
        return value
    raise UnfitError(
        "a path such as /genesys/1/cs, of letters, digits and - . _ ~, without a slash at its end "
        "and outside /_control and /_world"
    )


_BASE_PATH = Scalar(_base_path, {"type": "string", "pattern": f"^(?:{BASE_PATH_PATTERN})$"})


SETTINGS = Record(
    {
        "expiration": SPAN,
        "auto_complete": Record({"enabled": FLAG, "after": SPAN}),
        "data_validation": FLAG,
        "map_names": FLAG,
        "base_paths": Record({"8.5": _BASE_PATH, "8.1": _BASE_PATH}),
        "tenants": ListOf(_TENANT),
        "users": ListOf(USER),
        "roles": ListOf(_ROLE),
        "use_role": FLAG,
        "server_mode": one_of(*MODES),
    }
)


def _spellings(text: str) -> list[Any]:
    """Return the values that stand for the text of a switch's value."""
    words: Mapping[str, bool] = {"true": True, "false": False}
    if text in words:
        return [text, words[text]]
    return [text, int(text)] if text.isdigit() else [text]


class Switches:
    """Fidelity switches by name."""

    def check(self, value: Any, at: str, checker: Checker) -> dict[str, Any]:
        """Return the switches, without null; add problems for unknown ones and unknown values."""
        known = {switch.name for switch in SWITCHES}
        given = {
            name: chosen
            for name, chosen in MapOf(Anything()).check(value, at, checker).items()
            if chosen is not None or name not in known
        }
        for name, chosen in given.items():
            try:
                fidelity_of({name: chosen})
            except UnknownSwitchError as error:
                checker.add(error.problem._replace(at=f"{at}.{name}"))
        return given

    def json_schema(self) -> Schema:
        """Return the schema of the switches: values as text, numbers or booleans."""
        return {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                switch.name: {
                    "enum": [
                        *(spelling for text in switch.values for spelling in _spellings(text)),
                        None,
                    ]
                }
                for switch in SWITCHES
            },
        }


def setup_of(document: Mapping[str, Any], fidelity: Fidelity, checker: Checker) -> Setup:
    """Return the configuration in a document; add problems for contradictions."""
    settings = document.get("settings", {})
    attributes = business_attributes_of(
        document.get("business_attributes", {}), "business_attributes", checker
    )
    auto_complete = settings.get("auto_complete", {})
    if auto_complete.get("enabled") and "after" not in auto_complete:
        checker.problem("settings.auto_complete", "enabled requires after")
    given = settings.get("base_paths", {})
    if len(set({**BASE_PATHS, **given}.values())) == 1:
        others = [f", {edition} by default" for edition in BASE_PATHS if edition not in given]
        checker.problem(
            "settings.base_paths",
            f"both editions use the same base path{''.join(others)}",
            "give them different ones",
        )
    tenants: Sequence[Tenant] = ()
    access = OPEN
    if not settings.keys().isdisjoint(("tenants", "users", "roles", "use_role")):
        tenants = _tenants_of(settings, checker)
        access = _access_of(settings, checker)
    return Setup(
        fidelity=fidelity,
        attributes=attributes,
        data_validation=settings.get("data_validation", True),
        map_names=settings.get("map_names", False),
        expiration=settings.get("expiration", DEFAULT_EXPIRATION),
        auto_complete_enabled=auto_complete.get("enabled", False),
        auto_complete_after=auto_complete.get("after"),
        tenants=tenants,
        access=access,
        server_mode=settings.get("server_mode", "production"),
    )
