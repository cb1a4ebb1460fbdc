"""The configuration of Context Services in a world: what an administrator of the product sets.

Among it are the tenants, which edition 8.5 names in the header ``ContactCenterId``. Tenants do not
share data. Source: API Reference 8.5, *Welcome*; *Configuring Tenancy*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from cs_simulator.clock import DAY, Instant
from cs_simulator.domain.access import OPEN, Access
from cs_simulator.domain.attributes import BusinessAttributes
from cs_simulator.domain.errors import InvalidTenant
from cs_simulator.domain.fidelity import Fidelity
from cs_simulator.domain.model import LongOrText, Retention
from cs_simulator.operations.row import Mode

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


DEFAULT_EXPIRATION = 5 * 365 * DAY

BASE_PATHS: Mapping[str, str] = MappingProxyType({"8.5": "/genesys/1/cs", "8.1": "/"})
"""The default base paths of the editions."""


class Setup(NamedTuple):
    """The configuration of a world, fixed until its scenario changes."""

    fidelity: Fidelity = Fidelity()
    attributes: BusinessAttributes = BusinessAttributes()
    data_validation: bool = True
    map_names: bool = False
    expiration: int = DEFAULT_EXPIRATION
    auto_complete_enabled: bool = False
    auto_complete_after: int | None = None
    tenants: Sequence[Tenant] = ()
    access: Access = OPEN
    server_mode: Mode = "production"

    def of_tenant(self, tenant: Tenant | None) -> Setup:
        """Return the configuration for one tenant."""
        if tenant is None or tenant.attributes is None:
            return self
        return self._replace(attributes=tenant.attributes)

    def of_tenant_named(self, name: str | None) -> Setup:
        """Return the configuration for the tenant of that name, or of the first one for None."""
        named = (each for each in self.tenants if name is None or each.name == name)
        return self.of_tenant(next(named, None))

    def media(self) -> tuple[str, ...] | None:
        """Return the names of the media types of all tenants, or None if none defines any."""
        found = [self.attributes.media()]
        found += [each.attributes.media() for each in self.tenants if each.attributes is not None]
        known = [names for names in found if names is not None]
        return tuple(dict.fromkeys(name for names in known for name in names)) if known else None

    def retention(
        self, now: Instant, service_type: LongOrText | None, idle: int | None = None
    ) -> Retention:
        """Return the retention that a service of a type gets when it starts.

        ``idle`` is the service's own ``auto_complete_after`` in milliseconds; it applies even if
        the option is off (assumed).
        """
        lifetime = self.expiration
        mapped = self.attributes.mapped("Service.type")
        if mapped is not None and service_type is not None:
            value = mapped.value(service_type)
            if value is not None and value.expiration is not None:
                lifetime = value.expiration
        if idle is None and self.auto_complete_enabled:
            idle = self.auto_complete_after
        return Retention(touched=now, counted_from=now, lifetime=lifetime, idle=idle)
