"""Faults and stages of a right shape that contradict themselves, with all that is said of it."""

from __future__ import annotations

WRONG: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "faults: [{on: any}]",
        (
            (
                "1:10: faults[0]: no action: expected one of delay, advance, dribble, response, "
                "patch, connection, sequence"
            ),
        ),
    ),
    (
        "faults: [{on: any, skip: 1}]",
        (
            (
                "1:10: faults[0]: no action: expected one of delay, advance, dribble, response, "
                "patch, connection, sequence"
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: {from: 2s, to: 1s}}]",
        ("1:27: faults[0].delay: from is longer than to",),
    ),
    (
        "faults: [{on: any, delay: 1s, between: [2s, 2s]}]",
        ("1:40: faults[0].between: it has no length: the second span must be the longer",),
    ),
    (
        "faults: [{on: any, delay: 99999y}]",
        ("1:27: faults[0].delay: found '99999y', expected a span of time of at most 9998y",),
    ),
    (
        "faults: [{on: any, name: a, delay: 1s}, {on: any, name: a, delay: 1s}]",
        ("1:57: faults[1].name: another fault has the name 'a' already",),
    ),
    (
        "faults: [{on: any, advance: 1s}]",
        (
            (
                "1:29: faults[0].advance: a real clock cannot be moved; set clock.mode to "
                "offset or frozen"
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, repeat: 2}]",
        ("1:39: faults[0].repeat: it goes with sequence only",),
    ),
    (
        "faults: [{on: any, sequence: []}]",
        ("1:30: faults[0].sequence: found an empty list, expected steps",),
    ),
    (
        "faults: [{on: any, sequence: [pass, pass]}]",
        ("1:30: faults[0].sequence: every step is pass: expected one with an action",),
    ),
    (
        "faults: [{on: any, sequence: [{}]}]",
        (
            (
                "1:31: faults[0].sequence[0]: no action: expected one of delay, advance, "
                "dribble, response, patch, connection, or pass"
            ),
        ),
    ),
    (
        "faults: [{on: any, sequence: [{delay: 1s}], times: 1, delay: 1s}]",
        ("1:10: faults[0]: sequence does not go together with times, delay",),
    ),
    (
        "faults: [{on: any, patch: {}, connection: reset}]",
        ("1:10: faults[0]: patch and connection exclude each other: one outcome at most",),
    ),
    (
        "faults: [{on: any, response: {status: 500}, patch: 1, connection: stall}]",
        (
            (
                "1:10: faults[0]: response and patch and connection exclude each other: one "
                "outcome at most"
            ),
        ),
    ),
    (
        "faults: [{on: any, connection: close, dribble: {chunks: 2, duration: 1s}}]",
        ("1:10: faults[0]: connection and dribble exclude each other",),
    ),
    (
        "faults: [{on: any, response: {status: 503, headers: {X-A: {date: 2s}}}}]",
        (
            (
                "1:59: faults[0].response.headers.X-A: found a map, expected text: only "
                "Retry-After takes a date"
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, effect: applied}]",
        ("1:39: faults[0].effect: it goes with an outcome only: response or connection",),
    ),
    (
        "faults: [{on: any, patch: {}, effect: none}]",
        ("1:39: faults[0].effect: found none, expected applied: a patch needs the real answer",),
    ),
    (
        "faults: [{on: any, response: {status: 204, body: x}}]",
        ("1:50: faults[0].response.body: a response of status 204 has no body: leave it out",),
    ),
    (
        "faults: [{on: any, response: {status: 200, headers: {X-A: 1, x-a: 2}}}]",
        (
            (
                "1:67: faults[0].response.headers.x-a: the header stands twice: case plays no "
                "part in its name"
            ),
        ),
    ),
    (
        "faults: [{on: any, response: {status: 200, headers: {X A: 1}}}]",
        (
            (
                "1:59: faults[0].response.headers.X A: found 'X A', expected the name of a "
                "header, such as Retry-After"
            ),
        ),
    ),
    (
        "faults: [{on: any, response: {status: 200, headers: {Content-Length: 1}}}]",
        (
            (
                "1:70: faults[0].response.headers.Content-Length: it belongs to the connection, "
                "not the response: leave it out"
            ),
        ),
    ),
    (
        'faults: [{on: any, response: {status: 200, headers: {X-A: "a\\nb"}}}]',
        ("1:59: faults[0].response.headers.X-A: found 'a\\nb', expected one line of Latin-1",),
    ),
    (
        "faults: [{on: any, response: {status: 429, headers: {Retry-After: auto}}}]",
        (
            (
                "1:67: faults[0].response.headers.Retry-After: auto goes with above_rate only: "
                "give a number"
            ),
        ),
    ),
    (
        (
            "faults: [{on: any, sequence: [pass, {response: {status: 429, headers: "
            "{retry-after: auto}}}]}]"
        ),
        (
            (
                "1:85: faults[0].sequence[1].response.headers.retry-after: auto goes with "
                "above_rate only: give a number"
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {contact_key: {matches: '(a'}}}]",
        (
            (
                "1:62: faults[0].where.contact_key.matches: no regular expression: missing ), "
                "unterminated subpattern at position 0"
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {contact_key: {matches: '[[a]'}}}]",
        (
            (
                "1:62: faults[0].where.contact_key.matches: no regular expression: possible "
                "nested set at position 1: put a backslash before the bracket or sign"
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {contact_key: {matches: '\\p{L}'}}}]",
        (
            (
                "1:62: faults[0].where.contact_key.matches: no regular expression: bad escape "
                "\\p at position 0"
            ),
        ),
    ),
    (
        ("faults: [{on: any, delay: 1s, where: {contact_key: {matches: '((a{100}){100}){100}'}}}]"),
        (
            (
                "1:62: faults[0].where.contact_key.matches: no regular expression: its "
                "repetitions spell out more than 10000 characters"
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {contact_key: {matches: 'a{99999999999}'}}}]",
        (
            (
                "1:62: faults[0].where.contact_key.matches: no regular expression: the "
                "repetition number is too large"
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {body: {'$.a[': 1}}}]",
        ("1:46: faults[0].where.body.$.a[: no JSONPath: unbalanced brackets, line 1, column 4",),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {body: {'$[?nope(@)]': 1}}}]",
        (
            (
                "1:46: faults[0].where.body.$[?nope(@)]: no JSONPath: function 'nope' is not "
                "defined, line 1, column 3"
            ),
        ),
    ),
    ("stages: [{name: a}, {name: b}]", ("1:21: stages[1]: stage 'b' is never reached",)),
    (
        "stages: [{name: a, until: {calls: 1}}]",
        ("1:27: stages[0].until: no stage follows: leave it out, or say then",),
    ),
    (
        ("stages: [{name: able, until: {calls: 1}}, {name: baker, until: {calls: 1}, then: abel}]"),
        ("1:82: stages[1].then: no stage has the name 'abel'; did you mean able?",),
    ),
    (
        "stages: [{name: a, until: {calls: 1}}, {name: a}]",
        ("1:47: stages[1].name: another stage has the name 'a' already",),
    ),
    (
        "stages: [{name: a, until: {}}, {name: b}]",
        ("1:27: stages[0].until: calls or elapsed is missing",),
    ),
    (
        "stages: [{name: a, until: {elapsed: 1s, on: any, where: {path: /}}}, {name: b}]",
        (
            "1:45: stages[0].until.on: it goes with calls only",
            "1:57: stages[0].until.where: it goes with calls only",
        ),
    ),
    (
        (
            "stages: [{name: a, faults: [{name: f, on: any, delay: 1s}]}]\nfaults: [{name: "
            "f, on: any, delay: 1s}]"
        ),
        ("1:36: stages[0].faults[0].name: another fault has the name 'f' already",),
    ),
)
"""Each message without the name of the file: line, column, path and text."""
