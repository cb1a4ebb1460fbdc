"""Documents of a wrong shape, each with all that is said of it."""

from __future__ import annotations

from cs_simulator.domain.attributes import FULL_NAMES
from cs_simulator.domain.members import OF_EVENT

WRONG: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("- 1", ("1:1: found a list, expected a map",)),
    ("nothing", ("1:1: found 'nothing', expected a map",)),
    ("format: 2", ("1:9: format: found 2, expected 1, the only format there is",)),
    ("name: ''", ("1:7: name: found '', expected a string that is not empty",)),
    ("name: true", ("1:7: name: found true, expected a string that is not empty",)),
    ("description: [a]", ("1:14: description: found a list, expected a string",)),
    ("extends: {}", ("1:10: extends: found a map, expected a string that is not empty",)),
    ("seed: 1.5", ("1:7: seed: found 1.5, expected an integer of 64 bits",)),
    (
        "seed: 9223372036854775808",
        ("1:7: seed: found 9223372036854775808, expected an integer of 64 bits",),
    ),
    ("servces: []", ("1:1: servces: unknown key; did you mean services?",)),
    ("clock: now", ("1:8: clock: found 'now', expected a map",)),
    ("clock: {tiem: 1}", ("1:9: clock.tiem: unknown key; did you mean time?",)),
    (
        "clock: {mode: frzen}",
        (
            (
                "1:15: clock.mode: found 'frzen', expected one of real, offset, frozen; did "
                "you mean frozen?"
            ),
        ),
    ),
    ("clock: {mode: 1}", ("1:15: clock.mode: found 1, expected one of real, offset, frozen",)),
    (
        "clock: {time: -2h}",
        ("1:15: clock.time: found '-2h', expected a date of the form YYYY-MM-DDTHH:mm:ss.SSSZ",),
    ),
    (
        "first_ids: {service: 0, task: 1.5}",
        (
            "1:22: first_ids.service: found 0, expected an integer of 64 bits, 1 or more",
            "1:31: first_ids.task: found 1.5, expected an integer of 32 bits, 1 or more",
        ),
    ),
    (
        "first_ids: {state: 2147483649}",
        ("1:20: first_ids.state: found 2147483649, expected an integer of 32 bits, 1 or more",),
    ),
    (
        "settings: {expiration: 5}",
        (
            (
                "1:24: settings.expiration: found 5, expected a span of time such as 250ms, "
                "30s, 15m, 2h, 7d, 2w, 6M or 5y"
            ),
        ),
    ),
    (
        "settings: {auto_complete: {enabled: 'true', after: soon}}",
        (
            "1:37: settings.auto_complete.enabled: found 'true', expected true or false",
            (
                "1:52: settings.auto_complete.after: found 'soon', expected a span of time "
                "such as 250ms, 30s, 15m, 2h, 7d, 2w, 6M or 5y"
            ),
        ),
    ),
    (
        "settings: {data_validation: no}",
        ("1:29: settings.data_validation: found 'no', expected true or false",),
    ),
    (
        "settings: {base_paths: {'8.5': genesys/}}",
        (
            (
                "1:32: settings.base_paths.8.5: found 'genesys/', expected a path such as "
                "/genesys/1/cs, of letters, digits and - . _ ~, without a slash at its end and "
                "outside /_control and /_world"
            ),
        ),
    ),
    (
        "settings: {base_paths: {'9.0': /a}}",
        ("1:25: settings.base_paths.9.0: unknown key; allowed: 8.1, 8.5",),
    ),
    ("fidelity: []", ("1:11: fidelity: found a list, expected a map",)),
    (
        "fidelity: {end_twic: accept}",
        ("1:12: fidelity.end_twic: there is no switch 'end_twic'; did you mean end_twice?",),
    ),
    (
        "fidelity: {state_references: maybe}",
        ("1:30: fidelity.state_references: state_references takes check or ignore, not 'maybe'",),
    ),
    ("customers: {}", ("1:12: customers: found a map, expected a list",)),
    ("customers: [~]", ("1:13: customers[0]: found null, expected a map",)),
    (
        "customers: [{Firstname: Ada}]",
        ("1:14: customers[0].Firstname: unknown key; did you mean FirstName?",),
    ),
    (
        "customers: [{customer_id: ''}]",
        ("1:27: customers[0].customer_id: found '', expected a string that is not empty",),
    ),
    (
        "customers: [{FirstName: [~]}, {LastName: {a: 1}}]",
        (
            "1:26: customers[0].FirstName[0]: found null, expected a value",
            "1:42: customers[1].LastName: found a map, expected a value, or a list of at least one",
        ),
    ),
    (
        "customers: [{customer_id: C, remove: yes}]",
        ("1:38: customers[0].remove: found 'yes', expected true or false",),
    ),
    ("services: [5]", ("1:12: services[0]: found 5, expected a map",)),
    (
        "services: [{contact_key: K, servce_type: 100}]",
        ("1:29: services[0].servce_type: unknown key; did you mean service_type?",),
    ),
    (
        "services: [{contact_key: K, started: yesterday}]",
        (
            (
                "1:38: services[0].started: found 'yesterday', expected a date of the form "
                "YYYY-MM-DDTHH:mm:ss.SSSZ, or a distance from the clock such as -2h"
            ),
        ),
    ),
    (
        "services: [{contact_key: K, started: {timestamp: x}}]",
        (
            (
                "1:50: services[0].started.timestamp: found 'x', expected a date of the form "
                "YYYY-MM-DDTHH:mm:ss.SSSZ, or a distance from the clock such as -2h"
            ),
        ),
    ),
    (
        "services: [{contact_key: K, service_id: -5}]",
        (
            (
                "1:41: services[0].service_id: found -5, expected an integer of 64 bits, 0 or "
                "more, or a string that is not empty"
            ),
        ),
    ),
    (
        "services: [{contact_key: K, service_type: [1]}]",
        (
            (
                "1:43: services[0].service_type: found a list, expected an integer of 64 bits "
                "or a string that is not empty"
            ),
        ),
    ),
    (
        "services: [{contact_key: K, est_duration: -1}]",
        ("1:43: services[0].est_duration: found -1, expected an integer of 32 bits, 0 or more",),
    ),
    (
        "services: [{contact_key: K, ttl: 0}]",
        ("1:34: services[0].ttl: found 0, expected an integer of 64 bits, 1 or more",),
    ),
    (
        "services: [{contact_key: K, auto_complete_after: 0}]",
        (
            (
                "1:50: services[0].auto_complete_after: found 0, expected an integer of 64 "
                "bits, 1 or more"
            ),
        ),
    ),
    (
        "services: [{contact_key: ''}]",
        ("1:26: services[0].contact_key: found '', expected a string that is not empty",),
    ),
    (
        "services: [{contact_key: K, disposition: 1, completed: , tasks: [{disposition_desc: x}]}]",
        (
            "1:29: services[0].disposition: needs completed beside it",
            "1:67: services[0].tasks[0].disposition_desc: needs completed beside it",
        ),
    ),
    (
        "services: [{contact_key: K, extensions: [a]}]",
        ("1:41: services[0].extensions: found a list, expected a map",),
    ),
    (
        "services: [{contact_key: K, extensions: {ttl: 5, a: 1, started: x}}]",
        (
            "1:42: services[0].extensions.ttl: a reserved name is never one of attached data",
            "1:56: services[0].extensions.started: a reserved name is never one of attached data",
        ),
    ),
    (
        "services: [{contact_key: K, states: [{extensions: {state_id: 5}}]}]",
        (
            (
                "1:52: services[0].states[0].extensions.state_id: a reserved name is never one "
                "of attached data"
            ),
        ),
    ),
    (
        "services: [{contact_key: K, completed: {disposition: 1}}]",
        (
            (
                "1:41: services[0].completed.disposition: unknown key; allowed: "
                + ", ".join(sorted(["timestamp", *(member.name for member in OF_EVENT)]))
            ),
        ),
    ),
    (
        "services: [{contact_key: K, states: [{state_id: abc}]}]",
        (
            (
                "1:49: services[0].states[0].state_id: found 'abc', expected an integer of 32 "
                "bits, 0 or more"
            ),
        ),
    ),
    (
        "services: [{contact_key: K, states: [{state_id: 2147483648}]}]",
        (
            (
                "1:49: services[0].states[0].state_id: found 2147483648, expected an integer "
                "of 32 bits, 0 or more"
            ),
        ),
    ),
    (
        "services: [{contact_key: K, tasks: [{task_typ: 1}]}]",
        ("1:38: services[0].tasks[0].task_typ: unknown key; did you mean task_type?",),
    ),
    (
        "services: [{contact_key: K, service_id: 9223372036854775808}]",
        (
            (
                "1:41: services[0].service_id: found 9223372036854775808, expected an integer "
                "of 64 bits or a string that is not empty"
            ),
        ),
    ),
    (
        "services: [{contact_key: K, retention: {}}]",
        ("1:40: services[0].retention: touched is missing",),
    ),
    (
        "services: [{contact_key: K, retention: {touched: now, idle_ms: -1}}]",
        (
            (
                "1:50: services[0].retention.touched: found 'now', expected a date of the "
                "form YYYY-MM-DDTHH:mm:ss.SSSZ"
            ),
            (
                "1:64: services[0].retention.idle_ms: found -1, expected an integer of 80 "
                "bits, 0 or more"
            ),
        ),
    ),
    ("business_attributes: {T: {dbid: 1}}", ("1:26: business_attributes.T: values is missing",)),
    ("business_attributes: {T: {values: []}}", ("1:26: business_attributes.T: dbid is missing",)),
    (
        "business_attributes: {T: {dbid: -1, values: [{name: a}]}}",
        (
            (
                "1:33: business_attributes.T.dbid: found -1, expected an integer of 64 bits, "
                "0 or more"
            ),
            "1:46: business_attributes.T.values[0]: dbid is missing",
        ),
    ),
    (
        "business_attributes: {T: {dbid: 1, values: [], cv_attributes: [Service.kind]}}",
        (
            (
                "1:64: business_attributes.T.cv_attributes[0]: found 'Service.kind', expected "
                "one of " + ", ".join(FULL_NAMES)
            ),
        ),
    ),
    ("generate: {customers: {locale: fr_FR}}", ("1:23: generate.customers: count is missing",)),
    (
        "generate: {customers: {count: -1}}",
        ("1:31: generate.customers.count: found -1, expected an integer of 32 bits, 0 or more",),
    ),
    (
        "generate: {customers: {count: 1}, services: {per_customer: 1, active: 2}}",
        ("1:71: generate.services.active: found 2, expected a number from 0 to 1",),
    ),
    ("generate: {services: {active: 1}}", ("1:22: generate.services: per_customer is missing",)),
    ("progress: {faults: {a: {}}}", ("1:24: progress.faults.a: since is missing",)),
    ("progress: {stage: {name: a}}", ("1:19: progress.stage: entered is missing",)),
    (
        "progress: {faults: {a: {since: now}}}",
        (
            (
                "1:32: progress.faults.a.since: found 'now', expected a date of the form "
                "YYYY-MM-DDTHH:mm:ss.SSSZ"
            ),
        ),
    ),
)
"""Each message without the name of the file: line, column, path and text."""
