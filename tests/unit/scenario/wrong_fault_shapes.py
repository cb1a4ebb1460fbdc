"""Faults and stages of a wrong shape, each with all that is said of it."""

from __future__ import annotations

from cs_simulator.faults.actions import SHAPES
from tests.support.problems import (
    BOOLEAN,
    DURATION,
    INT_32_FROM_0,
    INT_32_FROM_1,
    LIST,
    MAP,
    NON_EMPTY,
    PROBABILITY,
    RULE_NAME,
    SCALAR,
    SOME_DURATION,
    STATUS,
    STRING,
    TEXT,
    TWO_DURATIONS,
    Row,
    missing,
    no_such,
    unfit,
    unknown,
    wrong,
)

WRONG: tuple[Row, ...] = (
    ("faults: {}", (unfit("1:9", "faults", LIST, {}),)),
    ("faults: [{delay: 1s}]", (missing("1:10", "faults[0].on"),)),
    (
        "faults: [{on: start_servce, delay: 1s}]",
        (no_such("1:15", "faults[0].on", "operation", "start_servce", near="start_service"),),
    ),
    (
        "faults: [{on: [], delay: 1s}]",
        (unfit("1:15", "faults[0].on", "at least one operation id", []),),
    ),
    (
        "faults: [{on: [any, end_tsk], delay: 1s}]",
        (no_such("1:21", "faults[0].on[1]", "operation", "end_tsk", near="end_task"),),
    ),
    (
        "faults: [{on: any, tims: 3, delay: 1s}]",
        (unknown("1:20", "faults[0].tims", near="times"),),
    ),
    (
        "faults: [{on: any, delay: 5}]",
        (unfit("1:27", "faults[0].delay", DURATION, 5),),
    ),
    ("faults: [{on: any, delay: {from: 1s}}]", (missing("1:27", "faults[0].delay.to"),)),
    (
        "faults: [{on: any, delay: {median: 1s, max: 2s}}]",
        (missing("1:27", "faults[0].delay.sigma"),),
    ),
    (
        "faults: [{on: any, delay: {median: 1s, sigma: 6, max: 2s}}]",
        (unfit("1:47", "faults[0].delay.sigma", "a number from 0 to 5", 6),),
    ),
    (
        "faults: [{on: any, delay: {from: 1s, to: 2s, of: 1}}]",
        (unknown("1:46", "faults[0].delay.of", allowed="from, to"),),
    ),
    (
        "faults: [{on: any, advance: soon}]",
        (unfit("1:29", "faults[0].advance", DURATION, "soon"),),
    ),
    (
        "faults: [{on: any, dribble: {chunks: 0, duration: 1s}}]",
        (unfit("1:38", "faults[0].dribble.chunks", INT_32_FROM_1, 0),),
    ),
    ("faults: [{on: any, dribble: {chunks: 1}}]", (missing("1:29", "faults[0].dribble.duration"),)),
    (
        "faults: [{on: any, delay: 1s, between: 1s}]",
        (unfit("1:40", "faults[0].between", TWO_DURATIONS, "1s"),),
    ),
    (
        "faults: [{on: any, delay: 1s, between: [1s]}]",
        (unfit("1:40", "faults[0].between", TWO_DURATIONS, ["1s"]),),
    ),
    (
        "faults: [{on: any, delay: 1s, between: [1s, x]}]",
        (unfit("1:45", "faults[0].between[1]", DURATION, "x"),),
    ),
    (
        "faults: [{on: any, delay: 1s, above_rate: {calls: 2}}]",
        (missing("1:43", "faults[0].above_rate.per"),),
    ),
    (
        "faults: [{on: any, delay: 1s, skip: -1, every: 0, times: -1}]",
        (
            unfit("1:37", "faults[0].skip", INT_32_FROM_0, -1),
            unfit("1:48", "faults[0].every", INT_32_FROM_1, 0),
            unfit("1:58", "faults[0].times", INT_32_FROM_0, -1),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, probability: 25%}]",
        (unfit("1:44", "faults[0].probability", PROBABILITY, "25%"),),
    ),
    (
        "faults: [{on: any, connection: {truncate: {after: -1, chunked: 1}}}]",
        (
            unfit("1:51", "faults[0].connection.truncate.after", INT_32_FROM_0, -1),
            unfit("1:64", "faults[0].connection.truncate.chunked", BOOLEAN, 1),
        ),
    ),
    ("faults: [{on: any, connection: {}}]", (missing("1:32", "faults[0].connection.truncate"),)),
    (
        "faults: [{on: any, connection: rest}]",
        (
            unfit(
                "1:32",
                "faults[0].connection",
                "one of reset, close, truncate, garbage, stall",
                "rest",
                near="reset",
            ),
        ),
    ),
    (
        "faults: [{on: any, connection: reset, effect: both}]",
        (unfit("1:47", "faults[0].effect", "one of none, applied", "both"),),
    ),
    ("faults: [{on: any, response: {}}]", (missing("1:30", "faults[0].response.status"),)),
    (
        "faults: [{on: any, response: 503}]",
        (unfit("1:30", "faults[0].response", MAP, 503),),
    ),
    (
        "faults: [{on: any, response: {status: 199}}]",
        (unfit("1:39", "faults[0].response.status", STATUS, 199),),
    ),
    (
        "faults: [{on: any, response: {status: '500'}}]",
        (unfit("1:39", "faults[0].response.status", STATUS, "500"),),
    ),
    (
        "faults: [{on: any, response: {status: 200, headers: {A: ~}}}]",
        (unfit("1:57", "faults[0].response.headers.A", STRING, None),),
    ),
    (
        "faults: [{on: any, response: {status: 200, headers: {A: ~}}}]",
        (unfit("1:57", "faults[0].response.headers.A", STRING, None),),
    ),
    (
        "faults: [{on: any, response: {status: 200, header: {}}}]",
        (unknown("1:44", "faults[0].response.header", near="headers"),),
    ),
    (
        "faults: [{on: any, delay: 1s, name: ''}]",
        (unfit("1:37", "faults[0].name", RULE_NAME, ""),),
    ),
    (
        "faults: [{on: any, sequence: pass}]",
        (unfit("1:30", "faults[0].sequence", LIST, "pass"),),
    ),
    (
        "faults: [{on: any, sequence: [pas]}]",
        (unfit("1:31", "faults[0].sequence[0]", "a map of actions, or pass", "pas"),),
    ),
    (
        "faults: [{on: any, sequence: [{delay: 1s, skip: 1}]}]",
        (
            unknown(
                "1:43",
                "faults[0].sequence[0].skip",
                allowed=", ".join(sorted(SHAPES)),
            ),
        ),
    ),
    (
        "faults: [{on: any, sequence: [{delay: 1s}], repeat: 0}]",
        (unfit("1:53", "faults[0].repeat", "a number of times, or forever", 0),),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {bdy: {}}}]",
        (unknown("1:39", "faults[0].where.bdy", near="body"),),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {query: [a]}}]",
        (unfit("1:46", "faults[0].where.query", MAP, ["a"]),),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {headers: {A: []}}}]",
        (unfit("1:52", "faults[0].where.headers.A", "at least one value", []),),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {body: {a: [1, [2]]}}}]",
        (unfit("1:53", "faults[0].where.body.a[1]", SCALAR, [2]),),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {customer_id: {}}}]",
        (
            wrong(
                "1:52",
                "faults[0].where.customer_id",
                "expected one of equals, matches, contains, absent, same_items, found 0 operators",
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {customer_id: {equals: 1, absent: true}}}]",
        (
            wrong(
                "1:52",
                "faults[0].where.customer_id",
                "expected one of equals, matches, contains, absent, same_items, found 2 operators",
            ),
        ),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {tenant: {match: x}}}]",
        (unknown("1:48", "faults[0].where.tenant.match", near="matches"),),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {contact_key: {contains: [x]}}}]",
        (unfit("1:63", "faults[0].where.contact_key.contains", SCALAR, ["x"]),),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {contact_key: {absent: 1}}}]",
        (unfit("1:61", "faults[0].where.contact_key.absent", BOOLEAN, 1),),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {contact_key: {matches: 5}}}]",
        (unfit("1:62", "faults[0].where.contact_key.matches", TEXT, 5),),
    ),
    (
        "faults: [{on: any, delay: 1s, where: {path: ''}}]",
        (unfit("1:45", "faults[0].where.path", NON_EMPTY, ""),),
    ),
    ("stages: [{until: {calls: 1}}]", (missing("1:10", "stages[0].name"),)),
    (
        "stages: [{name: ''}]",
        (unfit("1:17", "stages[0].name", NON_EMPTY, ""),),
    ),
    (
        "stages: [{name: a, until: {calls: 0}}, {name: b}]",
        (unfit("1:35", "stages[0].until.calls", INT_32_FROM_1, 0),),
    ),
    (
        "stages: [{name: a, until: {elapsed: soon}}, {name: b}]",
        (unfit("1:37", "stages[0].until.elapsed", DURATION, "soon"),),
    ),
    (
        "stages: [{name: a, until: {calls: 1, on: end_tsk}}, {name: b}]",
        (no_such("1:42", "stages[0].until.on", "operation", "end_tsk", near="end_task"),),
    ),
    ("stages: [{name: a, faults: {}}]", (unfit("1:28", "stages[0].faults", LIST, {}),)),
    (
        "stages: [{name: a, fault: []}]",
        (unknown("1:20", "stages[0].fault", near="faults"),),
    ),
    (
        "stages: [{name: a, until: {elapsed: 0s}}, {name: b}]",
        (unfit("1:37", "stages[0].until.elapsed", SOME_DURATION, "0s"),),
    ),
    (
        "faults: [{on: any, delay: 1s, name: ' a'}]",
        (unfit("1:37", "faults[0].name", RULE_NAME, " a"),),
    ),
    (
        "faults: [{on: any, delay: 1s, name: '{a'}]",
        (unfit("1:37", "faults[0].name", RULE_NAME, "{a"),),
    ),
    (
        "faults: [{on: any, delay: 1s, above_rate: {calls: 2, per: 0s}}]",
        (unfit("1:59", "faults[0].above_rate.per", SOME_DURATION, "0s"),),
    ),
)
"""Each message without the name of the file: line, column, path and text."""
