"""The data that a scenario puts into a world before the first request: customers and services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cs_simulator.documents.problems import MOST_NAMES, Problem
from cs_simulator.documents.shape import Checker, repeated
from cs_simulator.domain.errors import Conflict
from cs_simulator.domain.events import admitted
from cs_simulator.domain.members import BY_NAME, OF_RETENTION, EntityKind, kept
from cs_simulator.domain.metadata import PREDEFINED, Metadata
from cs_simulator.domain.model import NO_EXTENSIONS, Retention
from cs_simulator.domain.profiles import Profile, Profiles
from cs_simulator.domain.setup import NO_TENANT, Setup
from cs_simulator.domain.store import Gone
from cs_simulator.ids import Ids, NextNumbers, ServiceIdForm
from cs_simulator.scenario.calendar import When
from cs_simulator.scenario.interactions import check_interactions, depend_on_now, interactions_of
from cs_simulator.scenario.plan import (
    BasePlan,
    DeletedService,
    PlannedEvent,
    PlannedPart,
    PlannedService,
)
from cs_simulator.scenario.profiles import checked_profiles, no_customer

_NOW = When(relative=True)

Given = Mapping[str, Any]


class SharedValuesError(ValueError):
    """Generated customers share the values of a unique identification key."""

    def __init__(self, at: str, text: str) -> None:
        super().__init__(text)
        self.at = at


class Preload(NamedTuple):
    """The customers and services of a scenario, as they are given."""

    customers: Sequence[Given] = ()
    services: Sequence[Given] = ()
    deleted: Sequence[Given] = ()
    generate: Sequence[Given] = ()
    interactions: Sequence[Given] = ()
    seed: int = 0
    form: ServiceIdForm = "integer"
    metadata: Metadata | None = PREDEFINED
    """None if they are invalid; then nothing that depends on them is checked."""
    is_snapshot: bool = False
    """Whether this is the snapshot of a world, in which a service's customer may have been deleted.
    """
    counters: NextNumbers = NextNumbers()

    def plan(self, setup: Setup, profiles: Sequence[Profile] = ()) -> BasePlan:
        """Return the plan of a world's beginning, for any instant.

        ``profiles`` are what :meth:`check` returned. Raises :exc:`SharedValuesError`.
        """
        ids = Ids(self.seed, self.form, self.counters)
        self._reserve(ids)
        metadata = self.metadata or PREDEFINED
        stored = Profiles(metadata)
        taken = {
            customer["customer_id"] for customer in self.customers if "customer_id" in customer
        }
        stored.add_all(
            profile
            if "customer_id" in written
            else profile._replace(customer_id=ids.free_customer(taken))
            for written, profile in zip(self.customers, profiles, strict=True)
        )
        tenants = tuple(tenant.name for tenant in setup.tenants) or (NO_TENANT,)
        planners = {name: _Planner(ids, setup.of_tenant_named(name), name) for name in tenants}
        services = [
            planners[service.get("tenant", tenants[0])].service(service)
            for service in self.services
        ]
        for number, part in enumerate(self.generate):
            from cs_simulator.scenario.generate import generated_profiles, generated_services

            made: list[Profile] = []
            if "customers" in part:
                made = list(generated_profiles(part, number, metadata, ids, taken))
                try:
                    stored.add_all(made)
                except Conflict as conflict:
                    text = f"generated customers share a unique value: {conflict.text}"
                    raise SharedValuesError(f"generate[{number}].customers", text) from None
            own = setup.of_tenant_named(tenants[0])
            more = generated_services(part, number, made, self.seed, own)
            services += [planners[tenants[0]].service(service) for service in more]
        interactions = None
        depends_on_now = any(service.depends_on_now for service in services)
        if self.interactions:
            interactions = interactions_of(self.interactions)
            depends_on_now |= depend_on_now(self.interactions)
        deleted = [
            DeletedService(
                service.get("tenant", tenants[0]),
                service.get("number", service["service_id"]),
                service["service_id"] if self.form == "integer" else str(service["service_id"]),
                Gone(service["how"], service["time"]),
            )
            for service in self.deleted
        ]
        return BasePlan(stored, ids, services, deleted, depends_on_now, tenants, interactions)

    def _reserve(self, ids: Ids) -> None:
        for service in self.services:
            given = service.get("service_id" if self.form == "integer" else "number")
            ids.reserve(service=given or 0)
            for state in service.get("states", ()):
                ids.reserve(state=state.get("state_id", 0))
            for task in _tasks(service):
                ids.reserve(task=task.get("task_id", 0))
        for service in self.deleted:
            ids.reserve(service=service.get("number", service["service_id"]))

    def check(self, setup: Setup, checker: Checker) -> Sequence[Profile]:
        """Add problems between the parts of the data; return the profiles of customers."""
        known = {
            customer["customer_id"] for customer in self.customers if "customer_id" in customer
        }
        seen: set[str] = set()
        for position, customer in enumerate(self.customers):
            customer_id = customer.get("customer_id")
            if customer_id in seen:
                checker.problem(
                    f"customers[{position}].customer_id", f"duplicate customer_id {customer_id}"
                )
            if customer_id is not None:
                seen.add(customer_id)
        profiles: Sequence[Profile] = ()
        if self.customers and self.metadata is not None:
            profiles = checked_profiles(self.customers, self.metadata, checker)
        for position, part in enumerate(self.generate):
            from cs_simulator.scenario.generate import check_generation

            check_generation(part, f"generate[{position}]", self.metadata, setup, checker)
        if self.interactions:
            check_interactions(self.interactions, None if self.is_snapshot else known, checker)
        tenants = [tenant.name for tenant in setup.tenants]
        service_ids: set[tuple[str, str]] = set()
        numbers: set[int] = set()
        for position, service in enumerate(self.services):
            at = f"services[{position}]"
            if "retention" in service:
                _check_kept(service, at, checker)
            else:
                _check_owner(service, known, at, checker)
            _check_tenant(service, tenants, at, checker)
            self._check_number(service, numbers, at, checker)
            service_id = service.get("service_id")
            if service_id is not None:
                owned = (service.get("tenant", next(iter(tenants), NO_TENANT)), str(service_id))
                if owned in service_ids:
                    checker.problem(f"{at}.service_id", f"duplicate service_id {service_id}")
                service_ids.add(owned)
                self._check_form(service_id, at, checker)
            own = setup.of_tenant_named(service.get("tenant"))
            _check_values(own, "Service", service, at, checker)
            self._check_parts(own, service, at, checker)
        for position, service in enumerate(self.deleted):
            at = f"deleted_services[{position}]"
            _check_tenant(service, tenants, at, checker)
            self._check_number(service, numbers, at, checker)
            self._check_form(service["service_id"], at, checker)
            if self.form != "integer" and "number" not in service:
                expected = "the position in the order of creation"
                note = "fidelity service_ids=conversation needs it; integer does not"
                checker.missing(at, "number", expected, note)
        return profiles

    def _check_form(self, service_id: int | str, at: str, checker: Checker) -> None:
        if self.form == "integer" and not isinstance(service_id, int):
            note = "text ids need fidelity service_ids=conversation"
            checker.expected(f"{at}.service_id", "an integer", service_id, note)

    def _check_number(self, service: Given, numbers: set[int], at: str, checker: Checker) -> None:
        number = service.get("number")
        if number is None:
            return
        if self.form == "integer":
            checker.problem(f"{at}.number", "only allowed with fidelity service_ids=conversation")
        elif number in numbers:
            checker.problem(f"{at}.number", f"duplicate number {number}")
        elif "service_id" not in service:
            checker.problem(f"{at}.number", "only allowed with service_id")
        numbers.add(number)

    def _check_parts(self, setup: Setup, service: Given, at: str, checker: Checker) -> None:
        state_ids = [
            state["state_id"] for state in service.get("states", ()) if "state_id" in state
        ]
        known = set(state_ids)
        named = ", ".join(map(str, state_ids[:MOST_NAMES])) or "none with a state_id"
        for number, state in enumerate(service.get("states", ())):
            _check_values(setup, "State", state, f"{at}.states[{number}]", checker)
            for inner, task in enumerate(state.get("tasks", ())):
                where = f"{at}.states[{number}].tasks[{inner}]"
                _check_values(setup, "Task", task, where, checker)
                if "state_id" in task:
                    problem = "the task already belongs to the state that lists it"
                    checker.problem(f"{where}.state_id", problem, "remove state_id")
        for number, task in enumerate(service.get("tasks", ())):
            where = f"{at}.tasks[{number}]"
            _check_values(setup, "Task", task, where, checker)
            if (
                "state_id" in task
                and task["state_id"] not in known
                and setup.fidelity.state_references == "check"
            ):
                expected = f"a state of this service (it has {named})"
                checker.expected(f"{where}.state_id", expected, task["state_id"])
        for what, ids in (
            ("state_id", state_ids),
            ("task_id", [task["task_id"] for task in _tasks(service) if "task_id" in task]),
        ):
            for twice in sorted(repeated(ids)):
                checker.problem(at, f"duplicate {what} {twice} in this service")


class _Planner:
    """Plan the services of a tenant, and assign the ids that were left open."""

    def __init__(self, ids: Ids, setup: Setup, tenant: str) -> None:
        self._ids = ids
        self._setup = setup
        self._tenant = tenant

    def service(self, given: Given) -> PlannedService:
        values = self._admitted("Service", given)
        number, service_id = self._service_id(given)
        idle = given.get("auto_complete_after")
        retention = self._setup.retention(
            0, values.get("service_type"), None if idle is None else idle * 1000
        )
        expires: When | None = None if "ttl" in given else given.get("expiration_time")
        lifetime = given["ttl"] * 1000 if "ttl" in given else retention.lifetime
        states: dict[int, PlannedPart] = {}
        tasks: dict[int, PlannedPart] = {}
        for state in given.get("states", ()):
            self._state(state, states, tasks)
        for task in given.get("tasks", ()):
            self._task(task, task.get("state_id"), tasks)
        return PlannedService(
            number=number,
            part=self._part("Service", given, {**values, "service_id": service_id}),
            lifetime=None if expires is not None else lifetime,
            expires=expires,
            idle=retention.idle,
            states=states,
            tasks=tasks,
            tenant=self._tenant,
            kept=_retention(given["retention"]) if "retention" in given else None,
        )

    def _service_id(self, given: Given) -> tuple[int, int | str]:
        service_id = given.get("service_id")
        if service_id is None:
            return self._ids.service()
        if self._ids.form == "integer":
            return service_id, service_id
        number = given["number"] if "number" in given else self._ids.service()[0]
        return number, str(service_id)

    def _state(
        self, given: Given, states: dict[int, PlannedPart], tasks: dict[int, PlannedPart]
    ) -> None:
        values = self._admitted("State", given)
        state_id = given["state_id"] if "state_id" in given else self._ids.state()
        states[state_id] = self._part("State", given, {**values, "state_id": state_id})
        for task in given.get("tasks", ()):
            self._task(task, state_id, tasks)

    def _task(self, given: Given, state_id: int | None, tasks: dict[int, PlannedPart]) -> None:
        values = self._admitted("Task", given)
        task_id = given["task_id"] if "task_id" in given else self._ids.task()
        values = {**values, "task_id": task_id}
        if state_id is not None:
            values["state_id"] = state_id
        tasks[task_id] = self._part("Task", given, values)

    def _admitted(self, kind: EntityKind, given: Given) -> Given:
        return admitted(self._setup, kind, given, BY_NAME, fill=False, problems=[], where="")

    def _part(self, kind: EntityKind, given: Given, values: Given) -> PlannedPart:
        return PlannedPart(
            values={**kept(kind, values), **kept("end", values)},
            started=self._event(kind, given.get("started", _NOW)),
            completed=self._event(kind, given["completed"]) if "completed" in given else None,
            extensions=given.get("extensions", NO_EXTENSIONS),
        )

    def _event(self, kind: EntityKind, given: When | Given) -> PlannedEvent:
        if isinstance(given, When):
            return PlannedEvent(given)
        values = kept("event", self._admitted(kind, given))
        return PlannedEvent(given.get("timestamp", _NOW), values)


def _retention(given: Given) -> Retention:
    touched = given["touched"]
    return Retention(
        touched=touched,
        counted_from=given.get("counted_from", touched),
        lifetime=given.get("lifetime_ms"),
        expires=given.get("expiration_time"),
        idle=given.get("idle_ms"),
    )


def _tasks(service: Given) -> list[Given]:
    tasks = list(service.get("tasks", ()))
    for state in service.get("states", ()):
        tasks.extend(state.get("tasks", ()))
    return tasks


def _check_owner(service: Given, known: set[str], at: str, checker: Checker) -> None:
    if "customer_id" not in service and "contact_key" not in service:
        checker.problem(at, "customer_id or contact_key is missing")
    customer_id = service.get("customer_id")
    if customer_id is not None and customer_id not in known:
        no_customer(f"{at}.customer_id", customer_id, known, checker)


def _check_tenant(service: Given, known: Sequence[str], at: str, checker: Checker) -> None:
    tenant = service.get("tenant")
    if tenant is not None and tenant not in known:
        checker.no_such(f"{at}.tenant", tenant, known, "tenant", "settings.tenants has none")


def _check_kept(service: Given, at: str, checker: Checker) -> None:
    for member in OF_RETENTION:
        if member.name in service:
            place = f"{at}.{member.name}"
            checker.problem(place, "already set by retention", "remove one of the two")
    retention = service["retention"]
    if "lifetime_ms" in retention and "expiration_time" in retention:
        problem = "lifetime_ms and expiration_time are mutually exclusive"
        checker.problem(f"{at}.retention", problem)


def _check_values(setup: Setup, kind: EntityKind, given: Given, at: str, checker: Checker) -> None:
    """Add problems for values that business attributes reject, in an entity and its events."""
    problems: list[Problem] = []
    admitted(setup, kind, given, BY_NAME, fill=False, problems=problems, where=f"{at}.")
    for event in ("started", "completed"):
        inside = given.get(event)
        if isinstance(inside, Mapping):
            admitted(
                setup,
                kind,
                inside,
                BY_NAME,
                fill=False,
                problems=problems,
                where=f"{at}.{event}.",
            )
    for problem in problems:
        checker.add(problem)
