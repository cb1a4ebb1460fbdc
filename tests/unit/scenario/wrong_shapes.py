"""Documents of a wrong shape, each with all that is said of it."""

from __future__ import annotations

from cs_simulator.domain.members import OF_EVENT

WRONG: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("- 1", ("1:1: expected a map, found [1]",)),
    ("nothing", ("1:1: expected a map, found 'nothing'",)),
    ("format: 2", ("1:9: format: expected 1, the only format, found 2",)),
    ("name: ''", ("1:7: name: expected a non-empty string, found ''",)),
    ("name: true", ("1:7: name: expected a non-empty string, found true",)),
    ("description: [a]", ('1:14: description: expected a string, found ["a"]',)),
    ("extends: {}", ("1:10: extends: expected a non-empty string, found {}",)),
    ("seed: 1.5", ("1:7: seed: expected a 64-bit integer, found 1.5",)),
    (
        "seed: 9223372036854775808",
        ("1:7: seed: expected a 64-bit integer, found 9223372036854775808",),
    ),
    ("servces: []", ("1:1: servces: unknown key; did you mean services?",)),
    ("clock: now", ("1:8: clock: expected a map, found 'now'",)),
    ("clock: {att: 1}", ("1:9: clock.att: unknown key; allowed: mode, time",)),
    (
        "clock: {mode: frzen}",
        (
            (
                "1:15: clock.mode: expected one of real, offset, frozen, found 'frzen'; "
                "did you mean frozen?"
            ),
        ),
    ),
    ("clock: {mode: 1}", ("1:15: clock.mode: expected one of real, offset, frozen, found 1",)),
    (
        "clock: {time: -2h}",
        (("1:15: clock.time: expected a date in the form YYYY-MM-DDTHH:mm:ss.SSSZ, found '-2h'"),),
    ),
    (
        "first_ids: {service: 0, task: 1.5}",
        (
            ("1:22: first_ids.service: expected a 64-bit integer, 1 or greater, found 0"),
            "1:31: first_ids.task: expected a 32-bit integer, 1 or greater, found 1.5",
        ),
    ),
    (
        "first_ids: {state: 2147483649}",
        (("1:20: first_ids.state: expected a 32-bit integer, 1 or greater, found 2147483649"),),
    ),
    (
        "settings: {expiration: 5}",
        (
            (
                "1:24: settings.expiration: expected a duration such as 250ms, 30s, 15m, "
                "2h, 7d, 2w, 6M or 5y, found 5"
            ),
        ),
    ),
    (
        "settings: {auto_complete: {enabled: 'true', after: soon}}",
        (
            ("1:37: settings.auto_complete.enabled: expected true or false, found 'true'"),
            (
                "1:52: settings.auto_complete.after: expected a duration such as 250ms, "
                "30s, 15m, 2h, 7d, 2w, 6M or 5y, found 'soon'"
            ),
        ),
    ),
    (
        "settings: {data_validation: no}",
        ("1:29: settings.data_validation: expected true or false, found 'no'",),
    ),
    (
        "settings: {base_paths: {'8.5': genesys/}}",
        (
            (
                "1:32: settings.base_paths.8.5: expected a path such as /genesys/1/cs, "
                "of letters, digits and - . _ ~, without a slash at its end and outside "
                "/_control and /_world, found 'genesys/'"
            ),
        ),
    ),
    (
        "settings: {base_paths: {'9.0': /a}}",
        ("1:25: settings.base_paths.9.0: unknown key; allowed: 8.1, 8.5",),
    ),
    ("fidelity: []", ("1:11: fidelity: expected a map, found []",)),
    (
        "fidelity: {end_twic: accept}",
        (("1:12: fidelity.end_twic: no switch named 'end_twic'; did you mean end_twice?"),),
    ),
    (
        "fidelity: {state_references: maybe}",
        ("1:30: fidelity.state_references: expected check or ignore, found 'maybe'",),
    ),
    ("customers: {}", ("1:12: customers: expected a list, found {}",)),
    ("customers: [~]", ("1:13: customers[0]: expected a map, found null",)),
    (
        "customers: [{Firstname: Ada}]",
        ("1:14: customers[0].Firstname: unknown key; did you mean FirstName?",),
    ),
    (
        "customers: [{customer_id: ''}]",
        ("1:27: customers[0].customer_id: expected a non-empty string, found ''",),
    ),
    (
        "customers: [{FirstName: [~]}, {LastName: {a: 1}}]",
        (
            "1:26: customers[0].FirstName[0]: expected a value, found null",
            (
                "1:42: customers[1].LastName: expected a value, or a list of at least "
                'one, found {"a": 1}'
            ),
        ),
    ),
    (
        "customers: [{customer_id: C, remove: yes}]",
        ("1:38: customers[0].remove: expected true or false, found 'yes'",),
    ),
    ("services: [5]", ("1:12: services[0]: expected a map, found 5",)),
    (
        "services: [{contact_key: K, servce_type: 100}]",
        ("1:29: services[0].servce_type: unknown key; did you mean service_type?",),
    ),
    (
        "services: [{contact_key: K, started: yesterday}]",
        (
            (
                "1:38: services[0].started: expected a distance from the clock such as "
                "-2h, or a date in the form YYYY-MM-DDTHH:mm:ss.SSSZ, found 'yesterday'"
            ),
        ),
    ),
    (
        "services: [{contact_key: K, started: {timestamp: x}}]",
        (
            (
                "1:50: services[0].started.timestamp: expected a distance from the clock "
                "such as -2h, or a date in the form YYYY-MM-DDTHH:mm:ss.SSSZ, found 'x'"
            ),
        ),
    ),
    (
        "services: [{contact_key: K, service_id: -5}]",
        (
            (
                "1:41: services[0].service_id: expected a 64-bit integer, 0 or greater, "
                "or a non-empty string, found -5"
            ),
        ),
    ),
    (
        "services: [{contact_key: K, service_type: [1]}]",
        (
            (
                "1:43: services[0].service_type: expected a 64-bit integer or a "
                "non-empty string, found [1]"
            ),
        ),
    ),
    (
        "services: [{contact_key: K, est_duration: -1}]",
        (("1:43: services[0].est_duration: expected a 32-bit integer, 0 or greater, found -1"),),
    ),
    (
        "services: [{contact_key: K, ttl: 0}]",
        ("1:34: services[0].ttl: expected a 64-bit integer, 1 or greater, found 0",),
    ),
    (
        "services: [{contact_key: K, auto_complete_after: 0}]",
        (
            (
                "1:50: services[0].auto_complete_after: expected a 64-bit integer, 1 or "
                "greater, found 0"
            ),
        ),
    ),
    (
        "services: [{contact_key: ''}]",
        ("1:26: services[0].contact_key: expected a non-empty string, found ''",),
    ),
    (
        "services: [{contact_key: K, disposition: 1, completed: , tasks: [{disposition_desc: x}]}]",
        (
            "1:29: services[0].disposition: only allowed with completed",
            "1:67: services[0].tasks[0].disposition_desc: only allowed with completed",
        ),
    ),
    (
        "services: [{contact_key: K, extensions: [a]}]",
        ('1:41: services[0].extensions: expected a map, found ["a"]',),
    ),
    (
        "services: [{contact_key: K, extensions: {ttl: 5, a: 1, started: x}}]",
        (
            ("1:42: services[0].extensions.ttl: a reserved name cannot be attached data"),
            ("1:56: services[0].extensions.started: a reserved name cannot be attached data"),
        ),
    ),
    (
        "services: [{contact_key: K, states: [{extensions: {state_id: 5}}]}]",
        (
            (
                "1:52: services[0].states[0].extensions.state_id: a reserved name cannot "
                "be attached data"
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
                "1:49: services[0].states[0].state_id: expected a 32-bit integer, 0 or "
                "greater, found 'abc'"
            ),
        ),
    ),
    (
        "services: [{contact_key: K, states: [{state_id: 2147483648}]}]",
        (
            (
                "1:49: services[0].states[0].state_id: expected a 32-bit integer, 0 or "
                "greater, found 2147483648"
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
                "1:41: services[0].service_id: expected a 64-bit integer or a non-empty "
                "string, found 9223372036854775808"
            ),
        ),
    ),
    (
        "services: [{contact_key: K, retention: {}}]",
        ("1:40: services[0].retention.touched is missing",),
    ),
    (
        "services: [{contact_key: K, retention: {touched: now, idle_ms: -1}}]",
        (
            (
                "1:50: services[0].retention.touched: expected a date in the form "
                "YYYY-MM-DDTHH:mm:ss.SSSZ, found 'now'"
            ),
            (
                "1:64: services[0].retention.idle_ms: expected an 80-bit integer, 0 or "
                "greater, found -1"
            ),
        ),
    ),
    ("business_attributes: {T: {dbid: 1}}", ("1:26: business_attributes.T.values is missing",)),
    ("business_attributes: {T: {values: []}}", ("1:26: business_attributes.T.dbid is missing",)),
    (
        "business_attributes: {T: {dbid: -1, values: [{name: a}]}}",
        (
            ("1:33: business_attributes.T.dbid: expected a 64-bit integer, 0 or greater, found -1"),
            "1:46: business_attributes.T.values[0].dbid is missing",
        ),
    ),
    (
        "business_attributes: {T: {dbid: 1, values: [], cv_attributes: [Service.kind]}}",
        (
            (
                "1:64: business_attributes.T.cv_attributes[0]: expected one of "
                "Service.type, Service.application_type, Service.resource_type, "
                "Service.media_type, Service.disposition, State.type, "
                "State.application_type, State.resource_type, State.media_type, "
                "State.disposition, Task.type, Task.application_type, "
                "Task.resource_type, Task.media_type, Task.disposition, found "
                "'Service.kind'"
            ),
        ),
    ),
    ("generate: {customers: {locale: fr_FR}}", ("1:23: generate.customers.count is missing",)),
    (
        "generate: {customers: {count: -1}}",
        (("1:31: generate.customers.count: expected a 32-bit integer, 0 or greater, found -1"),),
    ),
    (
        "generate: {customers: {count: 1}, services: {per_customer: 1, active: 2}}",
        ("1:71: generate.services.active: expected a number from 0 to 1, found 2",),
    ),
    ("generate: {services: {active: 1}}", ("1:22: generate.services.per_customer is missing",)),
    ("progress: {faults: {a: {}}}", ("1:24: progress.faults.a.since is missing",)),
    ("progress: {stage: {name: a}}", ("1:19: progress.stage.entered is missing",)),
    (
        "progress: {faults: {a: {since: now}}}",
        (
            (
                "1:32: progress.faults.a.since: expected a date in the form "
                "YYYY-MM-DDTHH:mm:ss.SSSZ, found 'now'"
            ),
        ),
    ),
)
"""Each message without the name of the file: line, column, path and text."""
