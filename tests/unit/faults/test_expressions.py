"""Regular expressions of rules: the syntax of ``re``, and an end to those that take too long."""

from __future__ import annotations

import re
import subprocess
import sys
import warnings
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_simulator.faults.criteria import Mismatch
from cs_simulator.faults.expressions import GAVE_UP, GaveUpError, Patience, expression
from cs_simulator.faults.jsonpath import finder
from tests.support import Simulation
from tests.unit.faults.support import book, call, rule

SPELT_OUT = "its repetitions spell out more than 10000 characters"

EVIL = "((a{1,100}){1,100}){1,100}c"
EVIL_TOO = "(a|aa)+[bc]"
VICTIM = "a" * 200

PIECES = st.sampled_from(
    [
        *["a", "b", ".", r"\d", r"\w", r"\s", "[ab]", "[^a]", r"\{", "{", "}", "{e}", "{i<=1}"],
        *["(a|b)", "(?:ab)", "(?=a)", "(?!b)", r"\b", "a*", "b+?", "a{2}", "a{,2}", "b{1,}", "{,}"],
        *[
            "[{]",
            "[b[:alpha:]",
            r"[\]{e}]",
            "(?i:A)",
            "a++",
            "(?>a|ab)",
            "^",
            "$",
            r"\N{DIGIT ONE}",
            "x{e}",
            "é",
        ],
    ]
)


@given(st.lists(PIECES, max_size=6).map("".join), st.text("abA1 {}eix<=é\n", max_size=8))
def test_expression_fits_what_it_fits_by_re(written: str, text: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            wanted = re.fullmatch(written, text) is not None
    except (re.error, FutureWarning):
        with pytest.raises(ValueError, match=r"."):
            expression(written)
        return
    assert expression(written).fits(text, Patience()) is wanted


ENGINES = pytest.mark.parametrize("group", ["", "()"])
"""Without a group the engine without a clock matches what is short, with one the other."""


@ENGINES
@pytest.mark.parametrize("written", ["a{e}", "a{i<=1}", "{", "{a}", "a{,b}"])
def test_brace_that_counts_nothing_is_a_brace(written: str, group: str) -> None:
    assert expression(f"{group}{written}").fits(written, Patience())
    assert not expression(f"{group}{written}").fits(f"{written}b", Patience())


@ENGINES
@pytest.mark.parametrize(
    ("written", "fitting", "other"),
    [
        ("[a[:alpha:]]", "a]", "z"),
        ("[^[:alpha:]", "z", "["),
        (r"[\[[]", "[", "\\"),
        ("[a[]", "[", "X"),
    ],
)
def test_bracket_in_a_set_is_a_bracket(written: str, fitting: str, other: str, group: str) -> None:
    assert expression(f"{group}{written}").fits(fitting, Patience())
    assert not expression(f"{group}{written}").fits(other, Patience())


def test_expression_that_takes_too_long_is_given_up() -> None:
    patience = Patience()
    with pytest.raises(GaveUpError):
        expression(EVIL).fits(VICTIM, patience)
    with pytest.raises(GaveUpError):  # nothing is left of it for another
        expression("(a)").fits("a", patience)
    assert expression(EVIL).fits("aac", Patience())


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("(a", "missing ), unterminated subpattern at position 0"),
        (r"\p{L}", r"bad escape \p at position 0"),
        ("a{2,1}", "min repeat greater than max repeat at position 2"),
        ("[[a]", "possible nested set at position 1: put a backslash before the bracket or sign"),
        (
            "[a--b]",
            "possible set difference at position 2: put a backslash before the bracket or sign",
        ),
        ("a{99999999999}", "the repetition number is too large"),
        ("((a{100}){100}){100}", SPELT_OUT),
        ("(a{100}){101}", SPELT_OUT),
        ("(a{5000})(b{5001})", SPELT_OUT),
        ("abc{9999}", SPELT_OUT),
        ("(?x) # (\n(a{100}){101}", SPELT_OUT),
        ("a{10001}", SPELT_OUT),
        ("a" * 10_001, "10001 characters, more than 10000"),
        ("(?:a|" * 400 + "a" + ")" * 400, "too many brackets in one another"),
        ("(" * 3000 + ")" * 3000, "too many brackets in one another"),
    ],
)
def test_expression_that_is_none(written: str, problem: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(problem)}$"):
        expression(written)


@pytest.mark.parametrize(
    "written",
    [
        "a{10000}",
        "(a{100}){100}",
        "(?:a?){0,60000}",
        "#{100}" * 100,
        "a" * 10_000,
        "a{1}b{9999}",
        "(?x)a#)",
    ],
)
def test_expression_within_bounds(written: str) -> None:
    assert not expression(written).fits("x", Patience())


@pytest.mark.parametrize(
    "where",
    [
        {"contact_key": {"matches": EVIL}},
        {"query": {"q": {"matches": EVIL}}},
        {"headers": {"X-A": {"matches": EVIL}}},
        {"body": {"a": {"matches": EVIL}}},
        {"body": {f"$[?match(@, '{EVIL_TOO}')]": {"absent": False}}},
        {"body": {f"$[?search(@, '{EVIL_TOO}')]": {"absent": False}}},
        {"path": "/**a**a**a**a**a**c"},
    ],
    ids=lambda where: next(iter(where)),
)
def test_criterion_that_takes_too_long_does_not_fit_and_says_so(where: dict[str, Any]) -> None:
    facts = call(
        path=f"/{VICTIM * 100}",
        query={"q": [VICTIM]},
        headers={"x-a": [VICTIM]},
        bodies=({"a": VICTIM},),
        contact_keys=frozenset({VICTIM}),
    )
    [difference] = rule(where=where, delay="1s").where.differences(facts)
    assert (difference.found, difference.gave_up) == (GAVE_UP, True)
    assert GAVE_UP == "gave up after 100 ms: the expression takes too long"


def test_one_patience_for_all_values_and_elements() -> None:
    elements = tuple(call(bodies=({"a": VICTIM},)) for _ in range(1000))
    where = rule(where={"body": {"a": {"matches": EVIL}}}, delay="1s").where
    [difference] = where.differences(call("composite_start", elements=elements))
    assert difference.gave_up


def test_rule_that_gives_up_leaves_the_others_theirs() -> None:
    rules = book(
        {"name": "evil", "on": "any", "where": {"contact_key": {"matches": EVIL}}, "delay": "1s"},
        {"name": "good", "on": "any", "where": {"contact_key": {"matches": "a+"}}, "delay": "1s"},
    )
    verdict = rules.judge(call(contact_keys=frozenset({VICTIM})), 0)
    assert verdict.acted == ("good",)
    assert rules.counters("evil").matched == 0


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$[?match(@, 'a.c')]", ["abc"]),
        ("$[?search(@, 'a.c')]", ["abc", "xabcx"]),
        ("$[?search(@, 'a[.]c')]", ["a.c"]),
        (r"$[?match(@, 'a\\.c')]", ["a.c"]),
        ("$[?match(@, '(')]", []),
        ("$[?match(@, 'a++')]", []),
        ("$[?match(@, '((a{100}){100}){100}')]", []),
        ("$[?match(@, 5)]", []),
        ("$[?match(@, 'a{9999}b{9999}')]", []),
    ],
)
def test_expressions_of_a_jsonpath(path: str, found: list[str]) -> None:
    body = ["abc", "xabcx", "a.c", "a\nc", 5, None]
    found = found if "[.]" in path or "\\" in path or not found else [*found, "a.c"]
    where = rule(where={"body": {path: {"absent": True}}}, delay="1s").where
    shown = [each.found for each in where.differences(call(bodies=(body,)))]
    expected = found[0] if len(found) == 1 else sorted(found, key=body.index)
    assert shown == ([expected] if found else [])


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("a.c", ["abc", "a.c"]),
        (r"\\p{L}.c", ["abc", "a.c"]),
        ("[a].c", ["abc", "a.c"]),
        (r"a[\\]].?", ["a]", "a].", "a]b"]),
        ("a[X.]c", ["a.c"]),
        (r"a[\\.b]c", ["abc", "a.c"]),
        ("a{2,1}", []),
    ],
)
def test_dot_of_a_jsonpath_is_no_line_end(written: str, found: list[str]) -> None:
    body = ["abc", "a.c", "a\nc", "a\rc", "a]", "a].", "a]\r", "a]b"]
    assert finder(f"$[?match(@, '{written}')]")(body, Patience()) == found


@pytest.mark.parametrize(
    ("where", "criterion", "expected"),
    [
        ({"path": "/**a**a**a**a**a**c"}, "path", "/**a**a**a**a**a**c"),
        ({"body": {"a": {"matches": EVIL}}}, "body.a", {"matches": EVIL}),
        (
            {"body": {f"$[?match(@, '{EVIL_TOO}')]": {"absent": False}}},
            f"body.$[?match(@, '{EVIL_TOO}')]",
            {"absent": False},
        ),
    ],
    ids=["path", "member", "jsonpath"],
)
def test_what_was_given_up_is_told_with_what_was_expected(
    where: dict[str, Any], criterion: str, expected: object
) -> None:
    facts = call(path=f"/{VICTIM * 100}", bodies=({"a": VICTIM},))
    given_up = Mismatch(criterion, expected, GAVE_UP, gave_up=True)
    assert rule(where=where, delay="1s").where.differences(facts) == [given_up]


def evil_world() -> Simulation:
    """Return a world whose one rule takes too long on what it was asked."""
    rule_ = {"name": "it", "on": "any", "where": {"contact_key": {"matches": EVIL}}}
    cs = Simulation({"faults": [{**rule_, "response": {"status": 418}}]})
    assert cs.post("services/start", {"contact_key": VICTIM}).status == 201
    assert cs.post("services/start", {"contact_key": "aac"}).status == 418
    return cs


def test_explain_says_what_was_given_up() -> None:
    explained = evil_world().request("POST", "/_control/explain", {"request": 1}, base="").json
    assert explained["rules"][0]["failed"] == [
        {"criterion": "contact_key", "expected": {"matches": EVIL}, "found": GAVE_UP}
    ]


@pytest.mark.parametrize(
    ("question", "verified"), [({"count": 1}, False), ({}, True), ({"count": 2}, False)]
)
def test_verify_does_not_pass_off_what_it_gave_up_for_known(
    question: dict[str, Any], *, verified: bool
) -> None:
    wanted = {"where": {"contact_key": {"matches": EVIL}}, **question}
    found = evil_world().request("POST", "/_control/verify", wanted, base="").json
    assert (found["verified"], found["matched"]) == (verified, 1)
    if not verified:
        assert found["inconclusive"] is True
        assert found["reason"].startswith(
            "1 entry not decided: a regular expression takes too long; "
        )


def test_verify_in_order_does_not_either() -> None:
    wanted = {"in_order": [{"where": {"contact_key": {"matches": EVIL}}}] * 2}
    found = evil_world().request("POST", "/_control/verify", wanted, base="").json
    assert (found["verified"], found["inconclusive"]) == (False, True)


def test_start_without_an_expression_does_not_import_the_library() -> None:
    program = """
import sys
from cs_simulator.scenario.catalogue import Catalogue
from cs_simulator.scenario.loader import ScenarioLoader

text = "faults: [{on: any, where: {path: '/a/**', contact_key: [a]}, response: {status: 500}}]"
ScenarioLoader(Catalogue(())).load_text(text, "s.yaml", "s")
print([each for each in ("regex", "jsonpath_rfc9535") if each in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_comment_counts_for_nothing() -> None:
    found = expression("a(?#" + "x" * 100 + "){900}(?#{)")
    assert found.fits("a" * 900, Patience())


@pytest.mark.parametrize(
    ("written", "fits"),
    [("a{3}", True), ("a{3", False), ("a" * 10_001, False), ("((a{100}){100}){100}", False)],
    ids=["fits", "wrong", "long", "large"],
)
def test_expression_out_of_a_body_is_bounded_too(written: str, *, fits: bool) -> None:
    where = rule(where={"body": {"$[?match(@.a, @.b)]": {"absent": True}}}, delay="1s").where
    text = "a" * len(written) if len(written) > 100 else "aaa"
    assert bool(where.differences(call(bodies=([{"a": text, "b": written}],)))) is fits


@pytest.mark.parametrize(
    ("written", "is_quick"),
    [
        ("abc", True),
        (r"\+44.*", True),
        ("[0-9]{4}-x", True),
        ("[*+|(]+", True),
        ("a.*b.*", False),
        ("a+?", False),
        ("a{2}b{2}", False),
        ("(ab)", False),
        ("(?i)ab", False),
        ("a|b", False),
        ("a" * 65, False),
    ],
)
def test_plain_expression_is_quick(written: str, is_quick: bool) -> None:
    assert expression(written).is_quick is is_quick
    slow = {"on": "start_service", "where": {"body": {"contact_key": {"matches": written}}}}
    in_force = book({**slow, "name": "it", "delay": "1ms"})
    assert in_force.may_take_long("start_service") is not is_quick


def test_quick_expression_takes_no_longer_than_the_text_allows() -> None:
    patience = Patience(0)
    assert not expression("a*" + "a" * 61 + "b").fits("a" * 32_768, patience)
    with pytest.raises(GaveUpError):
        expression("(a*)").fits("a", patience)
