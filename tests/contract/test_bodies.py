"""Bodies: what is read, what is refused and where. Contract section 2."""

from __future__ import annotations

import json

import pytest

from cs_simulator.documents.json_text import _plain
from tests.conftest import Simulate
from tests.support import Simulation, assumed, documented

pytestmark = assumed("no document says how a bad body is answered")


def body(value: bytes) -> bytes:
    return b'{"contact_key":"K","x":%s}' % value


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"{", "expecting property name enclosed in double quotes at line 1, column 2"),
        (b'{"a":1', "expecting ',' delimiter at line 1, column 7"),
        (b"{'a':1}", "expecting property name enclosed in double quotes at line 1, column 2"),
        (b'{"a":x}', "expecting value at line 1, column 6"),
        (b'{"a":01}', "expecting ',' delimiter at line 1, column 7"),
        (b'{\n "a": 25 000\n}', "expecting ',' delimiter at line 2, column 10"),
        (b'{"a":"\x01"}', "invalid control character at line 1, column 7"),
        (b'{"a":"\\x"}', "invalid \\escape at line 1, column 7"),
        (b"{}{}", "extra data at line 1, column 3"),
        (body(b"NaN"), "NaN is not a JSON number at line 1, column 24"),
        (body(b"Infinity"), "Infinity is not a JSON number at line 1, column 24"),
        (body(b"-Infinity"), "-Infinity is not a JSON number at line 1, column 24"),
        (body(b"[1,\nNaN]"), "NaN is not a JSON number at line 2, column 1"),
    ],
)
def test_body_that_is_not_json(cs: Simulation, raw: bytes, message: str) -> None:
    before = cs.dump()
    refused = cs.post("services/start", raw=raw).refused()
    assert refused == f"The body is not valid JSON: {message}"
    assert cs.dump() == before


@pytest.mark.parametrize("raw", [b"", b" \n ", b"\xef\xbb\xbf"])
def test_body_that_is_empty(cs: Simulation, raw: bytes) -> None:
    answer = cs.post("services/start", raw=raw)
    assert answer.refused() == "The body is empty"
    assert answer.hint == "send a JSON object, at least {}"


@pytest.mark.parametrize(
    "raw", [b"{}{}", b'{"a":1}}', b'{"a":1} x', b'{"a":1}\n"b"', b"{},", b"1 2", b'{"a":1};']
)
def test_body_that_goes_on_after_its_end(cs: Simulation, raw: bytes) -> None:
    answer = cs.post("services/start", raw=raw)
    assert "extra data" in answer.refused()
    assert answer.hint == "send one JSON document; something follows its end"


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"[]", "a list"),
        (b"null", "null"),
        (b"5", "a number"),
        (b"1.5", "a number"),
        (b'"x"', "a string"),
        (b"true", "a boolean"),
    ],
)
def test_body_that_is_no_object(cs: Simulation, raw: bytes, kind: str) -> None:
    service = cs.service()
    task = cs.task(service)
    before = cs.dump()
    for method, path in (
        ("POST", "services/start"),
        ("POST", f"services/{service}/end"),
        ("PUT", f"services/{service}"),
        ("POST", f"services/{service}/tasks/{task}/end"),
        ("POST", f"customers/C/services/{service}"),
        ("POST", "services_composite/start"),
        ("POST", "maintenance/purge"),
    ):
        message = cs.request(method, path, raw=raw).refused()
        assert message == f"The body must be a JSON object, not {kind}"
    assert cs.dump() == before


@pytest.mark.parametrize("number", [b"1e400", b"-1e400", b"1" + b"0" * 400 + b".0"])
def test_body_with_a_number_that_is_not_finite(cs: Simulation, number: bytes) -> None:
    assert cs.post("services/start", raw=body(number)).refused() == (
        f"Rejected body: {number.decode()} is too large for a 64-bit float at line 1, column 24"
    )


def test_body_with_a_long_integer(cs: Simulation) -> None:
    assert cs.post("services/start", raw=body(b"9" * 5000)).refused() == (
        "Rejected body: an integer of 5000 digits; at most 40 are allowed at line 1, column 24"
    )
    assert "41 digits" in cs.post("services/start", raw=body(b"-" + b"9" * 41)).refused()
    number = b"-" + b"9" * 40
    cs.post("services/start", raw=body(number))
    assert b'"x":%s}' % number in cs.get("services/anonymous/K?extensions=*").raw


def test_body_that_is_not_utf8(cs: Simulation) -> None:
    answer = cs.post("services/start", raw=b'{"contact_key":\n "caf\xe9"}')
    assert answer.refused() == (
        "The body is not valid UTF-8: byte 22 is 0xE9 (it looks like ISO 8859-1 or Windows-1252) "
        "at line 2, column 6"
    )
    assert answer.hint == "encode the JSON as UTF-8"
    surrogate = body(b'"\xed\xa0\x80"')
    assert "The body is not valid UTF-8" in cs.post("services/start", raw=surrogate).refused()
    assert "not valid UTF-8" in cs.post("services/start", raw=b"\xff\xfe{\x00}\x00").refused()


def test_body_with_a_lone_surrogate(cs: Simulation) -> None:
    raw = b'{"contact_key":"K","session_id":"\\udc00","\\ud800":["\\uDFFF"]}'
    assert cs.post("services/start", raw=raw).status == 201
    shown = cs.get("services/anonymous/K?extensions=*").raw
    assert b'"session_id":"\\udc00"' in shown
    assert b'"\\ud800":["\\udfff"]' in shown
    message = cs.post("services/start", raw=b'{"contact_key":{"\\ud800":1}}')
    assert b'found {\\"\\\\ud800\\": 1}' in message.raw


@pytest.mark.parametrize(
    ("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")], ids=["lists", "objects"]
)
def test_body_of_many_levels(cs: Simulation, opening: bytes, closing: bytes) -> None:
    service = cs.service()
    path = f"services/{service}/extensions/x"
    value = opening * 100 + b"1" + closing * 100
    cs.put(path, raw=value).ok(200)
    assert value in cs.get(f"services/{service}?extensions=x").raw
    curl = cs.get(f"services/{service}?extensions=x", headers={"User-Agent": "curl/8.0"})
    assert json.loads(curl.raw)["x"] == json.loads(value)
    # The body of an event is a level itself.
    assert cs.post("services/start", raw=body(opening * 99 + b"1" + closing * 99)).status == 201
    place = 23 + len(opening) * 99 + 1
    for depth in (100, 100_000):
        raw = body(opening * depth + b"1" + closing * depth)
        assert cs.post("services/start", raw=raw).refused() == (
            f"Rejected body: nested more than 100 levels deep at line 1, column {place}"
        )
    assert "100 levels" in cs.put(path, raw=opening * 100_000).refused()


def test_body_of_many_brackets_that_are_text(cs: Simulation) -> None:
    text = json.dumps("[{" * 200 + '"').encode()
    assert cs.post("services/start", raw=body(text)).status == 201
    assert cs.post("services/start", raw=body(b"[[],[]" + b",[{}]" * 200 + b"]")).status == 201


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (
            b'{"contact_key":"K","contact_key":"K"}',
            ("'contact_key' at line 1, column 20"),
        ),
        (
            b'{"contact_key":"K",\n"\\u0063ontact_key":"L"}',
            ("'contact_key' at line 2, column 1"),
        ),
        (
            body(b'[{"a":1,"b":{"a":1}},{"c":1,"c":2}]'),
            ("'c' at line 1, column 52"),
        ),
        (body(b'{"":1,"":2}'), "'' at line 1, column 30"),
    ],
)
def test_body_with_a_member_twice(cs: Simulation, raw: bytes, message: str) -> None:
    before = cs.dump()
    assert cs.post("services/start", raw=raw).refused() == f"Rejected body: duplicate key {message}"
    assert cs.dump() == before


def test_body_with_one_name_in_several_objects(cs: Simulation) -> None:
    assert cs.post("services/start", raw=body(b'{"x":1,"y":{"x":"x"}}')).status == 201


def test_body_that_is_too_large(cs: Simulation) -> None:
    answer = cs.post("services/start", raw=body(b'"%s"' % (b"x" * 10 * 2**20)))
    assert answer.refused(413) == "The body is larger than 1048576 bytes"
    assert answer.hint == "raise the limit with --max-body"


def test_body_of_just_the_limit(simulate: Simulate) -> None:
    cs = simulate(max_body=100)
    raw = body(b'"%s"' % (b"x" * (100 - len(body(b'""')))))
    assert len(raw) == 100
    assert cs.post("services/start", raw=raw).status == 201
    cs.post("services/start", raw=raw + b" ").refused(413)


@documented("Extension: what comes in goes out")
def test_body_keeps_text_as_it_is(cs: Simulation) -> None:
    text = "Zoë \u0000\u2028 \U0001f600 \\ \" / '"
    service = cs.service(x=text, **{text: 1})
    answer = cs.get(f"services/{service}?extensions=*")
    assert answer.raw.isascii()
    assert (answer.json["x"], answer.json[text]) == (text, 1)


def test_body_may_begin_with_a_byte_order_mark(cs: Simulation) -> None:
    assert cs.post("services/start", raw=b"\xef\xbb\xbf" + body(b"1")).status == 201


def test_body_of_a_query_is_not_read(cs: Simulation) -> None:
    service = cs.service()
    assert cs.get(f"services/{service}", raw=b"{{{").status == 200


def test_body_with_a_number_that_is_bad_behind_others_that_are_not(cs: Simulation) -> None:
    message = cs.post("services/start", raw=body(b"[1.5, 12, 1e400]")).refused()
    assert "1e400 is too large for a 64-bit float at line 1, column 34" in message


def test_sign_of_an_integer_is_no_digit(cs: Simulation) -> None:
    for number in (b"-" + b"9" * 40, b"9" * 40):
        long_text = b'["' + b"9" * 41 + b'", ' + number + b"]"
        assert cs.post("services/start", raw=body(long_text)).status == 201
    assert "41 digits" in cs.post("services/start", raw=body(b"-" + b"9" * 41)).refused()


@pytest.mark.parametrize(
    ("text", "kind"), [('{"a": [], \n }', "object"), ("[1 ,\n\n ]", "array")], ids=["{}", "[]"]
)
def test_trailing_comma_is_told_alike_by_every_python(text: str, kind: str) -> None:
    with pytest.raises(json.JSONDecodeError) as told:
        json.loads(text)
    newer = f"Illegal trailing comma before end of {kind}"
    of_313 = json.JSONDecodeError(newer, text, text.rindex(","))
    assert _plain(of_313, text) == _plain(told.value, text)
