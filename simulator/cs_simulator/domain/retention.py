"""What happens by itself: services complete when idle and vanish when expired.

Nothing runs in the background. Before each operation, what fell due since the last one happens,
in order of time; at equal times completion comes before expiration, then the order is that of
creation. Source: User Guide, *Autocompleting Services*, *Conversation Expiration*.
"""

from __future__ import annotations

from dataclasses import replace

from cs_simulator.domain.model import Event
from cs_simulator.domain.services import complete_parts
from cs_simulator.domain.store import AUTO_COMPLETE, Gone
from cs_simulator.domain.transaction import Transaction


def settle(tx: Transaction) -> None:
    """Carry out everything that has fallen due by now.

    A service that completes by itself does so with its active states and tasks, at the moment it
    fell due (assumed), which is no event of it: its expiration does not move.
    """
    while True:
        due = tx.store.first_due()
        if due is None or due[0] > tx.now:
            return
        moment, what, number = due
        if what == AUTO_COMPLETE:
            service = tx.store.service(number)
            tx.store.replace_service(replace(service, completed=Event(moment)))
            complete_parts(tx, number, moment)
        else:
            tx.store.delete_service(number, Gone("expired", moment))
