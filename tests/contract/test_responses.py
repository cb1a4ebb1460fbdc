"""Every answer: its headers, its bytes, HEAD, content types. Contract section 2."""

from __future__ import annotations

import pytest

from tests.conftest import Simulate
from tests.support import HTTP_NOW, NOW, Simulation, assumed, relied_on

CURL = {"User-Agent": "curl/8.5.0"}


@assumed("Date is that of the world's clock; every request has an id")
def test_answer_headers(cs: Simulation) -> None:
    answers = [
        cs.post("services/start", {"contact_key": "K"}),
        cs.get("services/anonymous/K"),
        cs.get("nowhere"),
        cs.get("services/start"),
        cs.post("services/start", raw=b"{"),
    ]
    for number, answer in enumerate(answers, 1):
        assert answer.headers["Date"] == HTTP_NOW
        assert answer.headers["X-Simulator-Request"] == f"{cs.world.name}/{number}"
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Content-Length"] == str(len(answer.raw))
    cs.set_clock("2030-02-03T04:05:06.789Z")
    assert cs.get("services/anonymous/K").headers["Date"] == "Sun, 03 Feb 2030 04:05:06 GMT"


@assumed("no body, no Content-Type")
def test_answer_without_body(cs: Simulation) -> None:
    service = cs.service()
    ended = cs.post(f"services/{service}/end").ok(204)
    assert "Content-Length" not in ended.headers
    extended = cs.put(f"services/{service}/extensions/x", 1).ok(200)
    assert extended.headers["Content-Length"] == "0"
    for answer in (ended, extended):
        assert answer.headers["Date"] == HTTP_NOW
        assert answer.headers["X-Simulator-Request"]


@assumed("compact JSON, ASCII-escaped")
def test_answer_is_compact(simulate: Simulate) -> None:
    cs = simulate({"fidelity": {"service_ids": "integer"}})
    cs.service(contact_key="Zoë", x=["\u00e9", 1.5, None])
    assert cs.get("services/anonymous/Zo%C3%AB?extensions=*").raw == (
        b'[{"service_id":4294967297,"contact_key":"Zo\\u00eb","started":{"timestamp":'
        b'"2026-01-05T09:00:00.000Z"},"x":["\\u00e9",1.5,null]}]'
    )


@assumed("indented with a final newline for curl")
def test_answer_is_indented_for_curl(simulate: Simulate) -> None:
    cs = simulate({"fidelity": {"service_ids": "integer"}})
    answer = cs.post("services/start", {"contact_key": "é"}, headers=CURL)
    assert answer.raw == b'{\n  "service_id": 4294967297\n}\n'
    assert answer.headers["Content-Length"] == str(len(answer.raw))
    answer = cs.get("nowhere", headers=CURL)
    assert answer.raw.startswith(b'{\n  "message": "No resource')
    assert answer.raw.endswith(b"\n}\n")
    assert cs.get("services/anonymous/x", headers=CURL).raw == b"[]\n"
    other = cs.get("services/anonymous/%C3%A9", headers={"User-Agent": "not curl/8"})
    assert b"\n" not in other.raw


@assumed("HEAD as GET")
@pytest.mark.parametrize(
    "path",
    [
        "services/{}",
        "services/anonymous/K",
        "services/{}/states",
        "services/77x",
        "profiles?LastName=x",
    ],
)
def test_head_is_get_without_body(cs: Simulation, path: str) -> None:
    path = path.format(cs.service())
    get, head = cs.get(path), cs.request("HEAD", path)
    assert (head.status, head.raw) == (get.status, b"")
    for name in ("Content-Type", "Content-Length", "Date"):
        assert head.headers[name] == get.headers[name]


@relied_on("Content-Type with charset, on GET and DELETE too")
@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json;charset=UTF-8",
        "application/json; charset=utf-8",
        'Application/JSON ; Charset="utf8"',
        "application/json; charset=UTF8; x=y",
        "application/json;",
        None,
        "",
    ],
)
def test_content_type_accepted(cs: Simulation, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    answer = cs.post("services/start", raw=b'{"contact_key":"K"}', headers=headers)
    assert answer.status == 201
    service = answer.json["service_id"]
    assert cs.get(f"services/{service}", headers=headers).status == 200
    cs.delete(f"services/{service}", headers=headers).ok(200)


@assumed("content_type=strict: others on a request with a body are 415, with a hint")
@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded",
        "text/plain",
        "application/json; charset=latin-1",
        "application/json; charset=utf-16",
        "application/jsonp",
        "application/vnd.api+json",
        "multipart/form-data; boundary=x",
        "nonsense",
    ],
)
def test_content_type_refused(cs: Simulation, content_type: str) -> None:
    headers = {"Content-Type": content_type}
    before = cs.dump()
    answer = cs.post("services/start", raw=b'{"contact_key":"K"}', headers=headers)
    assert answer.refused(415)
    assert "application/json" in answer.hint
    assert cs.dump() == before


@assumed("without a body its type says nothing")
def test_content_type_of_no_body(cs: Simulation) -> None:
    headers = {"Content-Type": "text/plain"}
    service = cs.service()
    cs.post(f"services/{service}/end", headers=headers).ok(204)
    assert cs.get(f"services/{service}", headers=headers).status == 200


@assumed("every timestamp of a request is one instant")
def test_answer_of_one_instant(cs: Simulation) -> None:
    service = cs.service()
    state = cs.state(service)
    cs.post(f"services/{service}/states/transition", {"from": {"state_id": state}, "to": {}})
    shown = cs.everything(service)
    moments = {each["started"]["timestamp"] for each in shown["active_states"]}
    moments |= {each["completed"]["timestamp"] for each in shown["completed_states"]}
    assert moments == {NOW}
