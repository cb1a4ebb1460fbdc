"""Faults and stages of a right shape that contradict themselves, with all that is said of it."""

from __future__ import annotations

from tests.support.problems import (
    CALENDAR_DURATION,
    TEXT,
    Row,
    no_such,
    only_with,
    twice,
    unfit,
    wrong,
)
from tests.unit.faults.support import ACTS

WRONG: tuple[Row, ...] = (
    (
        "faults: [{on: any}]",
        (
            wrong(
                "1:10",
                "faults[0]",
                "no action",
                note=f"expected at least one of {ACTS}, or sequence",
            ),
        ),
    ),
    (
        "faults: [{on: any, skip: 1}]",
        (
            wrong(
                "1:10",
                "faults[0]",
                "no action",
                note=f"expected at least one of {ACTS}, or sequence",
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: {from: 2s, to: 1s}}]",
        (wrong("1:27", "faults[0].delay", "from is longer than to"),),
    ),
    (
        "faults: [{on: any, delay: 1s, between: [2s, 2s]}]",
        (
            wrong(
                "1:40",
                "faults[0].between",
                "the window is empty",
                note="the second duration must be longer than the first",
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 99999y}]",
        (unfit("1:27", "faults[0].delay", CALENDAR_DURATION, "99999y"),),
    ),
    (
        "faults: [{on: any, name: a, delay: 1s}, {on: any, name: a, delay: 1s}]",
        (wrong("1:57", "faults[1].name", "fault rule 'a' already exists"),),
    ),
    (
        "faults: [{on: any, advance: 1s}]",
        (
            wrong(
                "1:29",
                "faults[0].advance",
                "a real clock cannot be advanced",
                note="set clock.mode to offset or frozen",
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, repeat: 2}]",
        (only_with("1:39", "faults[0].repeat", "sequence"),),
    ),
    (
        "faults: [{on: any, sequence: []}]",
        (unfit("1:30", "faults[0].sequence", "at least one step", []),),
    ),
    (
        "faults: [{on: any, sequence: [pass, pass]}]",
        (
            wrong(
                "1:30",
                "faults[0].sequence",
                "every step is pass",
                note="at least one needs an action",
            ),
        ),
    ),
    (
        "faults: [{on: any, sequence: [{}]}]",
        (
            wrong(
                "1:31",
                "faults[0].sequence[0]",
                "no action",
                note=f"expected at least one of {ACTS}, or pass",
            ),
        ),
    ),
    (
        "faults: [{on: any, sequence: [{delay: 1s}], times: 1, delay: 1s}]",
        (wrong("1:10", "faults[0]", "sequence cannot be combined with times, delay"),),
    ),
    (
        "faults: [{on: any, patch: {}, connection: reset}]",
        (
            wrong(
                "1:10",
                "faults[0]",
                "patch and connection are mutually exclusive",
                note="a rule has at most one outcome",
            ),
        ),
    ),
    (
        "faults: [{on: any, response: {status: 500}, patch: 1, connection: stall}]",
        (
            wrong(
                "1:10",
                "faults[0]",
                "response and patch and connection are mutually exclusive",
                note="a rule has at most one outcome",
            ),
        ),
    ),
    (
        "faults: [{on: any, connection: close, dribble: {chunks: 2, duration: 1s}}]",
        (wrong("1:10", "faults[0]", "connection and dribble are mutually exclusive"),),
    ),
    (
        "faults: [{on: any, response: {status: 503, headers: {X-A: {date: 2s}}}}]",
        (
            unfit(
                "1:59",
                "faults[0].response.headers.X-A",
                TEXT,
                {"date": 2000},
                note="only Retry-After takes a date",
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, effect: applied}]",
        (only_with("1:39", "faults[0].effect", "response or connection"),),
    ),
    (
        "faults: [{on: any, patch: {}, effect: none}]",
        (
            unfit(
                "1:39", "faults[0].effect", "applied", "none", note="a patch needs the real reply"
            ),
        ),
    ),
    (
        "faults: [{on: any, response: {status: 204, body: x}}]",
        (
            wrong(
                "1:50",
                "faults[0].response.body",
                "a response with status 204 has no body",
                note="remove it",
            ),
        ),
    ),
    (
        "faults: [{on: any, response: {status: 200, headers: {X-A: 1, x-a: 2}}}]",
        (twice("1:67", "faults[0].response.headers.x-a", "header (names are case-insensitive)"),),
    ),
    (
        "faults: [{on: any, response: {status: 200, headers: {X A: 1}}}]",
        (
            unfit(
                "1:59",
                "faults[0].response.headers.X A",
                "the name of a header, such as Retry-After",
                "X A",
            ),
        ),
    ),
    (
        "faults: [{on: any, response: {status: 200, headers: {Content-Length: 1}}}]",
        (
            wrong(
                "1:70",
                "faults[0].response.headers.Content-Length",
                "this header is set by the connection",
                note="remove it",
            ),
        ),
    ),
    (
        'faults: [{on: any, response: {status: 200, headers: {X-A: "a\\nb"}}}]',
        (unfit("1:59", "faults[0].response.headers.X-A", "one line of Latin-1", "a\nb"),),
    ),
    (
        "faults: [{on: any, response: {status: 429, headers: {Retry-After: auto}}}]",
        (
            wrong(
                "1:67",
                "faults[0].response.headers.Retry-After",
                "auto is only allowed with above_rate",
                note="use a number",
            ),
        ),
    ),
    (
        (
            "faults: [{on: any, sequence: [pass, {response: {status: 429, headers: "
            "{retry-after: auto}}}]}]"
        ),
        (
            wrong(
                "1:85",
                "faults[0].sequence[1].response.headers.retry-after",
                "auto is only allowed with above_rate",
                note="use a number",
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {contact_key: {matches: '(a'}}}]",
        (
            wrong(
                "1:62",
                "faults[0].where.contact_key.matches",
                "not a valid regular expression: missing ), unterminated subpattern at position 0",
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {contact_key: {matches: '[[a]'}}}]",
        (
            wrong(
                "1:62",
                "faults[0].where.contact_key.matches",
                "not a valid regular expression: possible nested set at position 1: put a "
                "backslash before the bracket or sign",
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {contact_key: {matches: '\\p{L}'}}}]",
        (
            wrong(
                "1:62",
                "faults[0].where.contact_key.matches",
                "not a valid regular expression: bad escape \\p at position 0",
            ),
        ),
    ),
    (
        ("faults: [{on: any, delay: 1s, where: {contact_key: {matches: '((a{100}){100}){100}'}}}]"),
        (
            wrong(
                "1:62",
                "faults[0].where.contact_key.matches",
                "not a valid regular expression: its repetitions spell out more than 10000 "
                "characters",
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {contact_key: {matches: 'a{99999999999}'}}}]",
        (
            wrong(
                "1:62",
                "faults[0].where.contact_key.matches",
                "not a valid regular expression: the repetition number is too large",
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {body: {'$.a[': 1}}}]",
        (
            wrong(
                "1:46",
                "faults[0].where.body.$.a[",
                "not a valid JSONPath: unbalanced brackets, line 1, column 4",
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {body: {'$[?nope(@)]': 1}}}]",
        (
            wrong(
                "1:46",
                "faults[0].where.body.$[?nope(@)]",
                "not a valid JSONPath: function 'nope' is not defined, line 1, column 3",
            ),
        ),
    ),
    ("stages: [{name: a}, {name: b}]", (wrong("1:21", "stages[1]", "stage 'b' is unreachable"),)),
    (
        "stages: [{name: a, until: {calls: 1}}]",
        (wrong("1:27", "stages[0].until", "no stage follows", note="remove until or add then"),),
    ),
    (
        ("stages: [{name: able, until: {calls: 1}}, {name: baker, until: {calls: 1}, then: abel}]"),
        (no_such("1:82", "stages[1].then", "stage", "abel", near="able"),),
    ),
    (
        "stages: [{name: a, until: {calls: 1}}, {name: a}]",
        (wrong("1:47", "stages[1].name", "stage 'a' already exists"),),
    ),
    (
        "stages: [{name: a, until: {}}, {name: b}]",
        (wrong("1:27", "stages[0].until", "expected calls or elapsed"),),
    ),
    (
        "stages: [{name: a, until: {elapsed: 1s, on: any, where: {path: /}}}, {name: b}]",
        (
            only_with("1:45", "stages[0].until.on", "calls"),
            only_with("1:57", "stages[0].until.where", "calls"),
        ),
    ),
    (
        (
            "stages: [{name: a, faults: [{name: f, on: any, delay: 1s}]}]\nfaults: [{name: "
            "f, on: any, delay: 1s}]"
        ),
        (wrong("1:36", "stages[0].faults[0].name", "fault rule 'f' already exists"),),
    ),
)
"""Each message without the name of the file: line, column, path and text."""
