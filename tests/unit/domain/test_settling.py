"""The order of what falls due in one step of the clock."""

from __future__ import annotations

from cs_simulator.clock import DAY, Instant
from cs_simulator.domain.model import Retention, Service
from cs_simulator.domain.services import settle
from cs_simulator.domain.store import Gone, Store
from tests.unit.domain.support import START, check_indexes, service, transaction


class Recorder(Store):
    """A store that notes what becomes of services."""

    def __init__(self) -> None:
        super().__init__()
        self.happened: list[tuple[str, int, Instant]] = []

    def replace_service(self, service: Service) -> None:
        super().replace_service(service)
        assert service.completed is not None
        self.happened.append(("completes", service.number, service.completed.timestamp))

    def delete_service(self, number: int, gone: Gone | None = None) -> None:
        super().delete_service(number, gone)
        self.happened.append(("expires", number, 0))


def test_one_step_across_several_dues_goes_in_order_of_time() -> None:
    tx = transaction(START + DAY)
    store = tx.store = Recorder()

    def add(number: int, **kept: int) -> None:
        store.add_service(service(number, retention=Retention(START, START, **kept)))

    # Not in the order of time, and some at equal times.
    add(4, idle=20, lifetime=30)
    add(1, lifetime=20)
    add(3, idle=20)
    add(2, idle=20, lifetime=20)
    add(5, idle=10)
    add(6, lifetime=2 * DAY)
    settle(tx)
    assert store.happened == [
        ("completes", 5, START + 10),
        ("completes", 2, START + 20),
        ("completes", 3, START + 20),
        ("completes", 4, START + 20),
        ("expires", 1, 0),
        ("expires", 2, 0),
        ("expires", 4, 0),
    ]
    assert [each.number for each in store.services()] == [3, 5, 6]
    check_indexes(store)
