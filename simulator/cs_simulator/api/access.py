"""Access: authentication, roles, tenant and server mode, checked in this order.

Contract sections 2, 8 and 9. If a scenario configures none of them, only the mode is checked.
"""

from __future__ import annotations

import binascii
from collections.abc import Collection
from typing import Any, NoReturn

from cs_simulator.api.arrival import TENANT_HEADER, Arrival
from cs_simulator.api.calls import Call
from cs_simulator.api.editions import Edition
from cs_simulator.domain.access import Access, User, roles_needed
from cs_simulator.domain.errors import Forbidden, NotInMode, Unauthorized
from cs_simulator.domain.members import RESERVED
from cs_simulator.domain.setup import tenant_of
from cs_simulator.domain.transaction import Transaction
from cs_simulator.operations.row import ApiOperation


def let_in(arrival: Arrival, operation: ApiOperation, tx: Transaction) -> User | None:
    """Return the user of a request, or None if no user is needed; reject what is not allowed."""
    setup = tx.setup
    user = None
    if setup.access.users:
        user = _authenticated(setup.access, arrival.headers.get("HTTP_AUTHORIZATION"))
        if setup.access.use_role:
            _check_roles(setup.access, user, arrival.edition, operation)
    if arrival.edition.names_tenants and operation.of_tenant:
        header = arrival.headers.get(TENANT_HEADER)
        if setup.tenants:
            tenant_of(setup.tenants, header)
        elif header is not None:
            tx.hint("ContactCenterId ignored: the scenario lists no tenants")
    mode = operation.mode_in(arrival.edition.name)
    if mode is not None and mode != tx.server.mode:
        raise NotInMode(
            f"{operation.id} is not available: the server is in {tx.server.mode} mode",
            f'POST server/mode with {{"mode": "{mode}"}}',
        )
    return user


def check_extensions(operation: ApiOperation, call: Call, user: User) -> None:
    """Reject attached data that the user's roles do not allow, in edition 8.1.

    Extensions in a file are found only by the handler, which calls ``permit_extensions``. Source:
    Developer Guide, *Role-Based Access Control*: nothing is started then.
    """
    privilege = operation.extension_privilege
    access = call.tx.setup.access
    if not privilege or not access.use_role or call.edition.names_tenants:
        return
    if privilege in access.privileges(user):
        return

    def refuse() -> NoReturn:
        raise _forbidden(user, operation, f"the privilege {privilege}, for extensions")

    if operation.body == "multipart":
        call.permit_extensions = refuse
    elif _has_extensions(operation, call):
        refuse()


def _has_extensions(operation: ApiOperation, call: Call) -> bool:
    """Tell whether a request sends extensions or asks for them."""
    if operation.method == "GET":
        return any(name == "extensions" and value for name, value in call.raw_query)
    body: dict[str, Any] = call.body  # operations with such a privilege accept nothing else
    if operation.family == "services":
        sent = [body]
        if operation.form == "Transition":
            sides = {name: side for name, side in body.items() if name in ("from", "to")}
            sent = [{name: body[name] for name in body.keys() - sides.keys()}]
            sent += [side for side in sides.values() if isinstance(side, dict)]
        return any(name not in RESERVED for event in sent for name in event)
    known = {schema.name.lower() for schema in call.tx.metadata.extension_schemas("profiles")}
    return any(name.lower() in known for name in body)


def _authenticated(access: Access, header: str | None) -> User:
    if not header:
        raise Unauthorized(
            "No credentials sent", "send Authorization: Basic <base64 of user:password>"
        )
    scheme, space, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        if not space:  # it may be the secret itself, which no response repeats
            raise Unauthorized(
                "The credentials have no scheme", "send Authorization: Basic before the credentials"
            )
        raise Unauthorized(
            f"The authentication scheme {scheme[:20]!r} is not supported",
            "send Authorization: Basic",
        )
    try:
        text = binascii.a2b_base64(encoded.strip(), strict_mode=True).decode("utf-8")
    except (binascii.Error, ValueError):
        raise Unauthorized(
            "The credentials are malformed", "send the base64 of user:password after Basic"
        ) from None
    name, colon, password = text.partition(":")
    if not colon:
        raise Unauthorized(
            "The credentials are malformed", "separate user and password with a colon"
        )
    from hmac import compare_digest

    user = access.users.get(name)
    if user is None or not compare_digest(password.encode(), user.password.encode()):
        known = "unknown user" if user is None else "wrong password"
        raise Unauthorized("The user name or the password is wrong", known)
    return user


def _check_roles(access: Access, user: User, edition: Edition, operation: ApiOperation) -> None:
    if edition.names_tenants:
        needed: Collection[str] = roles_needed(reads=operation.method == "GET")
        if not set(needed) & set(user.roles):
            roles = " or ".join(needed)
            raise _forbidden(user, operation, f"the role {roles}", permission=roles)
        return
    missing = [name for name in operation.privileges if name not in access.privileges(user)]
    if missing:
        raise _forbidden(user, operation, f"the privilege {', '.join(missing)}")


def _forbidden(
    user: User, operation: ApiOperation, needed: str, *, permission: str | None = None
) -> Forbidden:
    roles = ", ".join(user.roles) or "none"
    return Forbidden(
        f"User {user.name} may not call {operation.id}; it requires {needed}",
        f"{user.name} has the roles {roles}",
        permission=permission,
    )
