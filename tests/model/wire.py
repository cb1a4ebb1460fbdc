"""Holds what comes over the wire against what the model says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

from tests.model.bodies import BAD, Edition
from tests.model.model import Kind, Model, Refused, Unknown
from tests.support import BASE, EXCEPTIONS, ApiResponse, Simulation

T = TypeVar("T")

BASES = {"8.5": f"{BASE}/", "8.1": "/"}
ID_MEMBERS = {"service": "service_id", "state": "state_id", "task": "task_id"}
_CONVERSATION = re.compile(r"\d{1,3}-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


class Wire:
    """A client that knows by which id the wire calls each service of the model."""

    def __init__(self, simulation: Simulation, model: Model) -> None:
        self._simulation = simulation
        self._model = model
        self.ids: dict[object, Any] = {}

    def text(self, number: object) -> str:
        """Return the id of a service as a path has it."""
        return str(self.ids.get(number, number))

    def path(self, number: object, kind: Kind = "service", key: object = None) -> str:
        """Return the path of a service, or of a state or task in it."""
        service = f"services/{self.text(number)}"
        return service if kind == "service" else f"{service}/{kind}s/{key}"

    def ask(
        self,
        edition: Edition,
        method: str,
        path: str,
        body: Any,
        predict: Callable[[], T],
        *,
        raw: bool = False,
    ) -> tuple[ApiResponse, T] | None:
        """Send a request; unless the model refuses it as the answer does, return both answers."""
        self._model.settle()
        sent = {"raw": json.dumps(body).encode()} if raw else {"body": body}
        answer = self._simulation.request(method, path, base=BASES[edition], **sent)
        try:
            predicted = predict()
        except Unknown as error:
            self._check_unknown(edition, answer, error)
            return None
        except Refused as error:
            self._check_refused(edition, answer, error)
            return None
        assert answer.status < 300, (answer.status, answer.raw)
        return answer, predicted

    def change(
        self,
        edition: Edition,
        method: str,
        path: str,
        body: Any,
        predict: Callable[[], None],
        *,
        status: int,
        raw: bool = False,
    ) -> None:
        """Send what is answered with a status alone."""
        if found := self.ask(edition, method, path, body, predict, raw=raw):
            found[0].ok(status)

    def start(
        self, edition: Edition, kind: Kind, path: str, body: Any, predict: Callable[[], int]
    ) -> int | None:
        """Send what makes something; return its number."""
        found = self.ask(edition, "POST", path, body, predict)
        if found is None:
            return None
        answer, number = found
        member = ID_MEMBERS[kind]
        assert answer.status == 201
        assert list(answer.json) == [member]
        if kind == "service":
            self.learn(number, answer.json[member])
        else:
            assert answer.json == {member: number}
        place = path.removesuffix("/start").removesuffix("/transition")
        assert answer.location == f"{BASES[edition]}{place}/{answer.json[member]}"
        return number

    def learn(self, number: int, service_id: Any) -> None:
        """Take the id of a new service: foretold as an integer, else new and of the right form."""
        if self._model.switches["service_ids"] == "integer":
            assert same(service_id, number)
        else:
            assert _CONVERSATION.fullmatch(service_id)
            assert service_id not in self.ids.values()
        self.ids[number] = service_id

    def query(self, edition: Edition, path: str, predict: Callable[[], Any]) -> None:
        """Ask, and compare the whole answer."""
        if found := self.ask(edition, "GET", path, None, predict):
            answer, predicted = found
            assert same(answer.shows(), self._render(predicted)), (
                f"{answer.json}\n{self._render(predicted)}"
            )

    def _render(self, shown: Any) -> Any:
        if isinstance(shown, list):
            return [self._render(each) for each in shown]
        if isinstance(shown, dict) and "service_id" in shown:
            return {**shown, "service_id": self.ids[shown["service_id"]]}
        return shown

    def _check_unknown(self, edition: Edition, answer: ApiResponse, error: Unknown) -> None:
        if edition == "8.5":
            key = self.text(error.key) if error.kind == "service" else error.key
            message = answer.refused(int(self._model.switches["not_found_status"]))
            assert message == f"There are no {error.kind} found for : {key}", message
            assert answer.json["exception"] == f"{EXCEPTIONS}.NotFoundException"
        else:
            check_81(answer, 404, 4040)

    def _check_refused(self, edition: Edition, answer: ApiResponse, error: Refused) -> None:
        codes = {code for code, _ in error.problems}
        if edition == "8.5":
            said = answer.refused(400)
            assert answer.json["exception"] == f"{EXCEPTIONS}.ContextServicesExceptionResource"
        else:
            # Which of several comes first is not ours to say; what no source numbers neither.
            code = min(codes) if len(codes) == 1 else answer.json["code"]
            said = check_81(answer, 400, code)
            assert said.startswith("bad parameter '") or codes != {BAD}
        for _, member in error.problems:
            assert member in said, (member, said)


def check_81(answer: ApiResponse, status: int, code: int) -> str:
    """Check an error in the form of 8.1; return its description."""
    assert answer.status == status, answer.raw
    assert list(answer.json) == ["http_method", "title", "description", "code", "uri"]
    assert answer.json["code"] == code
    said: str = answer.json["description"]
    return said


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are one JSON text, but for the order of members."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def segment(value: str) -> str:
    """Write a value as one segment of a path."""
    return quote(value, safe="")
