"""Documents of a right shape whose parts contradict each other, with all that is said of it."""

from __future__ import annotations

from tests.support.problems import DATE, Row, missing, no_such, only_with, twice, unfit, wrong

WRONG: tuple[Row, ...] = (
    (
        "clock: {time: 2026-02-30T09:00:00.000Z}",
        (
            unfit(
                "1:15",
                "clock.time",
                DATE,
                "2026-02-30T09:00:00.000Z",
                note="this date does not exist",
            ),
        ),
    ),
    (
        "clock: {mode: real, time: 2026-01-05T09:00:00.000Z}",
        (
            wrong(
                "1:27",
                "clock.time",
                "a real clock cannot have a time of its own",
                note="remove it, or set mode to offset or frozen",
            ),
        ),
    ),
    (
        "settings: {auto_complete: {enabled: true}}",
        (wrong("1:27", "settings.auto_complete", "enabled requires after"),),
    ),
    (
        "settings: {base_paths: {'8.5': /a, '8.1': /a}}",
        (
            wrong(
                "1:24",
                "settings.base_paths",
                "both editions use the same base path",
                note="give them different ones",
            ),
        ),
    ),
    (
        "settings: {base_paths: {'8.5': /}}",
        (
            wrong(
                "1:24",
                "settings.base_paths",
                "both editions use the same base path, 8.1 by default",
                note="give them different ones",
            ),
        ),
    ),
    (
        "settings: {base_paths: {'8.1': /genesys/1/cs}}",
        (
            wrong(
                "1:24",
                "settings.base_paths",
                "both editions use the same base path, 8.5 by default",
                note="give them different ones",
            ),
        ),
    ),
    (
        "customers: [{customer_id: C}, {customer_id: C}]",
        (twice("1:45", "customers[1].customer_id", "customer_id C"),),
    ),
    (
        "customers: [{customer_id: C, remove: true}]",
        (wrong("1:13", "customers[0]", "nothing to remove: no customer_id 'C'"),),
    ),
    (
        "customers: [{remove: true}]",
        (wrong("1:13", "customers[0]", "nothing to remove: customer_id is missing"),),
    ),
    (
        "business_attributes: {T: {remove: true}}",
        (wrong("1:26", "business_attributes.T", "nothing to remove: no name 'T'"),),
    ),
    (
        "services: [{service_type: 1}]",
        (wrong("1:12", "services[0]", "customer_id or contact_key is missing"),),
    ),
    (
        "customers: [{customer_id: C-100}]\nservices:\n  - customer_id: C-10",
        (wrong("3:18", "services[0].customer_id", "no customer with id 'C-10'", near="C-100"),),
    ),
    (
        "services: [{customer_id: C}]",
        (
            wrong(
                "1:26",
                "services[0].customer_id",
                "no customer with id 'C'",
                note="the scenario has no customers",
            ),
        ),
    ),
    (
        "services: [{contact_key: K, service_id: abc}]",
        (
            unfit(
                "1:41",
                "services[0].service_id",
                "an integer",
                "abc",
                note="text ids need fidelity service_ids=conversation",
            ),
        ),
    ),
    (
        "services: [{contact_key: K, service_id: 5}, {contact_key: K, service_id: 5}]",
        (twice("1:74", "services[1].service_id", "service_id 5"),),
    ),
    (
        "services: [{contact_key: K, number: 5}]",
        (only_with("1:37", "services[0].number", "fidelity service_ids=conversation"),),
    ),
    (
        (
            "fidelity: {service_ids: conversation}\nservices: [{contact_key: K, number: "
            "5}, {contact_key: K, service_id: a, number: 6}, {contact_key: K, service_id: "
            "b, number: 6}]"
        ),
        (
            only_with("2:37", "services[0].number", "service_id"),
            twice("2:125", "services[2].number", "number 6"),
        ),
    ),
    (
        "services: [{contact_key: K, states: [{state_id: 5}, {state_id: 5}]}]",
        (twice("1:12", "services[0]", "state_id 5 in this service"),),
    ),
    (
        ("services: [{contact_key: K, tasks: [{task_id: 5}], states: [{tasks: [{task_id: 5}]}]}]"),
        (twice("1:12", "services[0]", "task_id 5 in this service"),),
    ),
    (
        "services: [{contact_key: K, states: [{state_id: 5, tasks: [{state_id: 5}]}]}]",
        (
            wrong(
                "1:71",
                "services[0].states[0].tasks[0].state_id",
                "the task already belongs to the state that lists it",
                note="remove state_id",
            ),
        ),
    ),
    (
        (
            "services: [{contact_key: K, states: [{state_id: 5}, {state_id: 6}], tasks: "
            "[{state_id: 7}]}]"
        ),
        (
            unfit(
                "1:88", "services[0].tasks[0].state_id", "a state of this service (it has 5, 6)", 7
            ),
        ),
    ),
    (
        "services: [{contact_key: K, tasks: [{state_id: 7}]}]",
        (
            unfit(
                "1:48",
                "services[0].tasks[0].state_id",
                "a state of this service (it has none with a state_id)",
                7,
            ),
        ),
    ),
    (
        (
            "services: [{contact_key: K, ttl: 5, expiration_time: 1h, "
            "auto_complete_after: 5, retention: {touched: 2026-01-05T09:00:00.000Z}}]"
        ),
        (
            wrong(
                "1:34", "services[0].ttl", "already set by retention", note="remove one of the two"
            ),
            wrong(
                "1:54",
                "services[0].expiration_time",
                "already set by retention",
                note="remove one of the two",
            ),
            wrong(
                "1:79",
                "services[0].auto_complete_after",
                "already set by retention",
                note="remove one of the two",
            ),
        ),
    ),
    (
        (
            "services: [{contact_key: K, retention: {touched: 2026-01-05T09:00:00.000Z, "
            "lifetime_ms: 5, expiration_time: 2026-01-05T09:00:00.000Z}}]"
        ),
        (
            wrong(
                "1:40",
                "services[0].retention",
                "lifetime_ms and expiration_time are mutually exclusive",
            ),
        ),
    ),
    (
        (
            "business_attributes: {T: {dbid: 1, cv_attributes: [Service.type], values: "
            "[{name: a, dbid: 5}]}}\nservices: [{contact_key: K, service_type: b, started: "
            "-1h}]"
        ),
        (unfit("2:43", "services[0].service_type", "a value of business attribute T: a (5)", "b"),),
    ),
    (
        (
            "business_attributes: {T: {dbid: 1, cv_attributes: [Service.media_type], "
            "values: [{name: a, dbid: 5}]}}\nservices: [{contact_key: K, started: "
            "{media_type: b}}]"
        ),
        (
            unfit(
                "2:51",
                "services[0].started.media_type",
                "a value of business attribute T: a (5)",
                "b",
            ),
        ),
    ),
    (
        ("business_attributes:\n  T: {dbid: 1, values: [{name: a, dbid: 5}, {name: a, dbid: 5}]}"),
        (
            twice("2:24", "business_attributes.T.values", "name a"),
            twice("2:24", "business_attributes.T.values", "dbid 5"),
        ),
    ),
    (
        (
            "business_attributes:\n  T: {dbid: 1, cv_attributes: [Service.type], values: "
            "[]}\n  U: {dbid: 2, cv_attributes: [Service.service_type], values: []}"
        ),
        (wrong("3:6", "business_attributes.U", "Service.type is already mapped to T"),),
    ),
    (
        "business_attributes: {T: {dbid: 1, default: b, values: [{name: a, dbid: 5}]}}",
        (unfit("1:45", "business_attributes.T.default", "one of a (5)", "b"),),
    ),
    (
        "generate: {services: {per_customer: 1}}",
        (missing("1:11", "generate.customers", "the customers that services are generated for"),),
    ),
    (
        "generate: {customers: {count: 1, locale: fr_FX}}",
        (no_such("1:42", "generate.customers.locale", "locale", "fr_FX", near="fr_FR"),),
    ),
    (
        "generate: {customers: {count: 1, locale: klingon}}",
        (
            no_such(
                "1:42",
                "generate.customers.locale",
                "locale",
                "klingon",
                note="see the locales of Faker",
            ),
        ),
    ),
)
"""Each message without the name of the file: line, column, path and text."""
