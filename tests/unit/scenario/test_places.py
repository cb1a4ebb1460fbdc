"""Mistakes point at the line and column where they stand, wherever that is written."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.support.problems import DURATION, INT_64_OR_TEXT, OFFSET, STATUS, meant, sentence
from tests.unit.scenario.support import Folder, places

WRONG = """\
seed: 1
settings:
  expiration: soon
customers:
  - {customer_id: C-1, FirstNam: Ada}
services:
  - customer_id: C-1
    started: yesterday
    states:
      - state_type: true
faults:
  - on: start_servce
    response: {status: 999}
"""


def test_every_mistake_has_its_line_and_column() -> None:
    assert places(WRONG) == [
        sentence(
            "s.yaml:3:15: settings.expiration",
            DURATION,
            "soon",
        ),
        f"s.yaml:5:24: customers[0].FirstNam: unknown key; {meant('FirstName')}",
        sentence(
            "s.yaml:8:14: services[0].started",
            OFFSET,
            "yesterday",
        ),
        sentence(
            "s.yaml:10:21: services[0].states[0].state_type",
            INT_64_OR_TEXT,
            True,
        ),
        (f"s.yaml:12:9: faults[0].on: no operation named 'start_servce'; {meant('start_service')}"),
        sentence("s.yaml:13:24: faults[0].response.status", STATUS, 999),
    ]


def test_json_has_places_too() -> None:
    assert places('{"services": [\n  {"contact_key": "1", "sates": []}\n]}') == [
        f"s.yaml:2:24: services[0].sates: unknown key; {meant('states')}"
    ]


def test_shape_and_contradictions_are_told_together() -> None:
    text = dedent(
        """\
        customers: [{customer_id: C}]
        services: [{customer_id: D}]
        sed: 1
        """
    )
    assert places(text) == [
        ("s.yaml:2:26: services[0].customer_id: no customer with id 'D'; available: C"),
        f"s.yaml:3:1: sed: unknown key; {meant('seed')}",
    ]


def test_reference_to_what_is_wrong_itself_proves_nothing() -> None:
    text = "customers: [{customer_id: C, FirstNam: a}]\nservices: [{customer_id: C}]\n"
    assert places(text) == [
        f"s.yaml:1:30: customers[0].FirstNam: unknown key; {meant('FirstName')}"
    ]


@pytest.mark.parametrize("where", ["anchor", "merge"])
def test_mistake_behind_an_alias_points_at_the_text_it_names(where: str) -> None:
    start = "- contact_key: a\n    states: [&s {state_typ: 1}]\n"
    use = "    tasks: []\n" if where == "merge" else "  - {contact_key: b, states: [*s]}\n"
    found = places(f"services:\n  {start}{use}")
    assert found[0] == (
        f"s.yaml:3:18: services[0].states[0].state_typ: unknown key; {meant('state_type')}"
    )


def test_contradiction_in_a_parent_points_at_the_parent(folder: Folder) -> None:
    parent = folder.put(
        "parent.yaml", "customers: [{customer_id: C}]\nservices: [{customer_id: D}]"
    )
    child = folder.put("child.yaml", "extends: parent\nservices:\n- {customer_id: E}\n")
    assert parent.parent == child.parent
    assert folder.mistakes("child") == [
        ("child.yaml:3:17: services[0].customer_id: no customer with id 'E'; available: C"),
        ("parent.yaml:2:26: services[0].customer_id: no customer with id 'D'; available: C"),
    ]


def test_mistakes_of_parent_and_child_are_told_together(folder: Folder) -> None:
    folder.put("parent.yaml", "name: p\nsed: 1")
    folder.put("child.yaml", "extends: parent\nsede: 2")
    assert folder.mistakes("child") == [
        f"child.yaml:2:1: sede: unknown key; {meant('seed')}",
        f"parent.yaml:2:1: sed: unknown key; {meant('seed')}",
    ]


def test_generate_points_at_its_own_key() -> None:
    assert places("seed: 1\ngenerate:\n  customers: {count: 1, locale: xx_XX}\n") == [
        (
            "s.yaml:3:33: generate.customers.locale: no locale named 'xx_XX'; see "
            "the locales of Faker"
        ),
    ]


@pytest.mark.parametrize("merged", ["*base", "[*base]"])
def test_mistake_behind_a_merge_points_at_the_text_that_is_merged(merged: str) -> None:
    text = f"""\
customers:
  - &base {{customer_id: C-1, FirstNam: Ada}}
  - {{<<: {merged}, customer_id: C-2, LastNam: Byron}}
"""
    column = 7 + len("{<<: , customer_id: C-2, ") + len(merged) - 2
    assert places(text) == [
        f"s.yaml:2:30: customers[0].FirstNam: unknown key; {meant('FirstName')}",
        f"s.yaml:2:30: customers[1].FirstNam: unknown key; {meant('FirstName')}",
        f"s.yaml:3:{column}: customers[1].LastNam: unknown key; {meant('LastName')}",
    ]


def test_generate_is_checked_beside_attributes_that_are_wrong() -> None:
    twice = "[{name: a, type: string}, {name: A, type: string}]"
    text = f"generate: {{customers: {{count: 1, locale: xx_XX}}}}\nprofile_attributes: {twice}\n"
    assert [each.split(": ")[1] for each in places(text)] == [
        "generate.customers.locale",
        "profile_attributes[1].name",
    ]
