"""What happens by itself: services complete when idle and are deleted when expired.

Nothing runs in the background. Before each operation, everything due since the last one happens, in
order of time; at equal times completion comes before expiration, then the order is that of
creation. Source: User Guide, *Autocompleting Services*, *Conversation Expiration*.
"""

from __future__ import annotations

from dataclasses import replace

from cs_simulator.domain.model import Event
from cs_simulator.domain.services import complete_parts
from cs_simulator.domain.store import AUTO_COMPLETE, Gone
from cs_simulator.domain.transaction import Transaction


def settle(tx: Transaction) -> None:
    """Carry out everything that is due by now.

    A service that completes by itself completes with its active states and tasks, at the moment it
    was due (assumed). This is not an event of the service: its expiration does not move.
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
