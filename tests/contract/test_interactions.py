"""Interactions: preloaded, and only read. Contract section 8."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.conftest import Simulate
from tests.support import BASE, NOW, Simulation, assumed, documented

BASES = {"8.5": f"{BASE}/", "8.1": "/"}
EDITIONS = pytest.mark.parametrize("base", BASES.values(), ids=BASES.keys())

CHAT = {
    "customer_id": "C",
    "interaction_id": "00001a57JGQ00BW8",
    "media_type": "chat",
    "start_date": "-2h",
    "established_date": "-119m",
    "external_id": "x-1",
    "udata": {"CustomerSegment": "gold", "ServiceType": "loan"},
    "text": "Grüß Gott",
    "structured_text": "<chat/>",
    "binary_content": {"media_type": "image/png", "base64": base64.b64encode(b"\x89PNG").decode()},
}
CALL = {"customer_id": "C", "interaction_id": "i 2/ü", "media_type": "voice", "duration": 61}
OTHER = {"customer_id": "D", "interaction_id": "3", "media_type": "sms", "start_date": NOW}
DOCUMENT: dict[str, Any] = {
    "customers": [{"customer_id": "C"}, {"customer_id": "D"}],
    "interactions": [CHAT, CALL, OTHER],
}


@documented("Query Interactions: one object for one id, texts as addresses")
@EDITIONS
def test_get_interaction(simulate: Simulate, base: str) -> None:
    cs = simulate(DOCUMENT)
    address = f"http://localhost{base}interactions/00001a57JGQ00BW8"
    assert cs.get("interactions/00001a57JGQ00BW8", base=base).shows() == {
        "customer_id": "C",
        "interaction_id": "00001a57JGQ00BW8",
        "status": 3,
        "entity_type": 2,
        "type": "Inbound",
        "media_type": "chat",
        "external_id": "x-1",
        "creator_app_id": 0,
        "start_date": "2026-01-05T07:00:00.000Z",
        "established_date": "2026-01-05T07:01:00.000Z",
        "udata": {"CustomerSegment": "gold", "ServiceType": "loan"},
        "text": f"{address}/plain_text",
        "structured_text": f"{address}/structured_text",
        "binary_content": f"{address}/binary_content",
    }


@documented("Query Interactions: content at /plain_text, /structured_text, /binary_content")
@pytest.mark.parametrize(
    ("content", "media_type", "data"),
    [
        ("plain_text", "text/plain; charset=utf-8", "Grüß Gott".encode()),
        ("structured_text", "text/html; charset=utf-8", b"<chat/>"),
        ("binary_content", "image/png", b"\x89PNG"),
    ],
)
@EDITIONS
def test_get_interaction_content(
    simulate: Simulate, base: str, content: str, media_type: str, data: bytes
) -> None:
    cs = simulate(DOCUMENT)
    answer = cs.get(f"interactions/00001a57JGQ00BW8/{content}", base=base)
    assert (answer.status, answer.raw) == (200, data)
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["Content-Length"] == str(len(data))
    head = cs.request("HEAD", f"interactions/00001a57JGQ00BW8/{content}", base=base)
    assert (head.status, head.raw) == (200, b"")


@assumed("an interaction or a content that is not there is 404")
@pytest.mark.parametrize(
    ("path", "text", "hint"),
    [
        ("interactions/none", "No interaction with id none", ""),
        (
            "interactions/3/plain_text",
            "Interaction 3 has no plain_text",
            "it has no content",
        ),
        (
            "interactions/00001a57JGQ00BW8/plaintext",
            "Interaction 00001a57JGQ00BW8 has no plaintext",
            "it has plain_text, structured_text, binary_content",
        ),
    ],
)
@EDITIONS
def test_get_interaction_unknown(
    simulate: Simulate, base: str, path: str, text: str, hint: str
) -> None:
    answer = simulate(DOCUMENT).get(path, base=base)
    assert (answer.status, answer.json["code"]) == (404, 4040)
    assert (answer.json["description"], answer.hint) == (text, hint)


@documented("Query Interactions, by customer")
@EDITIONS
def test_query_interactions_of_a_customer(simulate: Simulate, base: str) -> None:
    cs = simulate(DOCUMENT)
    chat, call = cs.get("customers/C/interactions", base=base).shows()
    assert chat["interaction_id"] == "00001a57JGQ00BW8"
    assert call == {
        "customer_id": "C",
        "interaction_id": "i 2/ü",
        "status": 3,
        "entity_type": 3,
        "type": "Inbound",
        "media_type": "voice",
        "creator_app_id": 0,
        "start_date": NOW,
        "duration": 61,
    }
    assert cs.get("interactions/i%202%2F%C3%BC", base=base).shows() == call
    assert cs.get("customers/nobody/interactions", base=base).shows() == []


@assumed("the interactions of a service are those that its events name")
@EDITIONS
def test_query_interactions_of_a_service(simulate: Simulate, base: str) -> None:
    cs = simulate(DOCUMENT)
    number = cs.service(customer_id="C", interaction_id="i 2/ü")
    state = cs.state(number, interaction_id="unknown")
    cs.end(f"services/{number}/states/{state}", interaction_id="00001a57JGQ00BW8")
    cs.task(number, interaction_id="i 2/ü")
    found = cs.get(f"services/{number}/interactions", base=base).shows()
    assert [each["interaction_id"] for each in found] == ["00001a57JGQ00BW8", "i 2/ü"]
    assert cs.get(f"services/{cs.service()}/interactions", base=base).shows() == []


@assumed("an unknown service, as everywhere")
@EDITIONS
def test_query_interactions_of_an_unknown_service(
    cs: Simulation, base: str, unknown_id: str
) -> None:
    answer = cs.get(f"services/{unknown_id}/interactions", base=base)
    assert answer.status == (404 if base == "/" else 400)
    assert answer.json["description"] == f"There are no service found for : {unknown_id}"


@assumed("no operation creates an interaction")
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_interaction_is_only_read(simulate: Simulate, method: str) -> None:
    answer = simulate(DOCUMENT).request(method, "interactions/3", {})
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
