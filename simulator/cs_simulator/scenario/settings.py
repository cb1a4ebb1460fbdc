"""The settings of a document: the configuration of the server that a world represents."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from cs_simulator.documents.problems import UnfitError
from cs_simulator.documents.shape import (
    FLAG,
    SPAN,
    Anything,
    Checker,
    ListOf,
    MapOf,
    Record,
    Scalar,
    Schema,
    one_of,
)
from cs_simulator.domain.access import OPEN
from cs_simulator.domain.fidelity import SWITCHES, Fidelity, UnknownSwitchError, fidelity_of
from cs_simulator.domain.server_state import MODES
from cs_simulator.domain.setup import BASE_PATHS, DEFAULT_EXPIRATION, Setup, Tenant
from cs_simulator.scenario.access import ROLE, TENANT, USER, access_of, tenants_of
from cs_simulator.scenario.business_attributes import business_attributes_of

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
        "tenants": ListOf(TENANT),
        "users": ListOf(USER),
        "roles": ListOf(ROLE),
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
        """Return the switches; add problems for unknown ones and unknown values."""
        given = MapOf(Anything()).check(value, at, checker)
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
                switch.name: {"enum": [each for text in switch.values for each in _spellings(text)]}
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
        tenants = tenants_of(settings, checker)
        access = access_of(settings, checker)
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
