"""JSON that is read in pieces: the same values and the same errors as in one go."""

from __future__ import annotations

import functools
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cs_simulator.documents import json_text, long_json
from cs_simulator.documents.json_text import JsonError, JsonReader
from cs_simulator.documents.long_json import in_pieces, stretches, written

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.text('"\\/\n\ud83d\ude00a€😀', max_size=150),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=20,
)


@pytest.fixture(autouse=True, scope="module")
def _short_pieces() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(long_json, "PIECE", 64)
        patch.setattr(long_json, "_MANY", 2)
        yield


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine draws slowly
@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_pieces_make_the_same_values(value: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert in_pieces(json.JSONDecoder()).decode(text) == json.loads(text)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(VALUES, st.sampled_from([None, (",", ":")]))
def test_pieces_make_the_same_text(value: Any, separators: tuple[str, str] | None) -> None:
    encoder = json.JSONEncoder(separators=separators)
    assert written(encoder, value) == encoder.encode(value)


LONG: dict[str, Any] = {
    "a list": list(range(20_000)),
    "a list in a list": [[*range(20_000)]],
    "lists in a map": {"a": {"b": [[1, [*range(20_000)]], {}]}},
    "many small maps": [{"a": number, "b": [number]} for number in range(5_000)],
    "a map": {str(number): number for number in range(20_000)},
    "a text": "a\n\u00e9\U0001f600" * 100_000,
    "a text in a map": {"a": ["x" * 500_000]},
    "texts": ["y" * 1_000] * 500,
    "a long key": {"k" * 500_000: 1},
    "tuples": (1, (2, tuple(range(20_000)))),
    "in the depth": functools.reduce(lambda inner, _: [inner], range(90), [*range(20_000)]),
}


@pytest.mark.parametrize("what", LONG)
def test_long_values_are_written_in_short_pieces(what: str) -> None:
    lengths: list[int] = []

    class Noting(json.JSONEncoder):
        def encode(self, o: Any) -> str:
            text = super().encode(o)
            lengths.append(len(text))
            return text

    assert written(Noting(), LONG[what]) == json.dumps(LONG[what])
    assert max(lengths) <= 12 * long_json.PIECE, "an escaped character takes twelve at the most"
    assert len(lengths) < 100_000


@given(VALUES, st.integers(min_value=0), st.sampled_from(["", ",", "]", "x", '"', "\\", "\x01"]))
def test_pieces_reject_what_json_rejects_at_the_same_place(
    value: Any, place: int, put: str
) -> None:
    text = json.dumps([value] * 3)
    place %= len(text)
    text = text[:place] + put + text[place + 1 :]
    results = []
    for decoder in (json.JSONDecoder(), in_pieces(json.JSONDecoder())):
        try:
            results.append(decoder.decode(text))
        except json.JSONDecodeError as error:
            results.append(error.pos)
    assert results[0] == results[1]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("[" + "1," * 100 + "1]", True),
        ('["' + "a" * 100 + '"]', True),
        ("[" + '{"a": 1},' * 100 + "1]", False),
        ("[1, 2, 3]", False),
    ],
    ids=["numbers", "one text", "maps", "short"],
)
def test_stretches_are_those_without_a_map(text: str, result: bool) -> None:
    assert stretches(text) is result


def test_a_reader_finds_everything_in_a_long_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "PIECE", 64)
    reader = JsonReader(levels=5)
    long = "[" + "1, " * 200
    assert reader.read(f"{long}2]") == [1] * 200 + [2]
    for end, problem in {
        "9" * 41 + "]": "an integer of 41 digits",
        "NaN]": "NaN is not a JSON number",
        '{"a": 1, "a": 2}]': "duplicate key 'a'",
        "[[[[[1]]]]]]": "nested more than 5 levels deep",
    }.items():
        with pytest.raises(JsonError, match=problem):
            reader.read(f"{long}{end}")


def test_a_reader_takes_so_many_values_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "MAX_VALUES", 100)
    reader = JsonReader(levels=5)
    assert len(reader.read("[" + "1," * 98 + "1]")) == 99
    with pytest.raises(JsonError, match="more than 100 values"):
        reader.read("[" + "[]," * 100 + "1]")
