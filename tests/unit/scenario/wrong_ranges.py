"""Ids, times and progress out of what there is room for, with all that is said of it."""

from __future__ import annotations

WRONG: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "first_ids: {service: 9223372036854775807}\nservices: [{contact_key: K}, {contact_key: L}]",
        (
            (
                "1:22: first_ids.service: No service ids left: they continue from the scenario's "
                "highest id, or from its first_ids.service, and end at 9223372036854775807"
            ),
        ),
    ),
    (
        "first_ids: {state: 2147483647}\nservices: [{contact_key: K, states: [{}, {}]}]",
        (
            (
                "1:20: first_ids.state: No state ids left: they continue from the scenario's "
                "highest id, or from its first_ids.state, and end at 2147483647"
            ),
        ),
    ),
    (
        "first_ids: {task: 2147483648}\nservices: [{contact_key: K, tasks: [{}]}]",
        (
            (
                "1:19: first_ids.task: No task ids left: they continue from the scenario's "
                "highest id, or from its first_ids.task, and end at 2147483647"
            ),
        ),
    ),
    (
        "services: [{contact_key: K, service_id: 9223372036854775807}, {contact_key: K}]",
        (
            (
                "1:1: first_ids.service: No service ids left: they continue from the scenario's "
                "highest id, or from its first_ids.service, and end at 9223372036854775807"
            ),
        ),
    ),
    (
        "services: [{contact_key: K, states: [{state_id: 2147483647}, {}]}]",
        (
            (
                "1:1: first_ids.state: No state ids left: they continue from the scenario's "
                "highest id, or from its first_ids.state, and end at 2147483647"
            ),
        ),
    ),
    (
        "first_ids: {customer: 9223372036854775807}\ngenerate: {customers: {count: 2}}",
        (
            (
                "1:23: first_ids.customer: No customer ids left: they continue from the "
                "scenario's highest id, or from its first_ids.customer, and end at "
                "9223372036854775807"
            ),
        ),
    ),
    (
        "settings: {expiration: 99999y}",
        (("1:24: settings.expiration: expected a duration of at most 9998y, found '99999y'"),),
    ),
    (
        "services: [{contact_key: K, started: -99999y}]",
        (("1:38: services[0].started: expected a duration of at most 9998y, found '-99999y'"),),
    ),
    (
        "services: [{contact_key: K, started: -9000y}]",
        (("1:38: services[0].started: counted from now, it is outside the years 1 to 9999"),),
    ),
    (
        (
            "clock: {time: 2026-01-05T09:00:00.000Z}\nsettings: {expiration: 9000y, "
            "auto_complete: {enabled: true, after: 8000y}}"
        ),
        (
            (
                "2:24: settings.expiration: counted from 2026-01-05T09:00:00.000Z, it is "
                "outside the years 1 to 9999"
            ),
            (
                "2:69: settings.auto_complete.after: counted from "
                "2026-01-05T09:00:00.000Z, it is outside the years 1 to 9999"
            ),
        ),
    ),
    (
        (
            "clock: {time: 2026-01-05T09:00:00.000Z}\nbusiness_attributes: {T: {dbid: 1, "
            "values: [{name: a, dbid: 2, expiration: 9000y}]}}"
        ),
        (
            (
                "2:76: business_attributes.T.values[0].expiration: counted from "
                "2026-01-05T09:00:00.000Z, it is outside the years 1 to 9999"
            ),
        ),
    ),
    (
        (
            "clock: {time: 2026-01-05T09:00:00.000Z}\nservices:\n  - {contact_key: K, "
            "started: -2100y, completed: {timestamp: 8000y}}\n  - {contact_key: K, "
            "expiration_time: 9000y}\n  - {contact_key: K, states: [{started: -2100y, "
            "tasks: [{completed: -2100y}]}], tasks: [{started: {timestamp: -2100y}}]}"
        ),
        (
            (
                "3:31: services[0].started: counted from 2026-01-05T09:00:00.000Z, it is "
                "outside the years 1 to 9999"
            ),
            (
                "3:62: services[0].completed.timestamp: counted from "
                "2026-01-05T09:00:00.000Z, it is outside the years 1 to 9999"
            ),
            (
                "4:39: services[1].expiration_time: counted from "
                "2026-01-05T09:00:00.000Z, it is outside the years 1 to 9999"
            ),
            (
                "5:41: services[2].states[0].started: counted from "
                "2026-01-05T09:00:00.000Z, it is outside the years 1 to 9999"
            ),
            (
                "5:69: services[2].states[0].tasks[0].completed: counted from "
                "2026-01-05T09:00:00.000Z, it is outside the years 1 to 9999"
            ),
            (
                "5:111: services[2].tasks[0].started.timestamp: counted from "
                "2026-01-05T09:00:00.000Z, it is outside the years 1 to 9999"
            ),
        ),
    ),
    (
        (
            "clock: {time: 2026-01-05T09:00:00.000Z}\nfaults: [{on: any, advance: 9000y}, "
            "{on: any, sequence: [pass, {advance: 8000y}]}]\nstages: [{name: a, faults: "
            "[{on: any, advance: 9000y}]}]"
        ),
        (
            (
                "2:29: faults[0].advance: counted from 2026-01-05T09:00:00.000Z, it is "
                "outside the years 1 to 9999"
            ),
            (
                "2:74: faults[1].sequence[1].advance: counted from "
                "2026-01-05T09:00:00.000Z, it is outside the years 1 to 9999"
            ),
            (
                "3:48: stages[0].faults[0].advance: counted from "
                "2026-01-05T09:00:00.000Z, it is outside the years 1 to 9999"
            ),
        ),
    ),
    (
        "progress: {stage: {name: b, entered: 2026-01-05T09:00:00.000Z}}\nstages: [{name: a}]",
        ("1:26: progress.stage.name: no stage named 'b'; available: a",),
    ),
    (
        "progress: {stage: {name: b, entered: 2026-01-05T09:00:00.000Z}}",
        ("1:26: progress.stage.name: no stage named 'b'; no stage exists",),
    ),
    (
        (
            "progress: {faults: {lots: {since: 2026-01-05T09:00:00.000Z}}}\nfaults: "
            "[{name: lost, on: any, delay: 1s}]"
        ),
        (("1:27: progress.faults.lots: no fault rule in force named 'lots'; did you mean lost?"),),
    ),
    (
        (
            "progress: {faults: {f: {since: 2026-01-05T09:00:00.000Z, runtime: "
            "true}}}\nstages: [{name: a, faults: [{name: f, on: any, delay: 1s}]}]"
        ),
        (("1:24: progress.faults.f: runtime is only allowed with a fault outside the stages"),),
    ),
    (
        (
            "progress: {faults: {f: {since: 2026-01-05T09:00:00.000Z, recent: "
            "[2026-01-05T09:00:00.000Z]}}}\nfaults: [{name: f, on: any, delay: 1s}]"
        ),
        ("1:66: progress.faults.f.recent: more calls than the rule's rate counts: 0",),
    ),
)
"""Each message without the name of the file: line, column, path and text."""
