"""Faults and stages of a wrong shape, each with all that is said of it."""

from __future__ import annotations

WRONG: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("faults: {}", ("1:9: faults: found a map, expected a list",)),
    ("faults: [{delay: 1s}]", ("1:10: faults[0]: on is missing",)),
    (
        "faults: [{on: start_servce, delay: 1s}]",
        (
            (
                "1:15: faults[0].on: no operation has the id start_servce; did you mean "
                "start_service?"
            ),
        ),
    ),
    (
        "faults: [{on: [], delay: 1s}]",
        ("1:15: faults[0].on: found an empty list, expected an operation id",),
    ),
    (
        "faults: [{on: [any, end_tsk], delay: 1s}]",
        ("1:21: faults[0].on[1]: no operation has the id end_tsk; did you mean end_task?",),
    ),
    (
        "faults: [{on: any, tims: 3, delay: 1s}]",
        ("1:20: faults[0].tims: unknown key; did you mean times?",),
    ),
    (
        "faults: [{on: any, delay: 5}]",
        (
            (
                "1:27: faults[0].delay: found 5, expected a span of time such as 250ms, 30s, "
                "15m, 2h, 7d, 2w, 6M or 5y"
            ),
        ),
    ),
    ("faults: [{on: any, delay: {from: 1s}}]", ("1:27: faults[0].delay: to is missing",)),
    (
        "faults: [{on: any, delay: {median: 1s, max: 2s}}]",
        ("1:27: faults[0].delay: sigma is missing",),
    ),
    (
        "faults: [{on: any, delay: {median: 1s, sigma: 6, max: 2s}}]",
        ("1:47: faults[0].delay.sigma: found 6, expected a number from 0 to 5",),
    ),
    (
        "faults: [{on: any, delay: {from: 1s, to: 2s, of: 1}}]",
        ("1:46: faults[0].delay.of: unknown key; allowed: from, to",),
    ),
    (
        "faults: [{on: any, advance: soon}]",
        (
            (
                "1:29: faults[0].advance: found 'soon', expected a span of time such as "
                "250ms, 30s, 15m, 2h, 7d, 2w, 6M or 5y"
            ),
        ),
    ),
    (
        "faults: [{on: any, dribble: {chunks: 0, duration: 1s}}]",
        ("1:38: faults[0].dribble.chunks: found 0, expected an integer of 32 bits, 1 or more",),
    ),
    (
        "faults: [{on: any, dribble: {chunks: 1}}]",
        ("1:29: faults[0].dribble: duration is missing",),
    ),
    (
        "faults: [{on: any, delay: 1s, between: 1s}]",
        ("1:40: faults[0].between: found '1s', expected two spans such as [10s, 40s]",),
    ),
    (
        "faults: [{on: any, delay: 1s, between: [1s]}]",
        ("1:40: faults[0].between: found a list, expected two spans such as [10s, 40s]",),
    ),
    (
        "faults: [{on: any, delay: 1s, between: [1s, x]}]",
        (
            (
                "1:45: faults[0].between[1]: found 'x', expected a span of time such as "
                "250ms, 30s, 15m, 2h, 7d, 2w, 6M or 5y"
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, above_rate: {calls: 2}}]",
        ("1:43: faults[0].above_rate: per is missing",),
    ),
    (
        "faults: [{on: any, delay: 1s, skip: -1, every: 0, times: -1}]",
        (
            "1:37: faults[0].skip: found -1, expected an integer of 32 bits, 0 or more",
            "1:48: faults[0].every: found 0, expected an integer of 32 bits, 1 or more",
            "1:58: faults[0].times: found -1, expected an integer of 32 bits, 0 or more",
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, probability: 25%}]",
        ("1:44: faults[0].probability: found '25%', expected a number from 0 to 1",),
    ),
    (
        "faults: [{on: any, connection: rest}]",
        (
            (
                "1:32: faults[0].connection: found 'rest', expected one of reset, close, "
                "truncate, garbage, stall; did you mean reset?"
            ),
        ),
    ),
    (
        "faults: [{on: any, connection: reset, effect: both}]",
        ("1:47: faults[0].effect: found 'both', expected one of none, applied",),
    ),
    ("faults: [{on: any, response: {}}]", ("1:30: faults[0].response: status is missing",)),
    (
        "faults: [{on: any, response: 503}]",
        ("1:30: faults[0].response: found 503, expected a map",),
    ),
    (
        "faults: [{on: any, response: {status: 199}}]",
        ("1:39: faults[0].response.status: found 199, expected a status from 200 to 599",),
    ),
    (
        "faults: [{on: any, response: {status: '500'}}]",
        ("1:39: faults[0].response.status: found '500', expected a status from 200 to 599",),
    ),
    (
        "faults: [{on: any, response: {status: 200, headers: {A: ~}}}]",
        ("1:57: faults[0].response.headers.A: found null, expected a string",),
    ),
    (
        "faults: [{on: any, response: {status: 200, header: {}}}]",
        ("1:44: faults[0].response.header: unknown key; did you mean headers?",),
    ),
    (
        "faults: [{on: any, delay: 1s, name: ''}]",
        (
            (
                "1:37: faults[0].name: found '', expected a name of 1 to 100 characters, no "
                "blanks around it, that does not begin in {"
            ),
        ),
    ),
    (
        "faults: [{on: any, sequence: pass}]",
        ("1:30: faults[0].sequence: found 'pass', expected a list",),
    ),
    (
        "faults: [{on: any, sequence: [pas]}]",
        ("1:31: faults[0].sequence[0]: found 'pas', expected a map of actions, or pass",),
    ),
    (
        "faults: [{on: any, sequence: [{delay: 1s, skip: 1}]}]",
        (
            (
                "1:43: faults[0].sequence[0].skip: unknown key; allowed: advance, connection, "
                "delay, dribble, effect, patch, response"
            ),
        ),
    ),
    (
        "faults: [{on: any, sequence: [{delay: 1s}], repeat: 0}]",
        ("1:53: faults[0].repeat: found 0, expected a number of times, or forever",),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {bdy: {}}}]",
        ("1:39: faults[0].where.bdy: unknown key; did you mean body?",),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {query: [a]}}]",
        ("1:46: faults[0].where.query: found a list, expected a map",),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {headers: {A: []}}}]",
        (
            (
                "1:52: faults[0].where.headers.A: found an empty list, expected values of "
                "which any will do"
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {body: {a: [1, [2]]}}}]",
        ("1:53: faults[0].where.body.a[1]: found a list, expected a scalar",),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {customer_id: {}}}]",
        (
            (
                "1:52: faults[0].where.customer_id: found 0 operators, expected one of "
                "equals, matches, contains, absent"
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {customer_id: {equals: 1, absent: true}}}]",
        (
            (
                "1:52: faults[0].where.customer_id: found 2 operators, expected one of "
                "equals, matches, contains, absent"
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {tenant: {match: x}}}]",
        ("1:48: faults[0].where.tenant.match: unknown operator; did you mean matches?",),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {contact_key: {contains: [x]}}}]",
        ("1:63: faults[0].where.contact_key.contains: found a list, expected a scalar",),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {contact_key: {absent: 1}}}]",
        ("1:61: faults[0].where.contact_key.absent: found 1, expected true or false",),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {contact_key: {matches: 5}}}]",
        ("1:62: faults[0].where.contact_key.matches: found 5, expected text",),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {path: ''}}]",
        ("1:45: faults[0].where.path: found '', expected a string that is not empty",),
    ),
    ("stages: [{until: {calls: 1}}]", ("1:10: stages[0]: name is missing",)),
    (
        "stages: [{name: ''}]",
        ("1:17: stages[0].name: found '', expected a string that is not empty",),
    ),
    (
        "stages: [{name: a, until: {calls: 0}}, {name: b}]",
        ("1:35: stages[0].until.calls: found 0, expected an integer of 32 bits, 1 or more",),
    ),
    (
        "stages: [{name: a, until: {elapsed: soon}}, {name: b}]",
        (
            (
                "1:37: stages[0].until.elapsed: found 'soon', expected a span of time such as "
                "250ms, 30s, 15m, 2h, 7d, 2w, 6M or 5y"
            ),
        ),
    ),
    (
        "stages: [{name: a, until: {calls: 1, on: end_tsk}}, {name: b}]",
        ("1:42: stages[0].until.on: no operation has the id end_tsk; did you mean end_task?",),
    ),
    ("stages: [{name: a, faults: {}}]", ("1:28: stages[0].faults: found a map, expected a list",)),
    (
        "stages: [{name: a, fault: []}]",
        ("1:20: stages[0].fault: unknown key; did you mean faults?",),
    ),
    (
        "stages: [{name: a, until: {elapsed: 0s}}, {name: b}]",
        ("1:37: stages[0].until.elapsed: found '0s', expected a span of time longer than 0",),
    ),
    (
        "faults: [{on: any, delay: 1s, name: ' a'}]",
        (
            (
                "1:37: faults[0].name: found ' a', expected a name of 1 to 100 characters, no "
                "blanks around it, that does not begin in {"
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, name: '{a'}]",
        (
            (
                "1:37: faults[0].name: found '{a', expected a name of 1 to 100 characters, no "
                "blanks around it, that does not begin in {"
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, above_rate: {calls: 2, per: 0s}}]",
        ("1:59: faults[0].above_rate.per: found '0s', expected a span of time longer than 0",),
    ),
)
"""Each message without the name of the file: line, column, path and text."""
