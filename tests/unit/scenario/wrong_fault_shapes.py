"""Faults and stages of a wrong shape, each with all that is said of it."""

from __future__ import annotations

from cs_simulator.faults.actions import SHAPES

WRONG: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("faults: {}", ("1:9: faults: expected a list, found {}",)),
    ("faults: [{delay: 1s}]", ("1:10: faults[0].on is missing",)),
    (
        "faults: [{on: start_servce, delay: 1s}]",
        (("1:15: faults[0].on: no operation named 'start_servce'; did you mean start_service?"),),
    ),
    (
        "faults: [{on: [], delay: 1s}]",
        ("1:15: faults[0].on: expected at least one operation id, found []",),
    ),
    (
        "faults: [{on: [any, end_tsk], delay: 1s}]",
        (("1:21: faults[0].on[1]: no operation named 'end_tsk'; did you mean end_task?"),),
    ),
    (
        "faults: [{on: any, tims: 3, delay: 1s}]",
        ("1:20: faults[0].tims: unknown key; did you mean times?",),
    ),
    (
        "faults: [{on: any, delay: 5}]",
        (
            (
                "1:27: faults[0].delay: expected a duration such as 250ms, 30s, 15m, 2h, "
                "7d, 2w, 6M or 5y, found 5"
            ),
        ),
    ),
    ("faults: [{on: any, delay: {from: 1s}}]", ("1:27: faults[0].delay.to is missing",)),
    (
        "faults: [{on: any, delay: {median: 1s, max: 2s}}]",
        ("1:27: faults[0].delay.sigma is missing",),
    ),
    (
        "faults: [{on: any, delay: {median: 1s, sigma: 6, max: 2s}}]",
        ("1:47: faults[0].delay.sigma: expected a number from 0 to 5, found 6",),
    ),
    (
        "faults: [{on: any, delay: {from: 1s, to: 2s, of: 1}}]",
        ("1:46: faults[0].delay.of: unknown key; allowed: from, to",),
    ),
    (
        "faults: [{on: any, advance: soon}]",
        (
            (
                "1:29: faults[0].advance: expected a duration such as 250ms, 30s, 15m, "
                "2h, 7d, 2w, 6M or 5y, found 'soon'"
            ),
        ),
    ),
    (
        "faults: [{on: any, dribble: {chunks: 0, duration: 1s}}]",
        (("1:38: faults[0].dribble.chunks: expected a 32-bit integer, 1 or greater, found 0"),),
    ),
    ("faults: [{on: any, dribble: {chunks: 1}}]", ("1:29: faults[0].dribble.duration is missing",)),
    (
        "faults: [{on: any, delay: 1s, between: 1s}]",
        (("1:40: faults[0].between: expected two durations such as [10s, 40s], found '1s'"),),
    ),
    (
        "faults: [{on: any, delay: 1s, between: [1s]}]",
        (('1:40: faults[0].between: expected two durations such as [10s, 40s], found ["1s"]'),),
    ),
    (
        "faults: [{on: any, delay: 1s, between: [1s, x]}]",
        (
            (
                "1:45: faults[0].between[1]: expected a duration such as 250ms, 30s, "
                "15m, 2h, 7d, 2w, 6M or 5y, found 'x'"
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, above_rate: {calls: 2}}]",
        ("1:43: faults[0].above_rate.per is missing",),
    ),
    (
        "faults: [{on: any, delay: 1s, skip: -1, every: 0, times: -1}]",
        (
            "1:37: faults[0].skip: expected a 32-bit integer, 0 or greater, found -1",
            "1:48: faults[0].every: expected a 32-bit integer, 1 or greater, found 0",
            "1:58: faults[0].times: expected a 32-bit integer, 0 or greater, found -1",
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, probability: 25%}]",
        ("1:44: faults[0].probability: expected a number from 0 to 1, found '25%'",),
    ),
    (
        "faults: [{on: any, connection: {truncate: {after: -1, chunked: 1}}}]",
        (
            (
                "1:51: faults[0].connection.truncate.after: expected a 32-bit integer, 0 or "
                "greater, found -1"
            ),
            "1:64: faults[0].connection.truncate.chunked: expected true or false, found 1",
        ),
    ),
    ("faults: [{on: any, connection: {}}]", ("1:32: faults[0].connection.truncate is missing",)),
    (
        "faults: [{on: any, connection: rest}]",
        (
            (
                "1:32: faults[0].connection: expected one of reset, close, truncate, "
                "garbage, stall, found 'rest'; did you mean reset?"
            ),
        ),
    ),
    (
        "faults: [{on: any, connection: reset, effect: both}]",
        ("1:47: faults[0].effect: expected one of none, applied, found 'both'",),
    ),
    ("faults: [{on: any, response: {}}]", ("1:30: faults[0].response.status is missing",)),
    (
        "faults: [{on: any, response: 503}]",
        ("1:30: faults[0].response: expected a map, found 503",),
    ),
    (
        "faults: [{on: any, response: {status: 199}}]",
        (("1:39: faults[0].response.status: expected a status from 200 to 599, found 199"),),
    ),
    (
        "faults: [{on: any, response: {status: '500'}}]",
        (("1:39: faults[0].response.status: expected a status from 200 to 599, found '500'"),),
    ),
    (
        "faults: [{on: any, response: {status: 200, headers: {A: ~}}}]",
        ("1:57: faults[0].response.headers.A: expected a string, found null",),
    ),
    (
        "faults: [{on: any, response: {status: 200, headers: {A: ~}}}]",
        ("1:57: faults[0].response.headers.A: expected a string, found null",),
    ),
    (
        "faults: [{on: any, response: {status: 200, header: {}}}]",
        ("1:44: faults[0].response.header: unknown key; did you mean headers?",),
    ),
    (
        "faults: [{on: any, delay: 1s, name: ''}]",
        (
            (
                "1:37: faults[0].name: expected a name of 1 to 100 characters, without "
                "spaces around it or a { at its start, found ''"
            ),
        ),
    ),
    (
        "faults: [{on: any, sequence: pass}]",
        ("1:30: faults[0].sequence: expected a list, found 'pass'",),
    ),
    (
        "faults: [{on: any, sequence: [pas]}]",
        (("1:31: faults[0].sequence[0]: expected a map of actions, or pass, found 'pas'"),),
    ),
    (
        "faults: [{on: any, sequence: [{delay: 1s, skip: 1}]}]",
        (f"1:43: faults[0].sequence[0].skip: unknown key; allowed: {', '.join(sorted(SHAPES))}",),
    ),
    (
        "faults: [{on: any, sequence: [{delay: 1s}], repeat: 0}]",
        ("1:53: faults[0].repeat: expected a number of times, or forever, found 0",),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {bdy: {}}}]",
        ("1:39: faults[0].where.bdy: unknown key; did you mean body?",),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {query: [a]}}]",
        ('1:46: faults[0].where.query: expected a map, found ["a"]',),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {headers: {A: []}}}]",
        (("1:52: faults[0].where.headers.A: expected at least one value, found []"),),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {body: {a: [1, [2]]}}}]",
        ("1:53: faults[0].where.body.a[1]: expected a scalar, found [2]",),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {customer_id: {}}}]",
        (
            (
                "1:52: faults[0].where.customer_id: expected one of equals, matches, "
                "contains, absent, same_items, found 0 operators"
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {customer_id: {equals: 1, absent: true}}}]",
        (
            (
                "1:52: faults[0].where.customer_id: expected one of equals, matches, "
                "contains, absent, same_items, found 2 operators"
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {tenant: {match: x}}}]",
        ("1:48: faults[0].where.tenant.match: unknown key; did you mean matches?",),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {contact_key: {contains: [x]}}}]",
        (('1:63: faults[0].where.contact_key.contains: expected a scalar, found ["x"]'),),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {contact_key: {absent: 1}}}]",
        (("1:61: faults[0].where.contact_key.absent: expected true or false, found 1"),),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {contact_key: {matches: 5}}}]",
        ("1:62: faults[0].where.contact_key.matches: expected text, found 5",),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {path: ''}}]",
        ("1:45: faults[0].where.path: expected a non-empty string, found ''",),
    ),
    ("stages: [{until: {calls: 1}}]", ("1:10: stages[0].name is missing",)),
    (
        "stages: [{name: ''}]",
        ("1:17: stages[0].name: expected a non-empty string, found ''",),
    ),
    (
        "stages: [{name: a, until: {calls: 0}}, {name: b}]",
        (("1:35: stages[0].until.calls: expected a 32-bit integer, 1 or greater, found 0"),),
    ),
    (
        "stages: [{name: a, until: {elapsed: soon}}, {name: b}]",
        (
            (
                "1:37: stages[0].until.elapsed: expected a duration such as 250ms, 30s, "
                "15m, 2h, 7d, 2w, 6M or 5y, found 'soon'"
            ),
        ),
    ),
    (
        "stages: [{name: a, until: {calls: 1, on: end_tsk}}, {name: b}]",
        (("1:42: stages[0].until.on: no operation named 'end_tsk'; did you mean end_task?"),),
    ),
    ("stages: [{name: a, faults: {}}]", ("1:28: stages[0].faults: expected a list, found {}",)),
    (
        "stages: [{name: a, fault: []}]",
        ("1:20: stages[0].fault: unknown key; did you mean faults?",),
    ),
    (
        "stages: [{name: a, until: {elapsed: 0s}}, {name: b}]",
        (("1:37: stages[0].until.elapsed: expected a duration longer than 0, found '0s'"),),
    ),
    (
        "faults: [{on: any, delay: 1s, name: ' a'}]",
        (
            (
                "1:37: faults[0].name: expected a name of 1 to 100 characters, without "
                "spaces around it or a { at its start, found ' a'"
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, name: '{a'}]",
        (
            (
                "1:37: faults[0].name: expected a name of 1 to 100 characters, without "
                "spaces around it or a { at its start, found '{a'"
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, above_rate: {calls: 2, per: 0s}}]",
        (("1:59: faults[0].above_rate.per: expected a duration longer than 0, found '0s'"),),
    ),
)
"""Each message without the name of the file: line, column, path and text."""
