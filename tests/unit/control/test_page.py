"""The page of the control API lists what verify and explain answer, one by one."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any, get_args

import pytest

from cs_simulator.control.patterns import PATTERN, JournalVerification
from cs_simulator.documents.shape import Record
from cs_simulator.faults.verdict import Became
from cs_simulator.journal.journal import MAX_ENTRIES
from tests.docs.pages import ROOT, rows_of
from tests.support.app import FROZEN, App

PAGE = ROOT / "docs" / "control-api.md"

RULES = """
seed: 7
faults:
  - {name: acts, on: start_service, response: {status: 503}}
  - {name: steps, on: start_service, sequence: [pass, {delay: 1ms}, pass], repeat: 1}
  - {name: late, on: start_service, response: {status: 504}}
  - {name: other, on: end_task, delay: 1ms}
  - {name: skips, on: start_service, skip: 2, delay: 1ms}
  - {name: every, on: start_service, every: 3, delay: 1ms}
  - {name: times, on: start_service, times: 2, delay: 1ms}
  - {name: rare, on: start_service, probability: 0.25, delay: 1ms}
  - {name: rate, on: start_service, above_rate: {calls: 3, per: 1s}, delay: 1ms}
stages:
  - {name: outage, until: {calls: 100}, faults: [{name: gone, on: start_service, delay: 1ms}]}
  - {name: calm}
"""


def described(heading: str) -> list[str]:
    """Return the words of a table's first column."""
    return [row[0].strip("`") for row in rows_of(PAGE, heading)]


def pattern_of(example: str) -> str:
    """Return a pattern of texts that differ from an example in their numbers alone."""
    return re.sub(r"\d+(?:\\\.\d+)?", r"[\\d.]+", re.escape(example))


def judged() -> list[Any]:
    """Return what became of each rule for six requests, and what would at the next one."""
    app = App(FROZEN + RULES)
    assert app.delete("/_control/faults/gone").status == 200
    found = []
    for number in range(1, 7):
        app.start()
        reply = app.post("/_control/explain", {"request": number})
        found += reply.json()["rules"]
    foreseen = {"method": "POST", "path": "/services/start", "body": {"service_type": 1}}
    return [*found, *app.post("/_control/explain", foreseen).json()["rules"]]


def test_every_verdict_is_described_and_is_seen() -> None:
    verdicts = described("decision")
    assert sorted(verdicts) == sorted(get_args(Became))
    assert sorted(verdicts) == sorted({each["decision"] for each in judged()})


def test_every_reason_is_described_and_is_seen() -> None:
    examples = described("why a rule is `not_due`")
    whys = {each["why"] for each in judged() if each["decision"] == "not_due"}
    for why in whys:
        assert any(re.fullmatch(pattern_of(example), why) for example in examples), why
    for example in examples:
        assert any(re.fullmatch(pattern_of(example), why) for why in whys), example


def test_words_of_the_other_verdicts_are_those_of_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    whys = {each["rule"]: each.get("why") for each in judged()[:9]}
    assert (whys["steps"], whys["late"]) == ("step 1 of 3", "acts already acted")
    assert "`step 1 of 2`" in text
    assert "`first already acted`" in text


ALWAYS = ["verified", "matched", "near_misses"]
QUESTIONS: dict[str, Any] = {
    "matched_ids": {"on": "start_service", "count": 0},
    "missing": {"in_order": [{"on": "end_task"}]},
    "hints": {"response": {"fault": "nobody"}},
    "inconclusive": {"on": "end_task"},
    "reason": {"on": "end_task"},
}


def answered() -> dict[str, list[str]]:
    """Return the members of the answer to each question, by what it is asked for."""
    app = App(FROZEN)
    app.start()
    journal = app.worlds.default.journal
    found = {}
    for member, question in QUESTIONS.items():
        if member == "inconclusive":
            for _ in range(MAX_ENTRIES + 1):
                journal.open(0, "GET", "/x", []).state = "done"
        found[member] = list(app.post("/_control/verify", question).json())
    return found


def test_every_member_of_a_verification_is_described_and_is_seen() -> None:
    found = answered()
    assert all(set(ALWAYS) <= set(members) for members in found.values())
    assert {member: member in members for member, members in found.items()} == dict.fromkeys(
        QUESTIONS, True
    )
    seen = {member for members in found.values() for member in members}
    assert sorted(described("member")) == sorted(seen)
    assert described("member")[:3] == ALWAYS


def test_every_part_of_a_finding_is_described() -> None:
    words = {"is_final": "", "doubts": "reason"}
    parts = {words.get(each.name, each.name) for each in fields(JournalVerification)} - {""}
    assert parts <= set(described("member"))


def test_every_criterion_of_an_answer_is_described() -> None:
    answer = PATTERN.members["response"]
    assert isinstance(answer, Record)
    named = {re.findall(r'"(\w+)":', example)[0] for example in described("response")}
    assert named == set(answer.members)


@pytest.mark.parametrize("example", described("response"))
def test_every_example_of_an_answer_can_be_asked(example: str) -> None:
    app = App(FROZEN)
    reply = app.ask("POST", "/_control/verify", f'{{"response": {example}}}'.encode())
    assert reply.status == 200, reply.body
