"""Modules of the page by themselves: JSON with all its digits, YAML that reads back, completion."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_simulator.client import Server
from cs_simulator.documents.text import read_text
from tests.browser.support import Console

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["yes", "no", "null", "012", "1e3", "- a", "a: b", "a #b", "", " ", "~", "on", "\u202e", "\x85"]
)
NUMBERS = st.integers(-(10**25), 10**25) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)

AS_YAML = """async texts => {
    const {tree, yamlOf} = await import("./console/json.js");
    return texts.map(text => yamlOf(tree(text)));
}"""


@pytest.fixture(scope="module")
def console(context: BrowserContext, server: Server) -> Iterator[Console]:
    """The console that all these tests take modules from; none of them changes what it shows."""
    world = server.world("modules")
    world.create()
    console = Console(context.new_page(), server.url, world).open()
    yield console
    console.page.close()
    world.delete()
    assert console.unexpected() == []


@settings(max_examples=15, deadline=None)
@given(documents=st.lists(st.dictionaries(TEXTS, VALUES, max_size=5), min_size=1, max_size=20))
def test_yaml_reads_back_equal(console: Console, documents: list[dict[str, Any]]) -> None:
    texts = [json.dumps(each) for each in documents]
    for document, written in zip(documents, console.page.evaluate(AS_YAML, texts), strict=True):
        assert read_text(written, "w.yaml") == document, written


INDENTED = """async text => {
    const {indented} = await import("./console/json.js");
    return indented(text)?.map(each => each.text).join("") ?? null;
}"""


def test_json_keeps_every_digit(console: Console) -> None:
    text = '{"a":[12345678901234567890,1.50,-0.0,1E400],"b":"\\u0041 ","c":{}}'
    pretty = console.page.evaluate(INDENTED, text)
    assert "".join(pretty.split()) == "".join(text.split())
    assert pretty.startswith('{\n  "a": [\n    12345678901234567890,\n    1.50,')


@pytest.mark.parametrize("text", ["{not json", "", "plain", "\ufeff{}", "<xml/>"])
def test_what_is_no_json_has_no_lines_of_it(console: Console, text: str) -> None:
    assert console.page.evaluate(INDENTED, text) is None


COMPLETE = """async ([text, part]) => {
    const {completions} = await import("./console/complete.js");
    const root = await (await fetch("schema")).json();
    const start = part ? root.properties[part] : root;
    return completions(root, start, text, text.length).words;
}"""


@pytest.mark.parametrize(
    ("text", "part", "offered"),
    [
        ("", "", "services"),
        ("cl", "", "clock"),
        ("clock: {mode: fr", "", "frozen"),
        ("clock:\n  mode: off", "", "offset"),
        ("services:\n- contact_key: a\n  sta", "", "states"),
        ("services:\n  - states:\n      - sta", "", "state_type"),
        ("services: [{states: [{sta", "", "state_type"),
        ('{"services": [{"states": [{"sta', "", "state_type"),
        ("faults:\n- on: get_ser", "", "get_service"),
        ("on: any\nresponse: {sta", "faults", "status"),
        ("on: [start_service, end_", "faults", "end_service"),
        ("on: any\nconnection: tr", "faults", "truncate"),
        ("name: x # {\non: unr", "faults", "unrouted"),
        ("on: any\nwhere:\n  contact_key: a\n  hea", "faults", "headers"),
    ],
)
def test_place_is_understood(console: Console, text: str, part: str, offered: str) -> None:
    assert offered in console.page.evaluate(COMPLETE, [text, part])


@pytest.mark.parametrize(
    ("text", "part", "kept_back"),
    [
        ("on: any\n", "faults", "on"),
        ("response: {status: 1, ", "faults", "status"),
        ("services:\n- contact_key: a\n  ", "", "contact_key"),
    ],
)
def test_key_that_is_there_is_not_offered(
    console: Console, text: str, part: str, kept_back: str
) -> None:
    assert kept_back not in console.page.evaluate(COMPLETE, [text, part])
