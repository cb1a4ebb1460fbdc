"""Any run of operations on services, states and tasks, on the wire and on the model."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.model import strategies as draw
from tests.model.bodies import Edition, date_of
from tests.model.composite import composite_start
from tests.model.model import Kind, Model, Which
from tests.model.views import LIST, ONE, Query, show_inner_list, show_list, show_one
from tests.model.wire import ID_MEMBERS, Wire, check_81, same, segment
from tests.support import Simulation

EVERYTHING = {
    "active_states": "true",
    "completed_states": "true",
    "active_tasks": "true",
    "completed_tasks": "true",
    "extensions": ["*"],
}
NOWHERE = ("77", "abc", "-1", "99999999999999999999")
DAY = 24 * draw.HOUR


class ServicesMachine(RuleBasedStateMachine):
    """A world on the wire, and the model of it."""

    @initialize(
        switches=draw.switches,
        completing=st.booleans(),
        services=st.lists(draw.beginnings, min_size=1, max_size=3),
    )
    def begin(
        self, switches: dict[str, str], completing: bool, services: list[dict[str, Any]]
    ) -> None:
        after = {"enabled": True, "after": "90m"} if completing else {"enabled": False}
        settings = {"expiration": "1d", "auto_complete": after}
        simulation = Simulation({"fidelity": switches, "settings": settings})
        self.simulation = simulation
        self.model = Model(switches, draw.START, DAY, 90 * draw.MINUTE if completing else None)
        self.wire = Wire(simulation, self.model)
        for body in services:
            self.start_service("8.5", body)
            self.start("state", max(self.model.services), "8.5", {"state_type": 1})
            self.start("task", max(self.model.services), "8.5", {"task_type": 1})

    # Choosing

    def a_service(self, pick: int) -> object:
        """Return one of the newest services, one that is gone, or none there ever was."""
        there, all_ = list(self.model.services)[-4:], list(self.wire.ids)
        if pick < 8 and there:
            return there[pick % len(there)]
        return all_[0] if pick == 8 and all_ else NOWHERE[pick % 4]

    def an_entity(self, kind: Kind, pick: int) -> tuple[object, object]:
        """Return a service, and a state or task in it, or in another, or none."""
        if kind == "service":
            return self.a_service(pick), None
        pairs = [
            (service.number, key)
            for service in self.model.services.values()
            for key in (service.states if kind == "state" else service.tasks)
        ][-5:]
        if pick < 8 and pairs:
            return pairs[pick % len(pairs)]
        return self.a_service(pick % 7), pairs[0][1] if pick == 8 and pairs else NOWHERE[pick % 4]

    def look(self, number: object) -> None:
        """Compare all of a service."""
        self.get("8.5", number, "service", None, EVERYTHING)

    def get(
        self,
        edition: Edition,
        number: object,
        kind: Kind,
        key: object,
        query: dict[str, Any],
    ) -> None:
        self.wire.query(
            edition,
            self.wire.path(number, kind, key) + draw.query_string(query, repeated=True),
            lambda: show_one(self.model, number, kind, key, Query(query, ONE[kind])),
        )

    # Events

    @rule(edition=draw.editions, body=draw.services)
    def start_service(self, edition: Edition, body: dict[str, Any]) -> None:
        number = self.wire.start(
            edition,
            "service",
            "services/start",
            body,
            lambda: self.model.start_service(body, edition),
        )
        if number is not None:
            self.look(number)

    @rule(edition=draw.editions, pick=draw.picks, body=draw.states)
    def start_state(self, edition: Edition, pick: int, body: dict[str, Any]) -> None:
        self.start("state", self.a_service(pick), edition, body)

    @rule(edition=draw.editions, pick=draw.picks, body=draw.tasks, inside=st.integers(-1, 9))
    def start_task(self, edition: Edition, pick: int, body: dict[str, Any], inside: int) -> None:
        number = self.a_service(pick)
        if inside > 4:
            owner, state = self.an_entity("state", inside)
            number, state = (owner, state) if isinstance(state, int) else (number, 77)
            body = {**body, "state_id": str(state) if inside == 6 else state}
        self.start("task", number, edition, body)

    def start(self, kind: Kind, number: object, edition: Edition, body: dict[str, Any]) -> None:
        path = f"{self.wire.path(number)}/{kind}s/start"
        self.wire.start(
            edition, kind, path, body, lambda: self.model.start(number, kind, body, edition)
        )
        self.look(number)

    @rule(edition=draw.editions, kind=draw.kinds, pick=draw.picks, body=draw.ends)
    def end(self, edition: Edition, kind: Kind, pick: int, body: dict[str, Any]) -> None:
        number, key = self.an_entity(kind, pick)
        self.wire.change(
            edition,
            "POST",
            f"{self.wire.path(number, kind, key)}/end",
            body,
            lambda: self.model.end(number, kind, key, body, edition),
            status=204,
        )
        self.look(number)

    @rule(edition=draw.editions, pick=draw.picks, body=draw.transitions)
    def transition(self, edition: Edition, pick: int, body: dict[str, Any]) -> None:
        number, state = self.an_entity("state", pick)
        if "from" in body and pick != 7:
            body = {**body, "from": {**body["from"], "state_id": state}}
        path = f"{self.wire.path(number)}/states/transition"
        self.wire.start(
            edition, "state", path, body, lambda: self.model.transition(number, body, edition)
        )
        self.look(number)

    @rule(edition=draw.editions, pick=draw.picks, customer=draw.customers, body=draw.associations)
    def associate(self, edition: Edition, pick: int, customer: str, body: dict[str, Any]) -> None:
        number = self.a_service(pick)
        self.wire.change(
            edition,
            "POST",
            f"customers/{segment(customer)}/{self.wire.path(number)}",
            body,
            lambda: self.model.associate(number, customer, body, edition),
            status=204,
        )
        self.look(number)

    @rule(
        edition=draw.editions,
        kind=draw.kinds,
        pick=draw.picks,
        name=draw.any_names,
        value=draw.values,
    )
    def put_extension(
        self, edition: Edition, kind: Kind, pick: int, name: str, value: object
    ) -> None:
        number, key = self.an_entity(kind, pick)
        self.wire.change(
            edition,
            "PUT",
            f"{self.wire.path(number, kind, key)}/extensions/{segment(name)}",
            value,
            lambda: self.model.put_extension(number, kind, key, name, value, edition),
            status=200,
            raw=True,
        )
        self.look(number)

    @rule(kind=draw.kinds, pick=draw.picks, name=draw.any_names, value=draw.maps)
    def merge_extension(self, kind: Kind, pick: int, name: str, value: object) -> None:
        number, key = self.an_entity(kind, pick)
        self.wire.change(
            "8.5",
            "PUT",
            f"{self.wire.path(number, kind, key)}/extensions/{segment(name)}/merge",
            value,
            lambda: self.model.merge_extension(number, kind, key, name, value),
            status=200,
            raw=True,
        )
        self.look(number)

    @rule(body=draw.composites)
    def composite(self, body: dict[str, Any]) -> None:
        found = self.wire.ask(
            "8.5",
            "POST",
            "services_composite/start",
            body,
            lambda: composite_start(self.model, body),
        )
        if found is None:
            return
        answer, elements = found
        shown = answer.shows()["services"]
        assert len(shown) == len(elements)
        for one, parts in zip(shown, elements, strict=True):
            service, *_ = parts
            if service.number not in self.wire.ids:
                self.wire.learn(service.number, one["service"]["service_id"])
            for part in parts:
                known = self.wire.ids[part.number] if part.kind == "service" else part.number
                created = "true" if part.created else "false"
                assert one[part.kind] == {ID_MEMBERS[part.kind]: known, "created": created}
            assert set(one) == {part.kind for part in parts}
        service, *_, last = elements[0]
        path = self.wire.path(service.number, last.kind, last.number)
        assert answer.location == f"/genesys/1/cs/{path}"
        for service, *_ in elements:
            self.look(service.number)

    @rule(pick=draw.picks, body=draw.expirations)
    def update_expiration(self, pick: int, body: dict[str, Any]) -> None:
        number = self.a_service(pick)
        self.wire.change(
            "8.5",
            "PUT",
            self.wire.path(number),
            body,
            lambda: self.model.update_expiration(number, body),
            status=200,
        )

    @rule(pick=draw.picks)
    def delete(self, pick: int) -> None:
        number = self.a_service(pick)
        path = self.wire.path(number)
        self.wire.change("8.5", "DELETE", path, None, lambda: self.model.delete(number), status=200)

    @rule(body=draw.purges)
    def purge(self, body: dict[str, Any]) -> None:
        self.wire.change(
            "8.5", "POST", "maintenance/purge", body, lambda: self.model.purge(body), status=200
        )

    @rule(pick=draw.picks, what=st.sampled_from(["composite", "merge", "purge", "DELETE", "PUT"]))
    def ask_of_81_what_only_85_has(self, pick: int, what: str) -> None:
        path = self.wire.path(self.a_service(pick))
        send = self.simulation.request
        self.model.settle()
        if what in ("DELETE", "PUT"):
            check_81(send(what, path, base="/"), 405, 4050)
            return
        method, other = {
            "composite": ("POST", "services_composite/start"),
            "merge": ("PUT", f"{path}/extensions/note/merge"),
            "purge": ("POST", "maintenance/purge"),
        }[what]
        check_81(send(method, other, {"limit": date_of(0)}, base="/"), 404, 4040)

    # Time

    @rule(minutes=st.sampled_from([1, 9, 10, 59, 60, 90, 120, 1440]))
    def advance(self, minutes: int) -> None:
        at = {"by": f"{minutes}m"}
        assert self.simulation.post("clock/advance", at, base="/_control/").status == 200
        self.model.move(self.model.now + minutes * draw.MINUTE)

    @rule(minutes=st.sampled_from([30, 600]))
    def set_back(self, minutes: int) -> None:
        now = self.model.now - minutes * draw.MINUTE
        at = {"mode": "frozen", "time": date_of(now)}
        assert self.simulation.put("clock", at, base="/_control/").status == 200
        self.model.move(now)

    # Queries

    @rule(edition=draw.editions, kind=draw.kinds, pick=draw.picks, query=draw.queries)
    def get_one(self, edition: Edition, kind: Kind, pick: int, query: dict[str, Any]) -> None:
        number, key = self.an_entity(kind, pick)
        self.get(edition, number, kind, key, query)

    @rule(
        edition=draw.editions,
        kind=draw.inner_kinds,
        pick=draw.picks,
        which=draw.which,
        query=draw.queries,
        types=st.none() | st.lists(draw.types, max_size=2),
        inside=draw.picks,
    )
    def list_inner(
        self,
        edition: Edition,
        kind: Kind,
        pick: int,
        which: Which,
        query: dict[str, Any],
        types: list[Any] | None,
        inside: int,
    ) -> None:
        number = self.an_entity(kind, pick)[0]
        if types is not None:
            query = {**query, f"{kind}_types": types}
        if kind == "task" and inside > 6:
            query = {**query, "state_id": [self.an_entity("state", inside)[1]]}
        path = f"{self.wire.path(number)}/{kind}s" + (f"/{which}" if which else "")
        self.wire.query(
            edition,
            path + draw.query_string(query, repeated=False),
            lambda: show_inner_list(self.model, number, kind, which, Query(query, LIST[kind])),
        )

    @rule(
        edition=draw.editions,
        customer=st.none() | draw.customers,
        contact=draw.contacts,
        which=draw.which,
        query=draw.queries,
        filters=draw.filters,
        repeated=st.booleans(),
    )
    def list_services(
        self,
        edition: Edition,
        customer: str | None,
        contact: str,
        which: Which,
        query: dict[str, Any],
        filters: dict[str, Any],
        repeated: bool,
    ) -> None:
        query = {**query, **filters}
        owner, key = ("customer_id", customer) if customer else ("contact_key", contact)
        path = "customers/{}/services" if customer else "services/anonymous/{}"
        path = path.format(segment(key)) + (f"/{which}" if which else "")
        self.wire.query(
            edition,
            path + draw.query_string(query, repeated=repeated),
            lambda: show_list(self.model, owner, key, which, Query(query, LIST["service"])),
        )

    # The end

    def teardown(self) -> None:
        if not hasattr(self, "model"):
            return
        for number in self.wire.ids:
            self.look(number)
        for state, status in self.simulation.statuses():
            assert state == "done"
            assert status != 500
        assert same(len(self.model.services), len(self.simulation.world.begin().store))
