"""Reports of long random bodies: cut, and they say so."""

from __future__ import annotations

import json
from base64 import b64decode
from gzip import decompress
from random import Random
from typing import Any

import pytest

from cs_simulator.console.report import FOR_EACH, LAST, SMALL, cut, fitted, packed, report_page
from tests.support.app import BASE, FROZEN, App

CHANCE = Random(20)


def noise(length: int) -> str:
    return CHANCE.randbytes(length // 2).hex()


def unpacked(text: str) -> Any:
    return json.loads(decompress(b64decode(text)))


def run_of(count: int, length: int) -> dict[str, Any]:
    """Return a report of requests that each store a long value."""
    bodies = [{"contact_key": f"key {number}", "note": noise(length)} for number in range(count)]
    return {
        "world": "w",
        "requests": [
            {
                "id": number,
                "request": {"path": "/services/start", "body": json.dumps(body), "json": body},
                "response": {"status": 201, "body": "{}", "json": {}},
            }
            for number, body in enumerate(bodies, 1)
        ],
        "begin": {"services": []},
        "changes": [
            {"request": number, "patch": [{"op": "add", "path": "/services/-", "value": body}]}
            for number, body in enumerate(bodies, 1)
        ],
        "state": {"services": bodies},
    }


def test_500_requests_of_random_bodies_are_half_a_megabyte() -> None:
    report = run_of(500, 2000)
    assert len(report_page(report, whole=True)) > 1_500_000
    assert len(report_page(report)) <= 500_000


def test_cut_report_says_what_is_missing_and_keeps_what_is_short() -> None:
    report = run_of(500, 2000)
    shown = unpacked(fitted(report))
    most = shown["cut"]
    first, last = shown["requests"][0], shown["requests"][-1]
    sent = report["requests"][0]["request"]["body"]
    assert first["request"]["body"] == sent[:most]
    told = f"the first {most:,} of {len(sent):,} characters, to keep this report small"
    assert first["request"]["body_cut"] == told
    assert first["request"]["json"] == {"contact_key": "key 0"}
    assert first["response"] == report["requests"][0]["response"]
    assert last == report["requests"][-1]
    note = shown["state"]["services"][0]["note"]
    assert note.startswith(report["state"]["services"][0]["note"][:most])
    assert note.endswith("… (2,000 characters, cut in this report)")
    assert shown["changes"][0]["patch"][0]["value"] == shown["state"]["services"][0]


def test_what_is_small_is_not_cut() -> None:
    report = run_of(3, 20_000)
    assert unpacked(fitted(report)) == report


def test_last_requests_are_cut_where_they_are_huge() -> None:
    shown = unpacked(fitted(run_of(LAST, 200_000)))
    assert {len(each["request"]["body"]) for each in shown["requests"]} == {16_384}


def test_many_requests_may_take_more() -> None:
    report = run_of(1000, 1500)
    assert SMALL < len(fitted(report)) <= FOR_EACH * 1000


def test_states_go_where_all_values_are_short() -> None:
    report = run_of(2, 10)
    report["changes"] = [{"request": 1, "patch": [{"value": [noise(60) for _ in range(12_000)]}]}]
    shown = unpacked(fitted(report))
    assert "changes" not in shown
    assert "begin" not in shown
    assert shown["state"] == report["state"]


def test_bytes_that_are_cut_can_still_be_decoded() -> None:
    entry = {"request": {"body": "QUJD" * 100, "body_encoding": "base64", "body_cut": "a part"}}
    [shown] = cut({"requests": [entry] * 20}, 130)["requests"][:1]
    assert b64decode(shown["request"]["body"]) == b"ABC" * 32
    assert shown["request"]["body_cut"].endswith("; the journal kept a part")


@pytest.mark.parametrize("report", [{}, {"requests": []}, {"requests": None, "state": None}])
def test_report_without_requests_is_packed(report: dict[str, Any]) -> None:
    assert fitted(report) == packed(report)
    assert unpacked(packed(cut(report, 128)))["requests"] == []


def test_endpoint_gives_the_whole_report_when_asked() -> None:
    app = App(FROZEN)
    for number in range(70):
        body = {"contact_key": str(number), "note": noise(6000)}
        app.post(f"{BASE}/services/start", body)
    small, whole = app.get("/_control/report"), app.get("/_control/report?whole=true")
    assert len(small.body) <= 500_000 < len(whole.body)
    assert app.get("/_control/report?whole=false").body == small.body
    reply = app.get("/_control/report?whole=yes")
    assert reply.status == 400
    assert reply.json()["errors"][0]["expected"] == "true or false"
