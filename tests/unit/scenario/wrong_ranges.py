"""Ids, times and progress out of what there is room for, with all that is said of it."""

from __future__ import annotations

from tests.support.problems import (
    CALENDAR_DURATION,
    OUTSIDE_CALENDAR,
    Row,
    no_ids,
    no_such,
    unfit,
    wrong,
)

WRONG: tuple[Row, ...] = (
    (
        "first_ids: {service: 9223372036854775807}\nservices: [{contact_key: K}, {contact_key: L}]",
        (no_ids("1:22", "first_ids.service", "service", 9223372036854775807),),
    ),
    (
        "first_ids: {state: 2147483647}\nservices: [{contact_key: K, states: [{}, {}]}]",
        (no_ids("1:20", "first_ids.state", "state", 2147483647),),
    ),
    (
        "first_ids: {task: 2147483648}\nservices: [{contact_key: K, tasks: [{}]}]",
        (no_ids("1:19", "first_ids.task", "task", 2147483647),),
    ),
    (
        "services: [{contact_key: K, service_id: 9223372036854775807}, {contact_key: K}]",
        (no_ids("1:1", "first_ids.service", "service", 9223372036854775807),),
    ),
    (
        "services: [{contact_key: K, states: [{state_id: 2147483647}, {}]}]",
        (no_ids("1:1", "first_ids.state", "state", 2147483647),),
    ),
    (
        "first_ids: {customer: 9223372036854775807}\ngenerate: {customers: {count: 2}}",
        (no_ids("1:23", "first_ids.customer", "customer", 9223372036854775807),),
    ),
    (
        "settings: {expiration: 99999y}",
        (unfit("1:24", "settings.expiration", CALENDAR_DURATION, "99999y"),),
    ),
    (
        "services: [{contact_key: K, started: -99999y}]",
        (unfit("1:38", "services[0].started", CALENDAR_DURATION, "-99999y"),),
    ),
    (
        "services: [{contact_key: K, started: -9000y}]",
        (
            wrong(
                "1:38", "services[0].started", "counted from now, it is outside the years 1 to 9999"
            ),
        ),
    ),
    (
        (
            "clock: {time: 2026-01-05T09:00:00.000Z}\nsettings: {expiration: 9000y, "
            "auto_complete: {enabled: true, after: 8000y}}"
        ),
        (
            wrong("2:24", "settings.expiration", OUTSIDE_CALENDAR),
            wrong("2:69", "settings.auto_complete.after", OUTSIDE_CALENDAR),
        ),
    ),
    (
        (
            "clock: {time: 2026-01-05T09:00:00.000Z}\nbusiness_attributes: {T: {dbid: 1, "
            "values: [{name: a, dbid: 2, expiration: 9000y}]}}"
        ),
        (wrong("2:76", "business_attributes.T.values[0].expiration", OUTSIDE_CALENDAR),),
    ),
    (
        (
            "clock: {time: 2026-01-05T09:00:00.000Z}\nservices:\n  - {contact_key: K, "
            "started: -2100y, completed: {timestamp: 8000y}}\n  - {contact_key: K, "
            "expiration_time: 9000y}\n  - {contact_key: K, states: [{started: -2100y, "
            "tasks: [{completed: -2100y}]}], tasks: [{started: {timestamp: -2100y}}]}"
        ),
        (
            wrong("3:31", "services[0].started", OUTSIDE_CALENDAR),
            wrong("3:62", "services[0].completed.timestamp", OUTSIDE_CALENDAR),
            wrong("4:39", "services[1].expiration_time", OUTSIDE_CALENDAR),
            wrong("5:41", "services[2].states[0].started", OUTSIDE_CALENDAR),
            wrong("5:69", "services[2].states[0].tasks[0].completed", OUTSIDE_CALENDAR),
            wrong("5:111", "services[2].tasks[0].started.timestamp", OUTSIDE_CALENDAR),
        ),
    ),
    (
        (
            "clock: {time: 2026-01-05T09:00:00.000Z}\nfaults: [{on: any, advance: 9000y}, "
            "{on: any, sequence: [pass, {advance: 8000y}]}]\nstages: [{name: a, faults: "
            "[{on: any, advance: 9000y}]}]"
        ),
        (
            wrong("2:29", "faults[0].advance", OUTSIDE_CALENDAR),
            wrong("2:74", "faults[1].sequence[1].advance", OUTSIDE_CALENDAR),
            wrong("3:48", "stages[0].faults[0].advance", OUTSIDE_CALENDAR),
        ),
    ),
    (
        "progress: {stage: {name: b, entered: 2026-01-05T09:00:00.000Z}}\nstages: [{name: a}]",
        (no_such("1:26", "progress.stage.name", "stage", "b", available="a"),),
    ),
    (
        "progress: {stage: {name: b, entered: 2026-01-05T09:00:00.000Z}}",
        (no_such("1:26", "progress.stage.name", "stage", "b", note="no stage exists"),),
    ),
    (
        (
            "progress: {faults: {lots: {since: 2026-01-05T09:00:00.000Z}}}\nfaults: "
            "[{name: lost, on: any, delay: 1s}]"
        ),
        (no_such("1:27", "progress.faults.lots", "fault rule in force", "lots", near="lost"),),
    ),
    (
        (
            "progress: {faults: {f: {since: 2026-01-05T09:00:00.000Z, runtime: "
            "true}}}\nstages: [{name: a, faults: [{name: f, on: any, delay: 1s}]}]"
        ),
        (
            wrong(
                "1:24",
                "progress.faults.f",
                "runtime is only allowed with a fault outside the stages",
            ),
        ),
    ),
    (
        (
            "progress: {faults: {f: {since: 2026-01-05T09:00:00.000Z, recent: "
            "[2026-01-05T09:00:00.000Z]}}}\nfaults: [{name: f, on: any, delay: 1s}]"
        ),
        (wrong("1:66", "progress.faults.f.recent", "more calls than the rule's rate counts: 0"),),
    ),
)
"""Each message without the name of the file: line, column, path and text."""
