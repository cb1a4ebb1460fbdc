"""Tenants. Source: API Reference 8.5, *Welcome*; *Configuring Tenancy*.

Edition 8.5 names the tenant in the header ``ContactCenterId``. Tenants do not share data.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cs_simulator.domain.attributes import BusinessAttributes
from cs_simulator.domain.errors import InvalidTenant

NO_TENANT = ""
"""The name under which data is stored if no tenant is configured."""


class Tenant(NamedTuple):
    """One tenant, found by its DB id or its name."""

    dbid: int
    name: str
    attributes: BusinessAttributes | None = None
    """Its own business attributes; None for those shared by all tenants."""


def tenant_of(tenants: Sequence[Tenant], header: str | None) -> Tenant:
    """Return the tenant that a header names, or the only tenant if it names none.

    Raises :exc:`InvalidTenant` with the documents' text.
    """
    if not header:
        if len(tenants) == 1:
            return tenants[0]
        raise InvalidTenant(
            "Invalid tenant specified : no tenant specified in multi-tenant environment. "
            "Verify configuration and 'ContactCenterId' HTTP header.",
            f"send ContactCenterId: {_known(tenants)}",
        )
    for tenant in tenants:
        if header in (str(tenant.dbid), tenant.name):
            return tenant
    raise InvalidTenant(
        "Invalid tenant specified : specified tenant in HTTP header "
        f"'ContactCenterId'='{header}' not configured. Verify configuration.",
        f"configured tenants: {_known(tenants)}",
    )


def _known(tenants: Sequence[Tenant]) -> str:
    return ", ".join(f"{tenant.dbid} ({tenant.name})" for tenant in tenants)
