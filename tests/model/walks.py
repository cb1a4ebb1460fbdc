"""A client that walks through one world, and notes every answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from tests.support.app import BASE, FROZEN
from tests.support.responses import Response

DOCUMENT = (
    FROZEN
    + """
fidelity: {service_ids: FORM, custom_ids: accept, state_references: ignore}
first_ids: {service: 5000, state: 70, task: 900}
settings: {expiration: 3d, auto_complete: {enabled: true, after: 2d}, data_validation: false}
business_attributes:
  Types: {dbid: 9, cv_attributes: [Service.type], default: gold,
          values: [{name: gold, dbid: 1, expiration: 36h}, {name: silver, dbid: 2}]}
customers: [{customer_id: C1, FirstName: Ada, PhoneNumber: ["1", "2"]}, {LastName: Byron}]
services:
  - {service_id: 4, customer_id: C1, service_type: gold, started: -2h,
     states: [{state_id: 3, started: -1h, tasks: [{task_type: 7, started: -30m}]}]}
  - {service_id: 2, contact_key: K, ttl: 86400}
faults:
  - {on: start_state, every: 3, response: {status: 503}}
  - {name: luck, on: [start_task, get_service], probability: 0.3, response: {status: 500}}
  - {name: busy, on: start_service, above_rate: {calls: 2, per: 2h}, response: {status: 429}}
  - {name: steps, on: end_state, sequence: [{response: {status: 500}}, pass, {advance: 5m}],
     repeat: forever}
stages:
  - {name: well, until: {calls: 4, on: start_service}}
  - {name: ill, until: {elapsed: 5h},
     faults: [{name: ache, on: end_service, skip: 1, response: {status: 500}},
              {on: start_service, times: 2, response: {status: 502}}]}
  - {name: better, until: {elapsed: 1h}, then: ill}
"""
)
OWN = ("X-Simulator-Request", "X-Simulator-Instance")
"""Headers that name one request or one server."""

RULES = (
    {"name": "ache", "on": "end_service", "every": 2, "response": {"status": 409}},
    {"name": "extra", "on": ["start_state", "end_task"], "times": 2, "response": {"status": 418}},
    {"name": "luck", "on": "any", "between": ["1h", "9h"], "probability": 0.5, "patch": {"a": 1}},
    {"on": "query_customer_services", "where": {"customer_id": "C1"}, "response": {"status": 500}},
)
VALUES: tuple[Any, ...] = (
    None,
    True,
    -0.0,
    1e22,
    10**39,
    "",
    "no",
    "é\u2028\ud800",
    [{"a": {}}],
    {"b": [1, "x"]},
)

KINDS = (
    "start_service start_state start_task transition composite end_service end_state end_task "
    "associate delete expiration extend merge profile advance add_rule put_rule drop_rule "
    "next_stage put_stage look"
).split()
SPANS = ("7m", "50m", "3h", "11h", "1m", "40h")


MARK = re.compile(rb"mark-[0-9]+")


class Step(NamedTuple):
    """One thing to do, chosen by three numbers; what it starts carries the mark."""

    kind: str
    one: int
    two: int
    three: int
    mark: int = 0


class Walker:
    """A client that does what it is told, and notes every answer."""

    def __init__(
        self, ask: Callable[..., Response], world: str, services: Sequence[Any] = ()
    ) -> None:
        self._ask = ask
        self._prefix = f"/_world/{world}"
        self.services = list(services)
        self.answers: list[tuple[int, bytes, dict[str, str]]] = []

    def send(self, method: str, path: str, body: Any = None) -> Response:
        """Send a request and note its answer."""
        path = path if path.startswith("/_control") else f"{BASE}/{path}"
        reply = self._ask(method, f"{self._prefix}{path}", body)
        own = {name: text for name, text in reply.headers.items() if name not in OWN}
        self.answers.append((reply.status, reply.body, own))
        return reply

    def look_at_faults(self) -> None:
        """Ask for the rules; a snapshot has named those that were written without a name."""
        reply = self._ask("GET", f"{self._prefix}/_control/faults")
        faults = reply.json()["faults"]
        for each in faults:
            each["rule"]["name"] = each["name"]
        self.answers.append((reply.status, json.dumps(faults, sort_keys=True).encode(), {}))

    def step(self, step: Step) -> None:
        """Do one thing."""
        kind, one, two, three, mark = step
        service = f"services/{self.services[one % len(self.services)]}" if self.services else "x"
        state, task = f"{service}/states/{70 + two}", f"{service}/tasks/{900 + two}"
        event: dict[str, Any] = {}
        if three % 3 == 0:
            event = {"disposition": "done", "resource_id": 7, "media_type": two, "session_id": ""}
        data = {f"x{two % 3}": VALUES[three % len(VALUES)], "mark": f"mark-{mark}"}
        body: dict[str, Any]
        if kind == "start_service":
            owner = {"customer_id": ("C1", "ghost")[one % 2]} if two % 2 else {"contact_key": "K"}
            more: tuple[dict[str, Any], ...] = (
                {},
                {"ttl": 5000 * (one + 1)},
                {"auto_complete_after": 9000},
                {"est_duration": 5},
            )
            body = {**owner, **more[one % 4], **data}
            if three % 4:
                body["service_type"] = ("gold", 2, "other")[three % 3]
            self._note(self.send("POST", "services/start", body))
        elif kind == "start_state":
            body = {"state_type": one, **data, **({"previous_state_id": two} if three % 2 else {})}
            self.send("POST", f"{service}/states/start", body)
        elif kind == "start_task":
            body = {"task_type": one, **({"state_id": 70 + two} if three % 2 else {}), **data}
            self.send("POST", f"{service}/tasks/start", body)
        elif kind == "transition":
            ends = {"from": {"state_id": 70 + two, **data}, "to": {"state_type": three}}
            self.send("POST", f"{service}/states/transition", ends)
        elif kind == "composite":
            part = {
                "service": {"contact_key": "K", "service_type": one % 3},
                "state": {"state_type": two},
                "task": {"task_type": three, "associate_state_task": True},
            }
            self._note(self.send("POST", "services_composite/start", {"services": [part]}))
        elif kind.startswith("end_"):
            where = {"end_service": service, "end_state": state, "end_task": task}[kind]
            self.send("POST", f"{where}/end", {**event, **data})
        elif kind == "associate":
            self.send("POST", f"customers/{('C1', 'ghost')[two % 2]}/{service}", event)
        elif kind == "delete":
            self.send("DELETE", service)
        elif kind == "expiration":
            until = {"expiration_time": f"2026-01-{6 + two:02}T09:00:00.000Z"}
            self.send("PUT", service, until if three % 2 else {"ttl": 3600 * (1 + two)})
        elif kind == "extend":
            self.send("PUT", f"{(service, state, task)[three % 3]}/extensions/e", VALUES[two % 10])
        elif kind == "merge":
            where = (service, state, task)[three % 3]
            self.send("PUT", f"{where}/extensions/e/merge", {f"m{one}": VALUES[two % 10]})
        elif kind == "profile":
            named = {"customer_id": f"P{one}"} if three % 2 else {}
            self.send("POST", "profiles", {"FirstName": ["a", "b"][: 1 + two % 2], **named})
        elif kind == "advance":
            self.send("POST", "/_control/clock/advance", {"by": SPANS[one % len(SPANS)]})
        elif kind == "add_rule":
            self.send("POST", "/_control/faults", RULES[one % len(RULES)])
        elif kind == "put_rule":
            rule = {"on": "start_task", "delay": "0ms", "times": two + 1}
            self.send("PUT", f"/_control/faults/{('busy', 'extra', 'ache')[one % 3]}", rule)
        elif kind == "drop_rule":
            name = ("luck", "ache", "start_service-1", "extra", "steps")[one % 5]
            self.send("DELETE", f"/_control/faults/{name}")
        elif kind == "next_stage":
            self.send("POST", "/_control/stage/next")
        elif kind == "put_stage":
            name = ("well", "ill", "better")[one % 3]
            self.send("PUT", "/_control/stage", {"name": name})
        else:
            assert kind == "look"
            self.look()

    def _note(self, reply: Response) -> None:
        if reply.status == 201:
            body = reply.json()
            made = body["services"][0]["service"] if "services" in body else body
            self.services.append(made.get("service_id", "x"))

    def look(self) -> None:
        """Ask for everything there is."""
        flags = "active_states=true&completed_states=true&active_tasks=true&completed_tasks=true"
        for each in dict.fromkeys(self.services):
            self.send("GET", f"services/{each}?{flags}&extensions=*")
        for path in ("customers/C1/services", "customers/ghost/services", "services/anonymous/K"):
            self.send("GET", f"{path}?extensions=*")
        for path in ("profiles?FirstName=a&id_key=idName", "profiles/C1", "profiles?PhoneNumber=2"):
            self.send("GET", path)
        for path in ("stage", "clock"):
            self.send("GET", f"/_control/{path}")
        self.look_at_faults()


PROBE = tuple(
    Step(*each)
    for each in (
        ("look", 0, 0, 0),
        ("start_service", 1, 1, 1),
        ("start_service", 0, 0, 5),
        ("composite", 1, 2, 3),
        ("start_state", 0, 0, 4),
        ("start_task", 3, 1, 1),
        ("end_state", 0, 0, 3),
        ("profile", 0, 0, 0),
        ("end_service", 4, 0, 3),
        ("put_stage", 1, 0, 0),
        ("advance", 2, 0, 0),
        ("start_service", 2, 1, 3),
        ("look", 0, 0, 0),
        ("advance", 4, 0, 0),
        ("start_task", 2, 0, 1),
        ("look", 0, 0, 0),
        ("advance", 5, 0, 0),
        ("look", 0, 0, 0),
    )
)
