"""The store against a naive model that scans lists, over arbitrary runs of operations."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cs_simulator.clock import Instant
from cs_simulator.domain.model import Event, Retention, Service, State, Task, with_values
from cs_simulator.domain.store import Store, Which, due_times, same_value
from tests.support.chance import examples
from tests.unit.domain.support import START, check_indexes, service, state, task

OWNERS = ("A", "B", "AB")
WHICH: tuple[Which, ...] = ("all", "active", "completed")

owners = st.sampled_from(OWNERS)
kinds = st.sampled_from([None, 1, "1", "x"])
moments = st.integers(START - 3, START + 3)
spans = st.none() | st.integers(0, 5)
retentions = st.builds(
    Retention, moments, moments, spans, st.none() | st.integers(START, START + 5), spans
)


@dataclass
class Model:
    """Services, states and tasks in lists, in the order of their making."""

    services: list[Service] = field(default_factory=list)
    states: list[tuple[int, State]] = field(default_factory=list)
    tasks: list[tuple[int, Task]] = field(default_factory=list)

    def copy(self) -> Model:
        return Model(list(self.services), list(self.states), list(self.tasks))

    def put(self, new: Service) -> None:
        self.services = [new if each.number == new.number else each for each in self.services]

    def delete(self, number: int) -> None:
        self.services = [each for each in self.services if each.number != number]
        self.states = [each for each in self.states if each[0] != number]
        self.tasks = [each for each in self.tasks if each[0] != number]

    def put_state(self, number: int, new: State) -> None:
        for place, (owner, old) in enumerate(self.states):
            if (owner, old.state_id) == (number, new.state_id):
                self.states[place] = (number, new)
                return
        self.states.append((number, new))

    def put_task(self, number: int, new: Task) -> None:
        for place, (owner, old) in enumerate(self.tasks):
            if (owner, old.task_id) == (number, new.task_id):
                self.tasks[place] = (number, new)
                return
        self.tasks.append((number, new))

    def chosen(
        self, which: Which, start: Instant | None = None, end: Instant | None = None
    ) -> list[Service]:
        found = [
            each
            for each in self.services
            if (which == "all" or (each.completed is None) == (which == "active"))
            and (start is None or each.started.timestamp >= start)
            and (end is None or each.started.timestamp < end)
        ]
        return sorted(found, key=lambda each: (each.started.timestamp, each.number))


class StoreMachine(RuleBasedStateMachine):
    """Two stores, the second a copy of the first at some time, and a model of each."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: list[tuple[Store, Model]] = []
        self.next = 1

    @initialize(count=st.integers(0, 3), data=st.data())
    def begin(self, count: int, data: st.DataObject) -> None:
        store, model = Store(), Model()
        model.services = [self._new(data) for _ in range(count)]
        store.add_services(model.services)
        self.pairs = [(store, model)]

    def _new(self, data: st.DataObject) -> Service:
        number = self.next
        self.next += 1
        customer_id = data.draw(st.none() | owners)
        return service(
            number,
            customer_id,
            data.draw(owners if customer_id is None else st.none() | owners),
            at=data.draw(moments),
            completed_at=data.draw(st.none() | moments),
            service_type=data.draw(kinds),
            service_id=data.draw(st.sampled_from([number, f"383-{number}"])),
            retention=data.draw(retentions),
        )

    def _pair(self, data: st.DataObject) -> tuple[Store, Model]:
        return data.draw(st.sampled_from(self.pairs))

    def _service(self, model: Model, data: st.DataObject) -> Service:
        return data.draw(st.sampled_from(model.services))

    def _stocked(self) -> bool:
        return all(model.services for _, model in self.pairs)

    @rule(data=st.data())
    def add(self, data: st.DataObject) -> None:
        store, model = self._pair(data)
        new = self._new(data)
        store.add_service(new)
        model.services.append(new)

    @precondition(_stocked)
    @rule(data=st.data(), at=moments, retention=retentions)
    def replace_it(self, data: st.DataObject, at: Instant, retention: Retention) -> None:
        store, model = self._pair(data)
        old = self._service(model, data)
        new = old._replace(started=Event(at, {"session_id": "s"}), retention=retention)
        store.replace_service(new)
        model.put(new)

    @precondition(_stocked)
    @rule(data=st.data(), owner=owners)
    def associate(self, data: st.DataObject, owner: str) -> None:
        store, model = self._pair(data)
        new = with_values(self._service(model, data), customer_id=owner)
        store.replace_service(new)
        model.put(new)

    @precondition(_stocked)
    @rule(data=st.data(), at=st.none() | moments)
    def complete(self, data: st.DataObject, at: Instant | None) -> None:
        store, model = self._pair(data)
        new = self._service(model, data)._replace(completed=None if at is None else Event(at))
        store.replace_service(new)
        model.put(new)

    @precondition(_stocked)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        store, model = self._pair(data)
        number = self._service(model, data).number
        store.delete_service(number)
        model.delete(number)

    @precondition(_stocked)
    @rule(data=st.data(), state_id=st.integers(1, 4), kind=kinds)
    def put_state(self, data: st.DataObject, state_id: int, kind: int | str | None) -> None:
        store, model = self._pair(data)
        number = self._service(model, data).number
        new = state(state_id, state_type=kind)
        store.put_state(number, new)
        model.put_state(number, new)

    @precondition(_stocked)
    @rule(data=st.data(), task_id=st.integers(1, 4), state_id=st.none() | st.integers(1, 4))
    def put_task(self, data: st.DataObject, task_id: int, state_id: int | None) -> None:
        store, model = self._pair(data)
        number = self._service(model, data).number
        new = task(task_id, state_id=state_id)
        store.put_task(number, new)
        model.put_task(number, new)

    @rule(data=st.data())
    def copy(self, data: st.DataObject) -> None:
        store, model = self._pair(data)
        self.pairs = [(store, model), (store.copy(), model.copy())]

    @rule(data=st.data(), start=st.none() | moments, end=st.none() | moments)
    def find(self, data: st.DataObject, start: Instant | None, end: Instant | None) -> None:
        store, model = self._pair(data)
        owner, which = data.draw(owners), data.draw(st.sampled_from(WHICH))
        chosen = model.chosen(which, start, end)
        assert store.of_customer(owner, which, start, end) == [
            each for each in chosen if each.customer_id == owner
        ]
        assert store.of_contact(owner, which, start, end) == [
            each for each in chosen if each.customer_id is None and each.contact_key == owner
        ]
        if start is not None and end is not None:
            assert store.started_between(start, end, which) == chosen
            assert store.completed_between(start, end) == sorted(
                (e for e in model.services if e.completed and start <= e.completed.timestamp < end),
                key=lambda each: (each.completed and each.completed.timestamp, each.number),
            )

    @rule(data=st.data(), kind=kinds)
    def find_newest(self, data: st.DataObject, kind: int | str | None) -> None:
        store, model = self._pair(data)
        customer_id, contact_key = data.draw(st.none() | owners), data.draw(st.none() | owners)
        if customer_id is None and contact_key is None:
            return
        fitting = [
            each
            for each in model.chosen("active")
            if (each.customer_id, each.contact_key) == (customer_id, contact_key)
            and same_value(each.service_type, kind)
        ]
        newest = fitting[-1] if fitting else None
        assert store.newest_active(customer_id, contact_key, kind) == newest

    @invariant()
    def agrees(self) -> None:
        for store, model in self.pairs:
            check_indexes(store)
            assert list(store.services()) == model.services
            assert len(store) == len(model.services)
            dues = [due for each in model.services for due in due_times(each)]
            assert store.first_due() == (min(dues) if dues else None)
            for each in model.services:
                number = each.number
                assert store.service(number) == each
                assert store.number_of(each.service_id) == number
                states = [part for owner, part in model.states if owner == number]
                tasks = [part for owner, part in model.tasks if owner == number]
                assert list(store.states(number).values()) == states
                assert list(store.tasks(number).values()) == tasks


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(max_examples=examples(25), stateful_step_count=30)
