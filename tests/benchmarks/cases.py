"""What is asked: requests whose ids and numbers go on, and what the bare stack answers to them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from tests.benchmarks.load import Connection, request_bytes
from tests.support import BASE, FIRST_SERVICE, FIRST_STATE, FIRST_TASK

START = json.dumps(
    {
        "timestamp": "2009-05-12T12:05:12.145Z",
        "interaction_id": "123ABCAADFJ1259ACF",
        "application_type": 400,
        "application_id": 40,
        "est_duration": 60,
        "contact_key": "42",
        "service_type": 100,
        "media_type": 1,
        "resource_id": 5005,
        "resource_type": 2,
        "coupon": {"coupon_name": "DISCOUNTCODE15"},
    }
).encode("ascii")
START_SERVICE = request_bytes("POST", f"{BASE}/services/start", START)
NOBODY = request_bytes("GET", f"{BASE}/services/anonymous/nobody")
RESET = request_bytes("POST", "/_control/reset", b"{}")
RING = 1_000
"""How many requests the journal of a world keeps."""

_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Case:
    """An operation and how it is asked.

    In the path and the body, ``{k}`` is the number of what is asked for, ``{id}``, ``{state}`` and
    ``{task}`` the ids of that number, ``{other}`` the service after all those, and ``{n}`` a number
    that never comes again.
    """

    name: str
    method: str
    path: str
    body: str = ""

    @property
    def rule(self) -> str:
        """The path as a rule of Flask."""
        numbers = count()
        path = f"{BASE}{self.path}".partition("?")[0]
        return _PLACE.sub(lambda _: f"<part{next(numbers)}>", path)

    def requests(self, stored: int) -> Iterator[bytes]:
        """Yield requests for each of what is stored, again and again."""
        for number in count():
            k = number % stored
            values = {
                "k": k,
                "n": number,
                "id": FIRST_SERVICE + k,
                "other": FIRST_SERVICE + stored + k,
                "state": FIRST_STATE + k,
                "task": FIRST_TASK + k,
            }
            target, body = (
                _PLACE.sub(lambda found: str(values[found[1]]), text)  # noqa: B023 - used at once
                for text in (self.path, self.body)
            )
            yield request_bytes(self.method, f"{BASE}{target}", body.encode("ascii"))


@dataclass(frozen=True)
class BareResponse:
    """What the bare stack answers: always the same, to every request that fits the rule."""

    method: str
    rule: str
    status: int
    location: str | None
    body: Any

    @classmethod
    def of(cls, method: str, rule: str, response: bytes) -> BareResponse:
        """Return what a response says, as the answer to such requests."""
        head, _, body = response.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value for name, _, value in (each.partition(": ") for each in lines)
        }
        status = int(first.split()[1])
        if not 200 <= status < 300:
            raise RuntimeError(f"{method} {rule}: {response.decode('latin-1')}")
        return cls(method, rule, status, headers.get("location"), json.loads(body or b"null"))


def answer_to(port: int, method: str, target: str, body: bytes = b"") -> BareResponse:
    """Ask a server once; return its answer, as that of the bare stack to such requests."""
    connection = Connection(port)
    try:
        response = connection.ask(request_bytes(method, target, body))
        return BareResponse.of(method, target.partition("?")[0], response)
    finally:
        connection.close()


def answers_to(
    port: int, cases: Sequence[Case], stored: int, prepare: Callable[[int], None]
) -> list[BareResponse]:
    """Ask a server each case once, each in a world that was prepared for it; return its answers."""
    answers = []
    for case in cases:
        prepare(port)
        connection = Connection(port)
        response = connection.ask(next(case.requests(stored)))
        answers.append(BareResponse.of(case.method, case.rule, response))
        connection.close()
    return answers


def reset(port: int) -> None:
    """Reset the default world of a server."""
    connection = Connection(port)
    response = connection.ask(RESET)
    assert response.startswith(b"HTTP/1.1 200"), response
    connection.close()
