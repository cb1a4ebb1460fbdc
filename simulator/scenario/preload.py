"""What a scenario puts into a world before the first request: customers and services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulator.clock import Instant
from simulator.domain.errors import Problem
from simulator.domain.events import admitted, expiring
from simulator.domain.members import CONVERTERS, EVENT_MEMBERS
from simulator.domain.model import NO_EXTENSIONS, Event, Service, State, Task
from simulator.domain.profiles import Profile, Profiles
from simulator.domain.setup import Setup
from simulator.domain.store import Store
from simulator.ids import Counters, Ids, ServiceIdForm
from simulator.scenario.document import When
from simulator.scenario.shape import Checker, shown

_NOW = When(relative=True)

Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Base:
    """The data that a world begins with. Worlds copy it, and share what they do not change."""

    store: Store
    profiles: Profiles
    ids: Ids


@dataclass(frozen=True, slots=True)
class Preload:
    """The customers and services of a scenario, as they are given."""

    customers: Sequence[Given] = ()
    services: Sequence[Given] = ()
    seed: int = 0
    form: ServiceIdForm = "integer"
    counters: Counters = field(default_factory=Counters)

    @property
    def depends_on_now(self) -> bool:
        """Whether the data differ from one instant to the next."""
        return bool(self.services)

    def base(self, now: Instant, setup: Setup) -> Base:
        """Return the data at an instant, in new containers."""
        ids = Ids(self.seed, self.form, self.counters)
        self._reserve(ids)
        profiles = Profiles()
        profiles.add_all(_profile(customer, ids) for customer in self.customers)
        store = Store()
        maker = _Maker(store, ids, setup, now)
        store.add_services([maker.service(each) for each in self.services])
        return Base(store, profiles, ids)

    def _reserve(self, ids: Ids) -> None:
        for service in self.services:
            given = service.get("service_id")
            if isinstance(given, int) and self.form == "integer" and given >= self.counters.service:
                ids.reserve(service=given)
            for state in service.get("states", ()):
                if state.get("state_id", 0) >= self.counters.state:
                    ids.reserve(state=state["state_id"])
            for task in _tasks(service):
                if task.get("task_id", 0) >= self.counters.task:
                    ids.reserve(task=task["task_id"])

    def check(self, setup: Setup, checker: Checker) -> None:
        """Note what is wrong between the parts of the data."""
        known = {each["customer_id"] for each in self.customers if "customer_id" in each}
        seen: set[str] = set()
        for position, customer in enumerate(self.customers):
            customer_id = customer.get("customer_id")
            if customer_id in seen:
                checker.mistake(f"customers[{position}]", f"customer_id {customer_id} stands twice")
            if customer_id is not None:
                seen.add(customer_id)
        service_ids: set[str] = set()
        for position, service in enumerate(self.services):
            at = f"services[{position}]"
            if "customer_id" not in service and "contact_key" not in service:
                checker.mistake(at, "customer_id or contact_key is missing")
            customer_id = service.get("customer_id")
            if customer_id is not None and customer_id not in known:
                checker.mistake(f"{at}.customer_id", f"no customer has the id {shown(customer_id)}")
            service_id = service.get("service_id")
            if service_id is not None:
                if str(service_id) in service_ids:
                    checker.mistake(f"{at}.service_id", f"{service_id} stands twice")
                service_ids.add(str(service_id))
                if self.form == "integer" and not isinstance(service_id, int):
                    checker.mistake(
                        f"{at}.service_id",
                        f"found {shown(service_id)}, expected an integer: "
                        "text takes fidelity service_ids=conversation",
                    )
            _check_values(setup, "Service", service, at, checker)
            self._check_parts(setup, service, at, checker)

    def _check_parts(self, setup: Setup, service: Given, at: str, checker: Checker) -> None:
        state_ids = [
            state["state_id"] for state in service.get("states", ()) if "state_id" in state
        ]
        for number, state in enumerate(service.get("states", ())):
            _check_values(setup, "State", state, f"{at}.states[{number}]", checker)
            for inner, task in enumerate(state.get("tasks", ())):
                where = f"{at}.states[{number}].tasks[{inner}]"
                _check_values(setup, "Task", task, where, checker)
                if "state_id" in task:
                    checker.mistake(
                        where, "state_id is that of the state it stands in: leave it out"
                    )
        for number, task in enumerate(service.get("tasks", ())):
            where = f"{at}.tasks[{number}]"
            _check_values(setup, "Task", task, where, checker)
            if "state_id" in task and task["state_id"] not in state_ids:
                checker.mistake(where, f"state_id {task['state_id']} is no state of this service")
        for what, ids in (
            ("state_id", state_ids),
            ("task_id", [task["task_id"] for task in _tasks(service) if "task_id" in task]),
        ):
            for twice in sorted({each for each in ids if ids.count(each) > 1}):
                checker.mistake(at, f"{what} {twice} stands twice in this service")


class _Maker:
    """Make entities from what is given, at one instant."""

    def __init__(self, store: Store, ids: Ids, setup: Setup, now: Instant) -> None:
        self._store = store
        self._ids = ids
        self._setup = setup
        self._now = now

    def service(self, given: Given) -> Service:
        values = self._admitted("Service", given)
        number, service_id = self._service_id(given)
        idle = given.get("auto_complete_after")
        retention = self._setup.retention(
            self._now, values.get("service_type"), None if idle is None else idle * 1000
        )
        limits = {name: given[name] for name in ("ttl",) if name in given}
        if "expiration_time" in given:
            limits["expiration_time"] = given["expiration_time"].at(self._now)
        service = Service(
            number=number,
            service_id=service_id,
            service_type=values.get("service_type"),
            customer_id=given.get("customer_id"),
            contact_key=given.get("contact_key"),
            retention=expiring(retention, limits, self._now),
            **self._course("Service", given, values),
        )
        for state in given.get("states", ()):
            self._state(number, state)
        for task in given.get("tasks", ()):
            self._task(number, task, task.get("state_id"))
        return service

    def _service_id(self, given: Given) -> tuple[int, int | str]:
        service_id = given.get("service_id")
        if service_id is None:
            return self._ids.service()
        if self._ids.form == "integer":
            return service_id, service_id
        number, _ = self._ids.service()
        return number, str(service_id)

    def _state(self, number: int, given: Given) -> None:
        values = self._admitted("State", given)
        state_id = given["state_id"] if "state_id" in given else self._ids.state()
        state = State(
            state_id=state_id,
            state_type=values.get("state_type"),
            previous_state_id=given.get("previous_state_id"),
            **self._course("State", given, values),
        )
        self._store.put_state(number, state)
        for task in given.get("tasks", ()):
            self._task(number, task, state_id)

    def _task(self, number: int, given: Given, state_id: int | None) -> None:
        values = self._admitted("Task", given)
        task = Task(
            task_id=given["task_id"] if "task_id" in given else self._ids.task(),
            task_type=values.get("task_type"),
            state_id=state_id,
            **self._course("Task", given, values),
        )
        self._store.put_task(number, task)

    def _admitted(self, kind: str, given: Given) -> Given:
        return admitted(self._setup, kind, given, CONVERTERS, fill=False, problems=[])

    def _course(self, kind: str, given: Given, values: Given) -> dict[str, Any]:
        return {
            "est_duration": given.get("est_duration"),
            "started": self._event(kind, given.get("started", _NOW)),
            "completed": (self._event(kind, given["completed"]) if "completed" in given else None),
            "disposition": values.get("disposition"),
            "disposition_desc": given.get("disposition_desc"),
            "extensions": given.get("extensions", NO_EXTENSIONS),
        }

    def _event(self, kind: str, given: When | Given) -> Event:
        if isinstance(given, When):
            return Event(given.at(self._now))
        values = self._admitted(kind, given)
        timestamp: When = given.get("timestamp", _NOW)
        members = {name: values[name] for name in EVENT_MEMBERS if name in values}
        return Event(timestamp.at(self._now), **members)


def _profile(given: Given, ids: Ids) -> Profile:
    attributes = {name: values for name, values in given.items() if isinstance(values, tuple)}
    customer_id = given.get("customer_id")
    return Profile(ids.customer() if customer_id is None else customer_id, attributes)


def _tasks(service: Given) -> list[Given]:
    tasks = list(service.get("tasks", ()))
    for state in service.get("states", ()):
        tasks.extend(state.get("tasks", ()))
    return tasks


def _check_values(setup: Setup, kind: str, given: Given, at: str, checker: Checker) -> None:
    """Note the values that business attributes do not admit, in an entity and its events."""
    problems: list[Problem] = []
    admitted(setup, kind, given, CONVERTERS, fill=False, problems=problems, where=f"{at}.")
    for event in ("started", "completed"):
        inside = given.get(event)
        if isinstance(inside, Mapping):
            admitted(
                setup,
                kind,
                inside,
                CONVERTERS,
                fill=False,
                problems=problems,
                where=f"{at}.{event}.",
            )
    for problem in problems:
        checker.mistake(problem.member, f"found {shown(problem.got)}, expected {problem.expected}")
