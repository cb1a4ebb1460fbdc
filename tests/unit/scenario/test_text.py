"""The text of a scenario: YAML without traps, or JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_simulator.documents import json_text
from cs_simulator.documents.problems import DocumentError
from cs_simulator.documents.text import read_text
from cs_simulator.faults.actions import Delay
from tests.support.problems import sentence
from tests.unit.scenario.support import loaded, mistakes

NOT_JSON = "not valid JSON"
DIGITS = "at most 40 are allowed"
NO_KEY = (
    "a key is not allowed here; put each key on its own line, indented like its neighbours, or the "
    "text between quotes"
)
LINE_ENDS = "curl -d @FILE removes line ends, --data-binary keeps them"
WHOLE_CHARACTER = "write the character itself, not two \\u escapes for its halves, as JSON has them"
NOT_YAML = "put text in double quotes; and not valid YAML: 2:1: expected , or } here"
ENDLESS = "an alias refers to a value that contains it"


def read(text: str) -> Any:
    return read_text(text, "f")


def refused(text: str) -> str:
    with pytest.raises(DocumentError) as error:
        read(text)
    return str(error.value)


@pytest.mark.parametrize(
    "text",
    """on off yes no y n On Yes True False TRUE NULL Null 0123 00 +44 +442079460000 1_000 0x1F 0o17
    0b1 12:30 1:2:3 2026-01-05 2026-01-05T09:00:00.000Z .5 1. .inf -.inf .nan NaN Infinity 1e
    = 1.2.3 0004Va58A92T0017 -2h --1 1,5""".split(),
)
def test_scalar_that_stays_text(text: str) -> None:
    assert read(f"a: {text}") == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-0", 0),
        ("42", 42),
        ("-42", -42),
        ("9" * 40, int("9" * 40)),
        ("1.5", 1.5),
        ("-0.25", -0.25),
        ("1e3", 1000.0),
        ("1E-3", 0.001),
        ("2.5e+3", 2500.0),
    ],
)
def test_scalar_with_a_type(text: str, value: object) -> None:
    taken = read(f"a: {text}")["a"]
    assert taken == value
    assert type(taken) is type(value)


@pytest.mark.parametrize("text", ["9" * 41, "1e400", "-1e400"])
def test_number_that_nothing_holds_stays_text(text: str) -> None:
    assert read(f"a: {text}") == {"a": text}


@pytest.mark.parametrize("text", ["'42'", '"42"', "!!str 42", "|-\n  42"])
def test_quoted_scalar_is_text(text: str) -> None:
    assert read(f"a: {text}") == {"a": "42"}


@pytest.mark.parametrize("key", ["on", "no", "12", "1.5", "true", "null", "~", "2026-01-05"])
def test_keys_are_as_they_are_spelt(key: str) -> None:
    assert read(f"{key}: 1") == {key: 1}


@given(st.dictionaries(st.text(), st.integers() | st.text(), max_size=4))
def test_json_is_read_as_json(members: dict[str, Any]) -> None:
    members = {
        name: value if isinstance(value, str) or abs(value) < 10**39 else 0
        for name, value in members.items()
    }
    assert read(json.dumps(members)) == members
    assert read("\ufeff \r\n\t" + json.dumps(members, indent="\t")) == members


def test_json_words_keep_their_types() -> None:
    assert read('{"a": [true, null, 1.5, 1e3, -0, "no", "12"]}') == {
        "a": [True, None, 1.5, 1000.0, 0, "no", "12"]
    }


def test_yaml_may_begin_with_a_byte_order_mark() -> None:
    assert read("\ufeffa: 1") == {"a": 1}


@pytest.mark.parametrize("text", ["", "\n", "# nothing", "---\n"])
def test_empty_document_is_nothing(text: str) -> None:
    assert read(text) is None


def test_anchors_and_merges() -> None:
    text = """
        base: &base {x: 1, y: &list [1, 2]}
        more: &more {y: 3, z: 4}
        one: {<<: *base, x: 2}
        two: {<<: [*base, *more], own: *list}
        key: {"<<": text}
    """
    assert read(text) == {
        "base": {"x": 1, "y": [1, 2]},
        "more": {"y": 3, "z": 4},
        "one": {"x": 2, "y": [1, 2]},
        "two": {"x": 1, "y": [1, 2], "z": 4, "own": [1, 2]},
        "key": {"<<": "text"},
    }


def test_merged_map_may_be_used_again() -> None:
    assert read("z: &z {x: 1}\nm: {<<: &b {<<: *z, x: 2}}\nn: *b") == {
        "z": {"x": 1},
        "m": {"x": 2},
        "n": {"x": 2},
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3", "f:3:1: duplicate key 'a'"),
        ("x:\n  - {a: 1, 'a': 2}", "f:2:12: duplicate key 'a'"),
        ("1: a\n'1': b", "f:2:1: duplicate key '1'"),
        ("m: {<<: {x: 1, x: 2}}", "f:1:16: duplicate key 'x'"),
        ("<<: {a: 1}\n<<: {b: 1}", "f:2:1: duplicate key '<<'"),
        ('{"a": 1,\n "b": {"c": 1, "c": 2}}', "f:2:16: duplicate key 'c'"),
        ('{"a": 1, "a": "\\ud83d\\ude00"}', "f:1:10: duplicate key 'a'"),
    ],
)
def test_duplicate_key(text: str, message: str) -> None:
    assert refused(text) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("? [a]\n: 1", "f:1:3: a key must be text, not a list or a map"),
        ("a: &x {b: *x}", f"f:1:4: {ENDLESS}"),
        ("&x\na: *x", f"f:1:1: {ENDLESS}"),
        ("&a [*a]", f"f:1:5: {ENDLESS}"),
        ("- [&a [*a]]", f"f:1:8: {ENDLESS}"),
        ("- &a [1, *a]", f"f:1:10: {ENDLESS}"),
        ("- &a [1, [{b: *a}]]", f"f:1:15: {ENDLESS}"),
        ("a: !!int 0x1F", sentence("f:1:4", "an integer", "0x1F")),
        ("a: !!bool maybe", sentence("f:1:4", "true or false", "maybe")),
        ("a: !!null x", sentence("f:1:4", "null", "x")),
        ("a: !!float x", sentence("f:1:4", "a number", "x")),
        ("a: !!map [1]", "f:1:4: expected a map"),
        (
            '{"a": 1',
            (
                f"f:1:8: {NOT_JSON}: expecting ',' delimiter; "
                "and not valid YAML: 2:1: expected , or } here"
            ),
        ),
        (
            '{"a": 1}\n{',
            (
                f"f:2:1: {NOT_JSON}: extra data; send one JSON document; something follows its "
                "end; and not valid YAML: 2:1: the document has ended above"
            ),
        ),
        (
            "{a: 1",
            f"f:1:2: {NOT_JSON}: expecting property name enclosed in double quotes; {NOT_YAML}",
        ),
        ("a:\n\tb: 1", "f:2:1: YAML does not allow a tab here; indent with spaces"),
        ("a: @b", "f:1:4: text that starts with @ needs quotes"),
        (
            'a: "\\ud83d\\ude00"',
            f"f:1:7: this escape is no character; {WHOLE_CHARACTER}",
        ),
        (
            "name: aon: b",
            f"f:1:10: {NO_KEY}; if the text had more lines: {LINE_ENDS}",
        ),
        ('{"a": NaN}', "f:1:7: NaN is not a JSON number"),
        ('{"a": -Infinity}', "f:1:7: -Infinity is not a JSON number"),
        ('{"a": 1e400}', "f:1:7: 1e400 is too large for a 64-bit float"),
        ('{"a": ' + "1" * 5000 + "}", f"f:1:7: an integer of 5000 digits; {DIGITS}"),
    ],
)
def test_text_that_cannot_be_read(text: str, message: str) -> None:
    assert refused(text) == message


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: [1,\n  2\nb: 3", "f:3:"),
        ("\ta: 1", "f:1:1: "),
        ("a: 1\n--- \nb: 2", "f:2:1: "),
        ("a: *b", "f:1:4: "),
        ("a: *", "f:1:"),
        ("a: 'b", "f:1:"),
    ],
)
def test_text_that_is_no_yaml_is_refused_where_it_breaks(text: str, place: str) -> None:
    assert refused(text).startswith(place)


@pytest.mark.parametrize("tag", ["timestamp", "binary", "set", "omap", "python/object:os.system"])
def test_tags_of_other_types_are_refused(tag: str) -> None:
    message = f"f:1:4: unsupported tag {tag}; remove it"
    assert refused(f"a: !!{tag} 2026-01-05") == message


def test_control_characters_are_refused() -> None:
    cannot = "is not allowed in YAML; write the document as JSON and escape it"
    assert refused("a: 1\nbé: \x00") == f"f:2:5: character U+0000 {cannot}"
    assert refused("a: \x7f") == f"f:1:4: character U+007F {cannot}"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: " + "[" * 100_000, "f:1:113"),
        ("a: " + "[" * 111 + "]" * 111, "f:1:113"),
        ("- " * 111 + "x", "f:1:221"),
        ("[" * 100_000, "f:1:111"),
        ("[" * 111 + "]" * 111, "f:1:111"),
    ],
)
def test_too_many_levels_are_refused(text: str, place: str) -> None:
    assert refused(text) == f"{place}: nested more than 110 levels deep"


def test_a_text_with_too_many_values_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "MAX_VALUES", 100)
    text = '{"x-a": [' + "[]," * 100 + "1]}"
    assert refused(text) == f"f:1:{len(text) + 1}: more than 100 values up to here"


@pytest.mark.parametrize("text", ["[" * 100 + "]" * 100, "- " * 100 + "x"])
def test_a_hundred_levels_are_taken(text: str) -> None:
    value, depth = read(text), 0
    while isinstance(value, list):
        value, depth = (value or [None])[0], depth + 1
    assert depth == 100


def test_bomb_is_refused_at_its_first_alias() -> None:
    text = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for inner, outer in zip("abcdef", "bcdefg", strict=True):
        text += f"{outer}: &{outer} [{', '.join([f'*{inner}'] * 10)}]\n"
    assert refused(text) == "f:2:8: aliases expand to more than 1000000 values"


def test_number_of_many_digits_says_how_many() -> None:
    digits = "an integer of 41 digits; at most 40 are allowed"
    assert refused('[{"a": "é", "b": -' + "1" * 41 + "}]") == f"f:1:18: {digits}"


def test_json_is_placed_past_whatever_stands_before() -> None:
    text = '\ufeff{"é\\ud83d\\ude00": [1, {"a": "[{"}, [], {}],\n\t"b": {"c": 1, "c": 2}}'
    assert refused(text) == "f:2:16: duplicate key 'c'"


def test_yaml_of_ten_megabytes_is_refused_by_its_length() -> None:
    text = "a: " + "x" * 10_000_000
    assert (
        refused(text) == "f: 10000003 characters; YAML is limited to 8388608, so write it as JSON"
    )


def test_map_in_braces_is_yaml_where_it_is_not_json() -> None:
    assert read_text("{on: end_service, times: 1, where: {body: {a: [x, no]}}}", "f") == {
        "on": "end_service",
        "times": 1,
        "where": {"body": {"a": ["x", "no"]}},
    }


def test_merge_of_what_is_not_a_map_is_rejected() -> None:
    merges = "expected a map, or a list of maps, to merge"
    assert refused("a: &a 5\nb:\n  <<: *a") == f"f:1:4: {merges}"
    assert refused("a: &a [5]\nb:\n  <<: [*a]") == f"f:1:4: {merges}"


def test_maps_that_merge_each_other_many_times_are_read_at_once() -> None:
    text = "m0: &m0 {a: 1, b: 2}\n"
    for number in range(1, 40):
        several = ", ".join([f"*m{number - 1}"] * 10)
        text += f"m{number}: &m{number} {{<<: [{several}], k{number}: {number}}}\n"
    last = read(text)["m39"]
    assert (len(last), last["a"], last["k39"]) == (41, 1, 39)


def test_merges_that_multiply_are_rejected() -> None:
    keys = ", ".join(f"k{number}: 0" for number in range(1000))
    text = f"a: &a {{{keys}}}\nb: {{<<: [{', '.join(['*a'] * 1001)}]}}"
    assert "merges expand to more than 1000000 values" in refused(text)


def test_own_keys_and_the_first_merged_win() -> None:
    text = "a: &a {x: 1, y: 1, z: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*b, *a], z: 3}"
    assert read(text)["c"] == {"x": 1, "y": 2, "z": 3}


def test_null_is_a_value_of_a_merged_map() -> None:
    assert read("a: &a {x: ~}\nb: {<<: *a}") == {"a": {"x": None}, "b": {"x": None}}


def test_keys_of_the_author_hold_fragments() -> None:
    scenario = loaded("x-slow: &slow {delay: 2s}\nx-any: 1\nfaults: [{on: any, <<: *slow}]")
    [slow] = scenario.faults
    assert slow.action is not None
    assert slow.action.values["delay"] == Delay(2000, 2000)
    assert mistakes("services: [{contact_key: K, x-own: 1}]") != []


def test_aliases_that_nest_deeper_than_a_text_can() -> None:
    chain = "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 300))
    assert refused(f"a0: &a0 [1]\n{chain}") == "f:2:10: aliases nest more than 110 levels deep"


def test_aliases_are_counted_without_being_followed() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 60)]
    # Nine to the power of sixty values: whoever follows them never comes back.
    assert "aliases expand to more than 1000000 values" in refused("\n".join(rows))
