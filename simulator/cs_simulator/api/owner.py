"""Whose the service or interaction is that a request names, before anything happens to it."""

from __future__ import annotations

from collections.abc import Mapping

from cs_simulator.domain.errors import Refusal
from cs_simulator.domain.transaction import Transaction
from cs_simulator.journal.entries import NOBODY, Owner


def owner_of(args: Mapping[str, str], tx: Transaction) -> Owner:
    """Return whose the service or interaction is that a path names, nobody where it names none."""
    nobody = NOBODY if tx.tenant is None else Owner(None, None, tx.tenant)
    if not ("service_id" in args or "interaction_id" in args):
        return nobody
    try:
        if "interaction_id" in args:
            interaction = tx.interactions.get(args["interaction_id"])
            return Owner(interaction.customer_id, None, tx.tenant)
        service = tx.service(args["service_id"])
    except Refusal:
        return nobody
    return Owner(service.customer_id, service.contact_key, tx.tenant)
