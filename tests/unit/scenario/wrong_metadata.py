"""Documents with wrong metadata, or with customers that do not fit theirs, and all that is said."""

from __future__ import annotations

from tests.support.problems import (
    BOOLEAN,
    DAY,
    INT_32,
    INT_32_FROM_0,
    MAP,
    NO_DOT,
    NOT_RESERVED,
    OF_SOURCE,
    SCHEMA_NAME,
    STRING,
    Row,
    missing,
    no_such,
    twice,
    unfit,
    unknown,
    wrong,
)

SHAPES: tuple[Row, ...] = (
    (
        "profile_attributes: [{name: Level, type: strin}]",
        (
            unfit(
                "1:42",
                "profile_attributes[0].type",
                "one of boolean, string, integer, long, double, date, datetime, currency",
                "strin",
                near="string",
            ),
        ),
    ),
    (
        "profile_attributes: [{name: Level, type: string, unique: true}]",
        (
            unfit(
                "1:58",
                "profile_attributes[0].unique",
                "false",
                True,
                note="a unique identification key prevents two customers from sharing a value",
            ),
        ),
    ),
    (
        "profile_attributes: [{name: Level}]",
        (missing("1:22", "profile_attributes[0].type"),),
    ),
    (
        (
            "extension_schemas: {profiles: [{name: A, type: multi-valued, attributes: [{name: "
            "x, type: date}, {name: X, type: date}, {name: customer_id, type: date}], unique: "
            "[y, [x, x], 5]}]}"
        ),
        (
            unfit(
                "1:105",
                "extension_schemas.profiles[0].attributes[1].name",
                "a name not used by an earlier attribute",
                "X",
            ),
            unfit(
                "1:128",
                "extension_schemas.profiles[0].attributes[2].name",
                NOT_RESERVED,
                "customer_id",
            ),
            unfit(
                "1:164",
                "extension_schemas.profiles[0].unique[0]",
                "attributes of the extension: X, customer_id",
                "y",
            ),
            unfit(
                "1:167",
                "extension_schemas.profiles[0].unique[1]",
                "each attribute once",
                ["x", "x"],
            ),
            unfit(
                "1:175",
                "extension_schemas.profiles[0].unique[2]",
                "the name of an attribute, or a list of two or more names",
                5,
            ),
        ),
    ),
    (
        "extension_schemas: {profils: []}",
        (unknown("1:21", "extension_schemas.profils", near="profiles"),),
    ),
    (
        (
            "extension_schemas: {profiles: [{name: A, type: single-valued, attributes: [{name: "
            "x, type: date, default: {a: 1}}]}]}"
        ),
        (unfit("1:107", "extension_schemas.profiles[0].attributes[0].default", DAY, {"a": 1}),),
    ),
    (
        "customers: [{extensions: {Address: 5, Phone: [~]}}]",
        (
            unfit("1:36", "customers[0].extensions.Address", "a record, or a list of records", 5),
            unfit("1:47", "customers[0].extensions.Phone[0]", MAP, None),
        ),
    ),
    (
        (
            "profile_attributes: [{name: Level, type: string, length: long, mandatory: maybe, "
            "size: 5}]"
        ),
        (
            unfit("1:58", "profile_attributes[0].length", INT_32_FROM_0, "long"),
            unfit("1:75", "profile_attributes[0].mandatory", BOOLEAN, "maybe"),
            unknown(
                "1:82",
                "profile_attributes[0].size",
                allowed="default, encrypt, length, mandatory, name, remove, type, unique",
            ),
        ),
    ),
    (
        "identification_keys: [{attributes: [LastName]}]",
        (missing("1:23", "identification_keys[0].name"),),
    ),
)

"""What the JSON Schema refuses too: messages without the name of the file."""

LOADER_ONLY: tuple[Row, ...] = (
    (
        "profile_attributes: [{name: Level, type: integer, default: high}]",
        (unfit("1:60", "profile_attributes[0].default", INT_32, "high"),),
    ),
    (
        "profile_attributes: [{name: Level, type: string, length: 2, default: high}]",
        (unfit("1:70", "profile_attributes[0].default", "at most 2 characters", "high"),),
    ),
    (
        "profile_attributes: [{name: extensions, type: string}, {name: a.b, type: date}]",
        (
            unfit("1:29", "profile_attributes[0].name", NO_DOT, "extensions"),
            unfit("1:63", "profile_attributes[1].name", NO_DOT, "a.b"),
        ),
    ),
    (
        "profile_attributes: [{name: Level, type: date}, {name: level, type: date}]",
        (twice("1:56", "profile_attributes[1].name", "name level"),),
    ),
    (
        "profile_attributes: [{name: Titel, remove: true}]",
        (
            wrong(
                "1:22", "profile_attributes[0]", "nothing to remove: no name 'Titel'", near="Title"
            ),
        ),
    ),
    (
        "profile_attributes: [{remove: true}, {name: Title, remove: true}]",
        (wrong("1:38", "profile_attributes[1]", "nothing to remove: no name 'Title'"),),
    ),
    (
        "extension_schemas: {profiles: [{name: 1st, type: single-valued}]}",
        (unfit("1:39", "extension_schemas.profiles[0].name", SCHEMA_NAME, "1st"),),
    ),
    (
        "extension_schemas: {profiles: [{name: title, type: single-valued}]}",
        (
            unfit(
                "1:39",
                "extension_schemas.profiles[0].name",
                "a name that is not a profile attribute",
                "title",
            ),
        ),
    ),
    (
        (
            "extension_schemas: {profiles: [{name: A, type: classifier, attributes: [{name: x, "
            "type: date}]}]}"
        ),
        (
            unfit(
                "1:72",
                "extension_schemas.profiles[0].attributes",
                "no attributes: a classifier has none",
                [{"name": "x", "type": "date"}],
            ),
        ),
    ),
    (
        "extension_schemas: {services: [{name: A, type: single-valued}]}",
        (
            missing(
                "1:32", "extension_schemas.services[0].attributes", "a list of attribute schemas"
            ),
        ),
    ),
    (
        (
            "extension_schemas: {states: [{name: started, type: multi-valued, attributes: "
            "[{name: x, type: date}]}]}"
        ),
        (unfit("1:37", "extension_schemas.states[0].name", NOT_RESERVED, "started"),),
    ),
    (
        "identification_keys: [{name: idLevel, attributes: [Level]}]",
        (
            unfit(
                "1:52",
                "identification_keys[0].attributes[0]",
                "one of the attributes of the profile: FirstName, LastName, PhoneNumber, "
                "EmailAddress, Title",
                "Level",
            ),
        ),
    ),
    (
        "identification_keys: [{name: id-Level, attributes: [LastName]}]",
        (unfit("1:30", "identification_keys[0].name", SCHEMA_NAME, "id-Level"),),
    ),
    (
        "identification_keys: [{name: idA, source: A, attributes: [x]}]",
        (
            unfit(
                "1:43",
                "identification_keys[0].source",
                "profile, or the name of a profile extension: none",
                "A",
            ),
        ),
    ),
    (
        "identification_keys: [{name: idA, attributes: []}]",
        (
            unfit(
                "1:47",
                "identification_keys[0].attributes",
                "a list of one or more attributes of the profile: FirstName, LastName, "
                "PhoneNumber, EmailAddress, Title",
                [],
            ),
        ),
    ),
    (
        (
            "identification_keys: [{name: idname, attributes: [LastName]}, {name: IDNAME, "
            "attributes: [LastName]}]"
        ),
        (twice("1:70", "identification_keys[1].name", "name IDNAME"),),
    ),
    (
        "profile_attributes: []\nidentification_keys: [{name: idA, attributes: [LastName]}]",
        (unfit("2:48", "identification_keys[0].attributes[0]", OF_SOURCE, "LastName"),),
    ),
    (
        (
            "extension_schemas: {profiles: [{name: C, type: classifier}]}\nidentification_keys: "
            "[{name: idA, source: C, attributes: [x]}]"
        ),
        (unfit("2:59", "identification_keys[0].attributes[0]", OF_SOURCE, "x"),),
    ),
    (
        "profile_attributes: []\ncustomers: [{customer_id: C}]",
        (wrong("2:12", "customers", "profile_attributes is empty, so customers cannot exist"),),
    ),
    (
        "profile_attributes: []\ngenerate: {customers: {count: 1}}",
        (
            wrong(
                "2:23",
                "generate.customers",
                "profile_attributes is empty, so customers cannot be generated",
            ),
        ),
    ),
    (
        (
            "profile_attributes: [{name: Level, type: integer, mandatory: true}]\ncustomers: "
            "[{FirstName: Ada}]\ngenerate: {customers: {count: 1}}"
        ),
        (
            missing("2:13", "customers[0].Level", INT_32),
            wrong(
                "3:23",
                "generate.customers",
                "Level is mandatory but cannot be generated",
                note="give it a default, or name its provider in attributes",
            ),
        ),
    ),
    (
        (
            "profile_attributes: [{name: Level, type: integer}]\ngenerate: {customers: {count: 1, "
            "attributes: {Level: boolean}}}"
        ),
        (
            wrong(
                "2:54",
                "generate.customers.attributes.Level",
                "boolean makes 'true'; Level takes a 32-bit integer",
                note="take another provider, or declare another type",
            ),
        ),
    ),
    (
        "generate: {customers: {count: 1, locale: it_IT, attributes: {Title: city}}}",
        (
            wrong(
                "1:69",
                "generate.customers.attributes.Title",
                "city of it_IT gives something else in every process",
                note="take another provider or locale",
            ),
        ),
    ),
    (
        "generate: {contacts: {count: 1, locale: de_DE, key: state_abbr}}",
        (
            wrong(
                "1:53",
                "generate.contacts.key",
                "de_DE has no provider state_abbr",
                note="take another one or locale",
            ),
        ),
    ),
    (
        "customers: [{FirstName: true, LastName: [a, 1.5], LastCalledAgent_TimeStamp: now}]",
        (
            unfit("1:25", "customers[0].FirstName", STRING, True),
            unfit("1:45", "customers[0].LastName[1]", STRING, 1.5),
            unfit("1:78", "customers[0].LastCalledAgent_TimeStamp", DAY, "now"),
        ),
    ),
    (
        (
            "profile_attributes: [{name: Level, type: integer}, {name: Code, type: string, "
            "length: 3}]\ncustomers: [{level: 5, Level: high, Code: [abc, abcd]}]"
        ),
        (
            unknown("2:14", "customers[0].level", near="Level"),
            unfit("2:31", "customers[0].Level", INT_32, "high"),
            unfit("2:49", "customers[0].Code[1]", "at most 3 characters", "abcd"),
        ),
    ),
    (
        "customers: [{extensions: {Address: {}}}]",
        (
            no_such(
                "1:27",
                "customers[0].extensions.Address",
                "extension",
                "Address",
                note="extension_schemas.profiles has none",
            ),
        ),
    ),
    (
        (
            "extension_schemas:\n  profiles:\n    - {name: Address, type: single-valued, "
            "attributes: [{name: City, type: string, mandatory: true}, {name: Zip, type: "
            "integer}]}\n    - {name: Phone, type: multi-valued, unique: [n, [a, b]], "
            "attributes: [{name: n, type: string}, {name: a, type: string}, {name: b, type: "
            "string}]}\n    - {name: Vip, type: classifier}\ncustomers:\n  - extensions: "
            "{Adress: {}, Address: {Zip: many, Citi: x}, Phone: {n: 1}, Vip: {a: 1}}\n  - "
            "extensions: {Address: [{City: x}], Phone: [{n: 1}, {n: 1}, {a: 1, b: 2}, {b: 2, a: "
            "1}]}\n  - extensions: {Address: {City: x}, Phone: [{n: 1}, {n: true}, {m: 1}]}\n"
        ),
        (
            no_such(
                "7:18", "customers[0].extensions.Adress", "extension", "Adress", near="Address"
            ),
            missing("7:39", "customers[0].extensions.Address.City", STRING),
            unfit("7:45", "customers[0].extensions.Address.Zip", INT_32, "many"),
            unknown("7:51", "customers[0].extensions.Address.Citi", near="City"),
            unfit(
                "7:68",
                "customers[0].extensions.Phone",
                "a list of records (multi-valued)",
                {"n": 1},
            ),
            unfit("7:81", "customers[0].extensions.Vip", "{} or null (classifier)", {"a": 1}),
            unfit(
                "8:27",
                "customers[1].extensions.Address",
                "one object with its attributes (single-valued)",
                [{"City": "x"}],
            ),
            wrong(
                "8:47",
                "customers[1].extensions.Phone",
                "Phone[1] and Phone[0] share n, which is unique",
            ),
            wrong(
                "8:47",
                "customers[1].extensions.Phone",
                "Phone[3] and Phone[2] share a and b, which are unique",
            ),
            unfit("9:58", "customers[2].extensions.Phone[1].n", STRING, True),
            unknown("9:66", "customers[2].extensions.Phone[2].m", allowed="a, b, n"),
        ),
    ),
    (
        (
            "identification_keys: [{name: idPhone, attributes: [PhoneNumber], unique: true}]\n"
            "customers: [{PhoneNumber: [1, 2]}, {customer_id: C, PhoneNumber: [3, 2]}, "
            "{PhoneNumber: 3}]"
        ),
        (
            wrong(
                "2:36",
                "customers[1]",
                "Identification key idPhone is unique, but customer customers[0] already has "
                "PhoneNumber '2'",
            ),
        ),
    ),
    (
        (
            "identification_keys: [{name: idTitle, attributes: [Title], unique: true}]\n"
            "profile_attributes: [{name: Title, type: string, default: Mr}]\ngenerate: "
            "{customers: {count: 2}}"
        ),
        (
            wrong(
                "3:23",
                "generate.customers",
                "generated customers share a unique value: Identification key idTitle is "
                "unique, but customer EU86SbKFDZOO0001 already has Title 'Mr'",
            ),
        ),
    ),
    (
        (
            "customers:\n  - {LastName: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, "
            "16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, "
            "36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, "
            "56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, "
            "76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, "
            "96, 97, 98, 99, 100], FirstName: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, "
            "14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, "
            "34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, "
            "54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, "
            "74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, "
            "94, 95, 96, 97, 98, 99]}"
        ),
        (
            unfit(
                "2:5",
                "customers[0].LastName, FirstName",
                "at most 10000 combinations of them, as idName needs",
                10100,
            ),
        ),
    ),
    (
        (
            "profile_attributes: [{name: Level, type: integer, default: high}]\ncustomers: "
            "[{Levl: 1}]\nservices: [{customer_id: C}]"
        ),
        (
            unfit("1:60", "profile_attributes[0].default", INT_32, "high"),
            wrong(
                "3:26",
                "services[0].customer_id",
                "no customer with id 'C'",
                note="the scenario has no customers",
            ),
        ),
    ),
)

"""What only the loader sees."""
