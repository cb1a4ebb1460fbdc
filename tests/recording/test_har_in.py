"""HAR of every tool read: what it lost is told, what cannot be trusted is left out."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from cs_simulator.har.exchanges import HarError, RecordedExchange
from cs_simulator.har.reading import Recording, read_file, read_stream

SAMPLES = Path(__file__).parent / "samples"


def sample(name: str) -> dict[str, RecordedExchange]:
    recording = read_file(SAMPLES / f"{name}.har")
    return {
        exchange.request.path.strip("/").split("/")[0]: exchange for exchange in recording.exchanges
    }


def body_of(exchange: RecordedExchange) -> bytes | None:
    assert exchange.response is not None
    return exchange.response.body


def entry(**more: Any) -> dict[str, Any]:
    content = more.pop("content", {"text": "{}"})
    response = {"status": 200, "headers": more.pop("headers", []), "content": content}
    request = {"method": "GET", "url": "http://h/a", "headers": [], **more.pop("request", {})}
    started = more.pop("started", "2026-01-05T09:00:00Z")
    return {
        "startedDateTime": started,
        "request": request,
        "response": more.pop("response", response),
        **more,
    }


def read(*entries: Any) -> Recording:
    return read_stream(io.StringIO(json.dumps({"log": {"entries": entries}})), "test.har")


@pytest.mark.parametrize(
    ("name", "count", "without_response"), [("mitm", 19, 2), ("pw", 20, 2), ("redocly", 15, 0)]
)
def test_recordings_of_other_tools_are_read(name: str, count: int, without_response: int) -> None:
    recording = read_file(SAMPLES / f"{name}.har")
    assert len(recording.exchanges) == count
    assert recording.without_response == without_response
    assert f"{count} exchanges" in recording.described()


@pytest.mark.parametrize("name", ["mitm", "pw", "redocly"])
def test_digits_and_targets_are_kept(name: str) -> None:
    found = sample(name)
    assert body_of(found["big"]) == b'{"id":9007199254740993,"d":1.10,"e":1e2}'
    assert found["k"].request.target == "/k/a%2Fb/%2B44+1/x%20y?b=2&a=1&b=1,3&e=%2C&f=a+b&g"


def test_body_that_is_not_utf_8() -> None:
    expected = '{"name":"Mül'.encode("latin-1").replace(b"\xfc", b"\xc3\xbc")
    assert body_of(sample("pw")["latin"]) is not None
    assert body_of(sample("mitm")["latin"]) == body_of(sample("pw")["latin"])
    assert body_of(sample("redocly")["latin"]) is None
    assert expected[:9] in (body_of(sample("mitm")["latin"]) or b"")
    assert sample("mitm")["postlatin"].request.body == b'{"name":"M\xfcl"}'
    assert not sample("pw")["postlatin"].request.is_whole


def test_compressed_body() -> None:
    assert body_of(sample("mitm")["gzip"]) == b'{"id":9007199254740993}'
    assert body_of(sample("pw")["gzip"]) == b'{"id":9007199254740993}'
    destroyed = sample("redocly")["gzip"]
    assert body_of(destroyed) is None
    assert "Accept-Encoding: identity" in destroyed.notes[0]


@pytest.mark.parametrize("name", ["mitm", "pw"])
def test_failures_have_no_response(name: str) -> None:
    found = sample(name)
    for path in ("close", "reset"):
        assert found[path].response is None
        assert found[path].error


@pytest.mark.parametrize("name", ["mitm", "pw"])
@pytest.mark.parametrize("path", ["trunc", "stall"])
def test_body_that_looks_whole_and_is_not(name: str, path: str) -> None:
    exchange = sample(name)[path]
    assert body_of(exchange) is None
    assert "100 bytes were announced" in exchange.notes[0]


@pytest.mark.parametrize("name", ["mitm", "pw", "redocly"])
@pytest.mark.parametrize("path", ["head", "204", "empty"])
def test_empty_body_is_empty(name: str, path: str) -> None:
    exchange = sample(name)[path]
    assert body_of(exchange) == b""
    assert exchange.notes == ()


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("2026-01-05T09:00:00Z", 0),
        ("2026-01-05T09:00:00.5Z", 500),
        ("2026-01-05T09:00:00.123456+00:00", 123),
        ("2026-01-05T10:00:00.1234567+01:00", 123),
    ],
)
def test_dates_of_any_precision(text: str, milliseconds: int) -> None:
    (exchange,) = read(entry(started=text)).exchanges
    assert exchange.started == 1_767_603_600_000 + milliseconds


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"started": None}, "no startedDateTime"),
        ({"started": "yesterday"}, "a startedDateTime that is not a date"),
        ({"started": "2026-01-05T09:00:00"}, "a startedDateTime without a zone"),
        ({"started": "0001-01-01T00:00:00+14:00"}, "a startedDateTime that no calendar has"),
        ({"started": "9999-12-31T23:59:59-14:00"}, "a startedDateTime that no calendar has"),
        ({"request": {"url": "ws://h/a"}}, "not HTTP"),
        ({"request": {"url": "http://[::1/genesys/1/cs/services/1"}}, "a url that is not valid"),
        ({"request": {"url": "http:///genesys/1/cs/services/1"}}, "a url that is not valid"),
        ({"request": {"method": 5}}, "no request"),
    ],
)
def test_entry_that_is_no_exchange_is_counted(given: dict[str, Any], why: str) -> None:
    recording = read(entry(**given), entry())
    assert recording.skipped == {why: 1}
    assert len(recording.exchanges) == 1
    assert f"1 skipped: {why}" in recording.described()


@pytest.mark.parametrize("number", [10**400, float("inf"), float("nan"), "5"])
def test_duration_that_cannot_be_is_none(number: Any) -> None:
    (exchange,) = read(entry(time=number, _held=number)).exchanges
    assert (exchange.elapsed, exchange.waited) == (0, 0)


@pytest.mark.parametrize("junk", [None, 5, "text", [], {"request": 3}])
def test_entry_that_is_nothing_is_counted(junk: Any) -> None:
    assert read(junk, entry()).skipped == {"no request": 1}


@pytest.mark.parametrize(
    "response",
    [None, {}, {"status": 0}, {"status": -1, "_failureText": "gone"}, {"status": "200"}],
)
def test_no_response_is_no_answer(response: Any) -> None:
    (exchange,) = read(entry(response=response)).exchanges
    assert exchange.response is None
    assert exchange.error


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        ({"size": 5}, []),
        ({"size": 5, "mimeType": "x"}, []),
        ({"text": "%%%", "encoding": "base64"}, []),
        ({"text": ""}, [{"name": "content-length", "value": "7"}]),
        ({"text": '{"a":"\ufffd"}'}, []),
    ],
)
def test_body_that_was_not_recorded_is_unknown(content: Any, headers: Any) -> None:
    (exchange,) = read(entry(content=content, headers=headers)).exchanges
    assert body_of(exchange) is None
    assert exchange.notes


def test_request_body_as_a_form_is_not_whole() -> None:
    (exchange,) = read(entry(request={"postData": {"params": [{"name": "a"}]}})).exchanges
    assert not exchange.request.is_whole
    headers = [{"name": "Content-Length", "value": "4"}]
    (exchange,) = read(entry(request={"headers": headers})).exchanges
    assert not exchange.request.is_whole


def test_headers_of_http_2_are_not_headers() -> None:
    headers = [{"name": ":method", "value": "GET"}, {"name": "Host", "value": "h"}, 5]
    (exchange,) = read(entry(request={"headers": headers})).exchanges
    assert exchange.request.headers == (("Host", "h"),)


def test_entries_out_of_order_are_put_in_order() -> None:
    recording = read(entry(started="2026-01-05T09:00:02Z"), entry(started="2026-01-05T09:00:01Z"))
    assert [exchange.number for exchange in recording.exchanges] == [2, 1]


def test_file_that_is_cut_off_gives_what_is_whole() -> None:
    text = json.dumps({"log": {"version": "1.2", "entries": [entry(), entry(), entry()]}})
    for end in range(len(text) - 1, 0, -7):
        recording = read_stream(io.StringIO(text[:end]), "test.har")
        assert recording.cut_off
        assert len(recording.exchanges) <= 3
        assert "truncated" in recording.described()
    whole = read_stream(io.StringIO(text), "test.har")
    assert not whole.cut_off
    assert len(whole.exchanges) == 3


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is empty"),
        ("[]", "not a JSON object"),
        ("{}", "log.entries is missing"),
        ('{"log": {}}', "log.entries is missing"),
        ('{"log": 5}', "log is not a JSON object"),
        ('{"log": {"entries": {}}}', "log.entries is not a list"),
        (
            '{"log": {\n"entries": [nonsense and much more than that]}}',
            "test.har:2: Expecting value",
        ),
        ('{"log": {5: 6}}', "expected the name of a member"),
        ('{"log": {"entries": [' + "[" * 100_000 + "]" * 100_000, "nested too deeply"),
    ],
)
def test_file_that_is_not_har_is_an_error(text: str, problem: str) -> None:
    with pytest.raises(HarError, match=r"expected a HAR 1\.2 file") as caught:
        read_stream(io.StringIO(text), "test.har")
    assert problem in str(caught.value)


def test_number_of_too_many_digits_is_an_error() -> None:
    text = json.dumps({"log": {"entries": [entry(time="X")]}}).replace('"X"', "9" * 5_000)
    with pytest.raises(HarError, match="an entry has a number of too many digits, after 0 entries"):
        read_stream(io.StringIO(text), "test.har")


def test_members_in_any_order_and_a_byte_order_mark() -> None:
    text = json.dumps({"x": 1.5, "log": {"pages": [{}], "entries": [entry()], "creator": {}}})
    assert len(read_stream(io.StringIO("\ufeff" + text), "test.har").exchanges) == 1


def test_packed_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.har.gz"
    path.write_bytes(gzip.compress(json.dumps({"log": {"entries": [entry()]}}).encode()))
    assert len(read_file(path).exchanges) == 1
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(HarError, match="cannot unpack"):
        read_file(path)


def test_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(HarError, match="No such file"):
        read_file(tmp_path / "none.har")
    path = tmp_path / "latin.har"
    path.write_bytes(b'{"log": {"a": "\xff"}}')
    with pytest.raises(HarError, match="not valid UTF-8"):
        read_file(path)


def test_large_file_is_read_as_a_stream(tmp_path: Path) -> None:
    path = tmp_path / "large.har"
    line = json.dumps(entry(content={"text": "x" * 20_000}))
    with path.open("w", encoding="utf-8") as file:
        file.write('{"log": {"entries": [')
        file.write(",".join([line] * 500))
        file.write("]}}")
    tracemalloc.start()
    count = len(read_file(path, lambda _: False).exchanges)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 500
    assert peak < 8 * 2**20
