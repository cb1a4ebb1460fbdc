"""Whose the service is that a request names, before anything happens to it."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.domain.errors import Refusal
from simulator.domain.transaction import Transaction
from simulator.journal import NOBODY, Owner


def owner_of(args: Mapping[str, str], tx: Transaction) -> Owner:
    """Return whose the service is that a path names, nobody where it names none."""
    nobody = NOBODY if tx.tenant is None else Owner(None, None, tx.tenant)
    if "service_id" not in args:
        return nobody
    try:
        service = tx.service(args["service_id"])
    except Refusal:
        return nobody
    return Owner(service.customer_id, service.contact_key, tx.tenant)
