"""Documents of a wrong shape, each with all that is said of it."""

from __future__ import annotations

from cs_simulator.domain.members import OF_EVENT
from tests.support.problems import (
    BOOLEAN,
    DATE,
    DURATION,
    INT_32_FROM_0,
    INT_32_FROM_1,
    INT_64,
    INT_64_FROM_1,
    INT_64_OR_TEXT,
    LIST,
    MAP,
    MODES,
    NON_EMPTY,
    OFFSET,
    PROBABILITY,
    STRING,
    Row,
    missing,
    no_such,
    only_with,
    unfit,
    unknown,
    wrong,
)

WRONG: tuple[Row, ...] = (
    ("- 1", (unfit("1:1", "", MAP, [1]),)),
    ("nothing", (unfit("1:1", "", MAP, "nothing"),)),
    ("format: 2", (unfit("1:9", "format", "1, the only format", 2),)),
    ("name: ''", (unfit("1:7", "name", NON_EMPTY, ""),)),
    ("name: true", (unfit("1:7", "name", NON_EMPTY, True),)),
    ("description: [a]", (unfit("1:14", "description", STRING, ["a"]),)),
    ("extends: {}", (unfit("1:10", "extends", NON_EMPTY, {}),)),
    ("seed: 1.5", (unfit("1:7", "seed", INT_64, 1.5),)),
    (
        "seed: 9223372036854775808",
        (unfit("1:7", "seed", INT_64, 9223372036854775808),),
    ),
    ("servces: []", (unknown("1:1", "servces", near="services"),)),
    ("clock: now", (unfit("1:8", "clock", MAP, "now"),)),
    ("clock: {att: 1}", (unknown("1:9", "clock.att", allowed="mode, time"),)),
    (
        "clock: {mode: frzen}",
        (unfit("1:15", "clock.mode", MODES, "frzen", near="frozen"),),
    ),
    ("clock: {mode: 1}", (unfit("1:15", "clock.mode", MODES, 1),)),
    (
        "clock: {time: -2h}",
        (unfit("1:15", "clock.time", DATE, "-2h"),),
    ),
    (
        "first_ids: {service: 0, task: 1.5}",
        (
            unfit("1:22", "first_ids.service", INT_64_FROM_1, 0),
            unfit("1:31", "first_ids.task", INT_32_FROM_1, 1.5),
        ),
    ),
    (
        "first_ids: {state: 2147483649}",
        (unfit("1:20", "first_ids.state", INT_32_FROM_1, 2147483649),),
    ),
    (
        "settings: {expiration: 5}",
        (unfit("1:24", "settings.expiration", DURATION, 5),),
    ),
    (
        "settings: {auto_complete: {enabled: 'true', after: soon}}",
        (
            unfit("1:37", "settings.auto_complete.enabled", BOOLEAN, "true"),
            unfit("1:52", "settings.auto_complete.after", DURATION, "soon"),
        ),
    ),
    (
        "settings: {data_validation: no}",
        (unfit("1:29", "settings.data_validation", BOOLEAN, "no"),),
    ),
    (
        "settings: {base_paths: {'8.5': genesys/}}",
        (
            unfit(
                "1:32",
                "settings.base_paths.8.5",
                "a path such as /genesys/1/cs, of letters, digits and - . _ ~, without a "
                "slash at its end and outside /_control and /_world",
                "genesys/",
            ),
        ),
    ),
    (
        "settings: {base_paths: {'9.0': /a}}",
        (unknown("1:25", "settings.base_paths.9.0", allowed="8.1, 8.5"),),
    ),
    ("fidelity: []", (unfit("1:11", "fidelity", MAP, []),)),
    (
        "fidelity: {end_twic: accept}",
        (no_such("1:12", "fidelity.end_twic", "switch", "end_twic", near="end_twice"),),
    ),
    (
        "fidelity: {state_references: maybe}",
        (unfit("1:30", "fidelity.state_references", "check or ignore", "maybe"),),
    ),
    ("customers: {}", (unfit("1:12", "customers", LIST, {}),)),
    ("customers: [~]", (unfit("1:13", "customers[0]", MAP, None),)),
    (
        "customers: [{Firstname: Ada}]",
        (unknown("1:14", "customers[0].Firstname", near="FirstName"),),
    ),
    (
        "customers: [{customer_id: ''}]",
        (unfit("1:27", "customers[0].customer_id", NON_EMPTY, ""),),
    ),
    (
        "customers: [{FirstName: [~]}, {LastName: {a: 1}}]",
        (
            unfit("1:26", "customers[0].FirstName[0]", "a value", None),
            unfit("1:42", "customers[1].LastName", "a value, or a list of at least one", {"a": 1}),
        ),
    ),
    (
        "customers: [{customer_id: C, remove: yes}]",
        (unfit("1:38", "customers[0].remove", BOOLEAN, "yes"),),
    ),
    ("services: [5]", (unfit("1:12", "services[0]", MAP, 5),)),
    (
        "services: [{contact_key: K, servce_type: 100}]",
        (unknown("1:29", "services[0].servce_type", near="service_type"),),
    ),
    (
        "services: [{contact_key: K, started: yesterday}]",
        (unfit("1:38", "services[0].started", OFFSET, "yesterday"),),
    ),
    (
        "services: [{contact_key: K, started: {timestamp: x}}]",
        (unfit("1:50", "services[0].started.timestamp", OFFSET, "x"),),
    ),
    (
        "services: [{contact_key: K, service_id: -5}]",
        (
            unfit(
                "1:41",
                "services[0].service_id",
                "a 64-bit integer, 0 or greater, or a non-empty string",
                -5,
            ),
        ),
    ),
    (
        "services: [{contact_key: K, service_type: [1]}]",
        (unfit("1:43", "services[0].service_type", INT_64_OR_TEXT, [1]),),
    ),
    (
        "services: [{contact_key: K, est_duration: -1}]",
        (unfit("1:43", "services[0].est_duration", INT_32_FROM_0, -1),),
    ),
    (
        "services: [{contact_key: K, ttl: 0}]",
        (unfit("1:34", "services[0].ttl", INT_64_FROM_1, 0),),
    ),
    (
        "services: [{contact_key: K, auto_complete_after: 0}]",
        (unfit("1:50", "services[0].auto_complete_after", INT_64_FROM_1, 0),),
    ),
    (
        "services: [{contact_key: ''}]",
        (unfit("1:26", "services[0].contact_key", NON_EMPTY, ""),),
    ),
    (
        "services: [{contact_key: K, disposition: 1, completed: , tasks: [{disposition_desc: x}]}]",
        (
            only_with("1:29", "services[0].disposition", "completed"),
            only_with("1:67", "services[0].tasks[0].disposition_desc", "completed"),
        ),
    ),
    (
        "services: [{contact_key: K, extensions: [a]}]",
        (unfit("1:41", "services[0].extensions", MAP, ["a"]),),
    ),
    (
        "services: [{contact_key: K, extensions: {ttl: 5, a: 1, started: x}}]",
        (
            wrong("1:42", "services[0].extensions.ttl", "a reserved name cannot be attached data"),
            wrong(
                "1:56", "services[0].extensions.started", "a reserved name cannot be attached data"
            ),
        ),
    ),
    (
        "services: [{contact_key: K, states: [{extensions: {state_id: 5}}]}]",
        (
            wrong(
                "1:52",
                "services[0].states[0].extensions.state_id",
                "a reserved name cannot be attached data",
            ),
        ),
    ),
    (
        "services: [{contact_key: K, completed: {disposition: 1}}]",
        (
            unknown(
                "1:41",
                "services[0].completed.disposition",
                allowed=", ".join(sorted(["timestamp", *(member.name for member in OF_EVENT)])),
            ),
        ),
    ),
    (
        "services: [{contact_key: K, states: [{state_id: abc}]}]",
        (unfit("1:49", "services[0].states[0].state_id", INT_32_FROM_0, "abc"),),
    ),
    (
        "services: [{contact_key: K, states: [{state_id: 2147483648}]}]",
        (unfit("1:49", "services[0].states[0].state_id", INT_32_FROM_0, 2147483648),),
    ),
    (
        "services: [{contact_key: K, tasks: [{task_typ: 1}]}]",
        (unknown("1:38", "services[0].tasks[0].task_typ", near="task_type"),),
    ),
    (
        "services: [{contact_key: K, service_id: 9223372036854775808}]",
        (unfit("1:41", "services[0].service_id", INT_64_OR_TEXT, 9223372036854775808),),
    ),
    (
        "services: [{contact_key: K, retention: {}}]",
        (missing("1:40", "services[0].retention.touched"),),
    ),
    (
        "services: [{contact_key: K, retention: {touched: now, idle_ms: -1}}]",
        (
            unfit("1:50", "services[0].retention.touched", DATE, "now"),
            unfit("1:64", "services[0].retention.idle_ms", "an 80-bit integer, 0 or greater", -1),
        ),
    ),
    ("business_attributes: {T: {dbid: 1}}", (missing("1:26", "business_attributes.T.values"),)),
    ("business_attributes: {T: {values: []}}", (missing("1:26", "business_attributes.T.dbid"),)),
    (
        "business_attributes: {T: {dbid: -1, values: [{name: a}]}}",
        (
            unfit("1:33", "business_attributes.T.dbid", "a 64-bit integer, 0 or greater", -1),
            missing("1:46", "business_attributes.T.values[0].dbid"),
        ),
    ),
    (
        "business_attributes: {T: {dbid: 1, values: [], cv_attributes: [Service.kind]}}",
        (
            unfit(
                "1:64",
                "business_attributes.T.cv_attributes[0]",
                "one of Service.type, Service.application_type, Service.resource_type, "
                "Service.media_type, Service.disposition, State.type, "
                "State.application_type, State.resource_type, State.media_type, "
                "State.disposition, Task.type, Task.application_type, Task.resource_type, "
                "Task.media_type, Task.disposition",
                "Service.kind",
            ),
        ),
    ),
    ("generate: {customers: {locale: fr_FR}}", (missing("1:23", "generate.customers.count"),)),
    (
        "generate: {customers: {count: -1}}",
        (unfit("1:31", "generate.customers.count", INT_32_FROM_0, -1),),
    ),
    (
        "generate: {customers: {count: 1}, services: {per_customer: 1, active: 2}}",
        (unfit("1:71", "generate.services.active", PROBABILITY, 2),),
    ),
    ("generate: {services: {active: 1}}", (missing("1:22", "generate.services.per_customer"),)),
    ("progress: {faults: {a: {}}}", (missing("1:24", "progress.faults.a.since"),)),
    ("progress: {stage: {name: a}}", (missing("1:19", "progress.stage.entered"),)),
    (
        "progress: {faults: {a: {since: now}}}",
        (unfit("1:32", "progress.faults.a.since", DATE, "now"),),
    ),
    ("format: true", (unfit("1:9", "format", "1, the only format", True),)),
    ("seed: x", (unfit("1:7", "seed", INT_64, "x"),)),
    ("first_ids: {service: 0}", (unfit("1:22", "first_ids.service", INT_64_FROM_1, 0),)),
    ("first_ids: {task: 1.5}", (unfit("1:19", "first_ids.task", INT_32_FROM_1, 1.5),)),
    (
        "settings: {auto_complete: {enabled: 'true'}}",
        (unfit("1:37", "settings.auto_complete.enabled", BOOLEAN, "true"),),
    ),
    (
        "customers: [{FirstName: [~]}]",
        (unfit("1:26", "customers[0].FirstName[0]", "a value", None),),
    ),
    (
        "services: [{contact_key: K, tasks: [{est_duration: -1}]}]",
        (unfit("1:52", "services[0].tasks[0].est_duration", INT_32_FROM_0, -1),),
    ),
    (
        "business_attributes: {T: {dbid: 1, values: [{name: a}]}}",
        (missing("1:45", "business_attributes.T.values[0].dbid"),),
    ),
    (
        "services: [{contact_key: K, started: " + "x" * 80 + "}]",
        (unfit("1:38", "services[0].started", OFFSET, "x" * 80),),
    ),
    ("deleted_services: 5", (unfit("1:19", "deleted_services", LIST, 5),)),
    (
        "deleted_services: [{service_id: 4, how: lost}]",
        (
            missing("1:20", "deleted_services[0].time"),
            unfit("1:41", "deleted_services[0].how", "one of expired, deleted, purged", "lost"),
        ),
    ),
    ("interactions: 5", (unfit("1:15", "interactions", LIST, 5),)),
    ("expect: 5", (unfit("1:9", "expect", LIST, 5),)),
    ("settings: {tenants: 5}", (unfit("1:21", "settings.tenants", LIST, 5),)),
    ("settings: {users: 5}", (unfit("1:19", "settings.users", LIST, 5),)),
    ("settings: {roles: 5}", (unfit("1:19", "settings.roles", LIST, 5),)),
    (
        "settings: {map_names: maybe}",
        (unfit("1:23", "settings.map_names", BOOLEAN, "maybe"),),
    ),
    ("settings: {use_role: maybe}", (unfit("1:22", "settings.use_role", BOOLEAN, "maybe"),)),
    (
        "settings: {server_mode: maybe}",
        (unfit("1:25", "settings.server_mode", "one of production, maintenance", "maybe"),),
    ),
    ("clock: {tiem: 1}", (unknown("1:9", "clock.tiem", near="time"),)),
    ("clock: {xyz: 1}", (unknown("1:9", "clock.xyz", allowed="mode, time"),)),
)
"""Each message without the name of the file: line, column, path and text."""
