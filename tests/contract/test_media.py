"""What a body says of itself: its media type, charset and encoding. Contract section 2."""

from __future__ import annotations

import gzip
import json

import pytest

from tests.conftest import Simulate
from tests.support import Simulation, assumed, relied_on

START = {"contact_key": "K"}
RAW = json.dumps(START).encode()


@assumed("a compressed body is refused by its Content-Encoding, whatever else is wrong with it")
@pytest.mark.parametrize("coding", ["gzip", "br", "deflate, gzip", "identity, x-gzip"])
@pytest.mark.parametrize("switch", ["strict", "lenient"])
def test_compressed_body(simulate: Simulate, coding: str, switch: str) -> None:
    cs = simulate({"fidelity": {"content_type": switch}})
    headers = {"Content-Type": "text/plain", "Content-Encoding": coding}
    answer = cs.post("services/start", raw=gzip.compress(RAW), headers=headers)
    shown = coding.removeprefix("identity, ")
    assert answer.refused(415) == (
        f"The Content-Encoding {shown} is not supported: expected identity, or none"
    )
    assert answer.hint == "send the body as it is, not compressed"
    assert answer.headers["Accept-Encoding"] == "identity"
    answer = cs.post("/_control/faults", raw=gzip.compress(b"[]"), headers=headers, base="")
    assert (answer.status, answer.headers["Accept-Encoding"]) == (415, "identity")
    assert f"the Content-Encoding {shown} is not supported" in answer.json["detail"]


@assumed("an import is no exception")
def test_compressed_import(cs: Simulation) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Encoding": "gzip"}
    answer = cs.post("profiles/import", raw=gzip.compress(b"--x--"), headers=headers)
    assert (answer.status, answer.json["code"]) == (415, 4150)


@assumed("identity is no encoding, and a request without a body has none")
def test_content_encoding_that_is_none(cs: Simulation) -> None:
    for coding in ("identity", "Identity", "", ","):
        headers = {"Content-Type": "application/json", "Content-Encoding": coding}
        assert cs.post("services/start", raw=RAW, headers=headers).status == 201
    assert cs.get("services/anonymous/K", headers={"Content-Encoding": "gzip"}).status == 200


@relied_on("any spelling of UTF-8, also sent twice with one value, or nothing at all")
@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        "Application/JSON;charset=UTF-8",
        'application/json; charset="utf8"',
        "application/json;",
        "application/json; odata=verbose; charset=utf-8",
        "application/json, application/json",
        "application/json; charset=utf-8, application/json",
        "application/json, application/json, application/json",
    ],
)
def test_content_types_that_are_taken(cs: Simulation, content_type: str) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    assert cs.post("services/start", raw=RAW, headers=headers).status == 201


@assumed("content_type=strict: a refusal names what was sent, and the switch")
@pytest.mark.parametrize(
    ("content_type", "message"),
    [
        ("text/plain", "The media type text/plain is not supported: expected application/json"),
        (
            "application/json, text/plain",
            "The media type application/json, text/plain is not supported: expected",
        ),
        ("text/plain, text/plain", "The media type text/plain is not supported: "),
        ("application/json; charset=UTF-16", "The charset utf-16 is not supported: expected UTF-8"),
        (
            "application/json; charset=utf-8, application/json; charset=latin1",
            "The charset latin1 is not supported",
        ),
    ],
)
def test_content_types_that_are_refused(cs: Simulation, content_type: str, message: str) -> None:
    answer = cs.post("services/start", raw=RAW, headers={"Content-Type": content_type})
    assert answer.refused(415).startswith(message)
    assert answer.hint.endswith("; the switch content_type=lenient accepts any")


@relied_on("a boundary that is sent twice is one")
def test_content_type_of_a_form_that_is_sent_twice(cs: Simulation) -> None:
    part = (
        b'--a,b\r\nContent-Disposition: form-data; name="f"; filename="f.csv"\r\n\r\nLastName\nA\n'
    )
    one = 'multipart/form-data; boundary="a,b"'
    headers = {"Content-Type": f"{one}, {one}"}
    answer = cs.post("profiles/import", raw=part + b"\r\n--a,b--\r\n", headers=headers)
    assert answer.shows()["imported"] == 1


@assumed("a file in another encoding than it is said to be is told by what it looks like")
def test_import_of_a_file_in_utf16(cs: Simulation) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f.csv"\r\n\r\n'
    for encoding in ("utf-16", "utf-16-le"):
        raw = head + "LastName\nB\n".encode(encoding) + b"\r\n--x--\r\n"
        answer = cs.post("profiles/import", raw=raw, headers=headers)
        assert answer.status == 400
        assert "(it looks like UTF-16)" in answer.json["description"]
        assert answer.hint == "set the form field encoding"


@assumed("a date that is nearly one says what of it is wrong")
@pytest.mark.parametrize(
    ("date", "problem"),
    [
        ("2026-01-01T00:00:00.000+0200", "an offset has a colon, such as +02:00"),
        ("2026-01-01T00:00:00+02", "an offset has a colon, such as +02:00"),
        ("2026-01-01T00:00:00.000", "the zone is missing: Z, or an offset such as +02:00"),
        ("2026-01-01T00:00:00z", "the zone is Z, or an offset such as +02:00"),
        ("2026-01-01T00:00:00 UTC", "the zone is Z, or an offset such as +02:00"),
        ("2026-01-01T00:00:00Z[UTC]", "the zone is Z, or an offset such as +02:00"),
        ("2026-01-01 00:00:00Z", "a T stands between date and time"),
        ("2026-01-01", "the time of day is missing"),
        ("2026-01-01T00:00Z", "the seconds are missing"),
        ("2026-01-01T00:00:00.123456Z", "milliseconds have three digits"),
        ("2026-01-01T00:00:00,123Z", "a point stands before the milliseconds"),
        (1767225600000, "seconds or milliseconds since 1970 are no date here"),
    ],
)
def test_dates_that_are_nearly_dates(cs: Simulation, date: object, problem: str) -> None:
    message = cs.post("services/start", {**START, "timestamp": date}).refused()
    assert message.startswith("timestamp: expected a date in the form YYYY-MM-DDTHH:mm:ss.SSSZ")
    assert message.endswith(f"; {problem}")
