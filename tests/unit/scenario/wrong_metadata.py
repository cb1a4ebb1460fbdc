"""Documents with wrong metadata, or with customers that do not fit theirs, and all that is said."""

from __future__ import annotations

SHAPES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "profile_attributes: [{name: Level, type: strin}]",
        (
            (
                "1:42: profile_attributes[0].type: expected one of boolean, string, "
                "integer, long, double, date, datetime, currency, found 'strin'; did you "
                "mean string?"
            ),
        ),
    ),
    (
        "profile_attributes: [{name: Level, type: string, unique: true}]",
        (
            (
                "1:58: profile_attributes[0].unique: expected false, found true; a unique "
                "identification key prevents two customers from sharing a value"
            ),
        ),
    ),
    (
        "profile_attributes: [{name: Level}]",
        ("1:22: profile_attributes[0].type is missing",),
    ),
    (
        (
            "extension_schemas: {profiles: [{name: A, type: multi-valued, attributes: [{name: "
            "x, type: date}, {name: X, type: date}, {name: customer_id, type: date}], unique: "
            "[y, [x, x], 5]}]}"
        ),
        (
            (
                "1:105: extension_schemas.profiles[0].attributes[1].name: expected a "
                "name not used by an earlier attribute, found 'X'"
            ),
            (
                "1:128: extension_schemas.profiles[0].attributes[2].name: expected a "
                "name that is not reserved, found 'customer_id'"
            ),
            (
                "1:164: extension_schemas.profiles[0].unique[0]: expected attributes of "
                "the extension: X, customer_id, found 'y'"
            ),
            (
                "1:167: extension_schemas.profiles[0].unique[1]: expected each attribute "
                'once, found ["x", "x"]'
            ),
            (
                "1:175: extension_schemas.profiles[0].unique[2]: expected the name of an "
                "attribute, or a list of two or more names, found 5"
            ),
        ),
    ),
    (
        "extension_schemas: {profils: []}",
        ("1:21: extension_schemas.profils: unknown key; did you mean profiles?",),
    ),
    (
        (
            "extension_schemas: {profiles: [{name: A, type: single-valued, attributes: [{name: "
            "x, type: date, default: {a: 1}}]}]}"
        ),
        (
            (
                "1:107: extension_schemas.profiles[0].attributes[0].default: expected a "
                'date in the form YYYY-MM-DD or YYYY-MM-DDTHH:mm:ss.SSSZ, found {"a": 1}'
            ),
        ),
    ),
    (
        "customers: [{extensions: {Address: 5, Phone: [~]}}]",
        (
            (
                "1:36: customers[0].extensions.Address: expected a record, or a list of "
                "records, found 5"
            ),
            "1:47: customers[0].extensions.Phone[0]: expected a map, found null",
        ),
    ),
    (
        (
            "profile_attributes: [{name: Level, type: string, length: long, mandatory: maybe, "
            "size: 5}]"
        ),
        (
            (
                "1:58: profile_attributes[0].length: expected a 32-bit integer, 0 or "
                "greater, found 'long'"
            ),
            ("1:75: profile_attributes[0].mandatory: expected true or false, found 'maybe'"),
            (
                "1:82: profile_attributes[0].size: unknown key; allowed: default, encrypt, "
                "length, mandatory, name, remove, type, unique"
            ),
        ),
    ),
    (
        "identification_keys: [{attributes: [LastName]}]",
        ("1:23: identification_keys[0].name is missing",),
    ),
)

"""What the JSON Schema refuses too: messages without the name of the file."""

LOADER_ONLY: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "profile_attributes: [{name: Level, type: integer, default: high}]",
        (("1:60: profile_attributes[0].default: expected a 32-bit integer, found 'high'"),),
    ),
    (
        "profile_attributes: [{name: Level, type: string, length: 2, default: high}]",
        (("1:70: profile_attributes[0].default: expected at most 2 characters, found 'high'"),),
    ),
    (
        "profile_attributes: [{name: extensions, type: string}, {name: a.b, type: date}]",
        (
            (
                "1:29: profile_attributes[0].name: expected a name without a dot that is "
                "not reserved, found 'extensions'"
            ),
            (
                "1:63: profile_attributes[1].name: expected a name without a dot that is "
                "not reserved, found 'a.b'"
            ),
        ),
    ),
    (
        "profile_attributes: [{name: Level, type: date}, {name: level, type: date}]",
        ("1:56: profile_attributes[1].name: duplicate name level",),
    ),
    (
        "profile_attributes: [{name: Titel, remove: true}]",
        (("1:22: profile_attributes[0]: nothing to remove: no name 'Titel'; did you mean Title?"),),
    ),
    (
        "profile_attributes: [{remove: true}, {name: Title, remove: true}]",
        (("1:38: profile_attributes[1]: nothing to remove: no name 'Title'"),),
    ),
    (
        "extension_schemas: {profiles: [{name: 1st, type: single-valued}]}",
        (
            (
                "1:39: extension_schemas.profiles[0].name: expected a letter, then "
                "letters, digits or underscores, 26 characters at most, found '1st'"
            ),
        ),
    ),
    (
        "extension_schemas: {profiles: [{name: title, type: single-valued}]}",
        (
            (
                "1:39: extension_schemas.profiles[0].name: expected a name that is not a profile "
                "attribute, found 'title'"
            ),
        ),
    ),
    (
        (
            "extension_schemas: {profiles: [{name: A, type: classifier, attributes: [{name: x, "
            "type: date}]}]}"
        ),
        (
            (
                "1:72: extension_schemas.profiles[0].attributes: expected no attributes: a "
                'classifier has none, found [{"name": "x", "type": "date"}]'
            ),
        ),
    ),
    (
        "extension_schemas: {services: [{name: A, type: single-valued}]}",
        (
            (
                "1:32: extension_schemas.services[0].attributes is missing; expected a "
                "list of attribute schemas"
            ),
        ),
    ),
    (
        (
            "extension_schemas: {states: [{name: started, type: multi-valued, attributes: "
            "[{name: x, type: date}]}]}"
        ),
        (
            (
                "1:37: extension_schemas.states[0].name: expected a name that is not "
                "reserved, found 'started'"
            ),
        ),
    ),
    (
        "identification_keys: [{name: idLevel, attributes: [Level]}]",
        (
            (
                "1:52: identification_keys[0].attributes[0]: expected one of the "
                "attributes of the profile: FirstName, LastName, PhoneNumber, "
                "EmailAddress, Title, found 'Level'"
            ),
        ),
    ),
    (
        "identification_keys: [{name: id-Level, attributes: [LastName]}]",
        (
            (
                "1:30: identification_keys[0].name: expected a letter, then letters, "
                "digits or underscores, 26 characters at most, found 'id-Level'"
            ),
        ),
    ),
    (
        "identification_keys: [{name: idA, source: A, attributes: [x]}]",
        (
            (
                "1:43: identification_keys[0].source: expected profile, or the name of a "
                "profile extension: none, found 'A'"
            ),
        ),
    ),
    (
        "identification_keys: [{name: idA, attributes: []}]",
        (
            (
                "1:47: identification_keys[0].attributes: expected a list of one or more "
                "attributes of the profile: FirstName, LastName, PhoneNumber, "
                "EmailAddress, Title, found []"
            ),
        ),
    ),
    (
        (
            "identification_keys: [{name: idname, attributes: [LastName]}, {name: IDNAME, "
            "attributes: [LastName]}]"
        ),
        ("1:70: identification_keys[1].name: duplicate name IDNAME",),
    ),
    (
        "profile_attributes: []\nidentification_keys: [{name: idA, attributes: [LastName]}]",
        (
            (
                "2:48: identification_keys[0].attributes[0]: expected an attribute; the "
                "source has none, found 'LastName'"
            ),
        ),
    ),
    (
        (
            "extension_schemas: {profiles: [{name: C, type: classifier}]}\nidentification_keys: "
            "[{name: idA, source: C, attributes: [x]}]"
        ),
        (
            (
                "2:59: identification_keys[0].attributes[0]: expected an attribute; the "
                "source has none, found 'x'"
            ),
        ),
    ),
    (
        "profile_attributes: []\ncustomers: [{customer_id: C}]",
        (("2:12: customers: profile_attributes is empty, so customers cannot exist"),),
    ),
    (
        "profile_attributes: []\ngenerate: {customers: {count: 1}}",
        (
            (
                "2:23: generate.customers: profile_attributes is empty, so customers "
                "cannot be generated"
            ),
        ),
    ),
    (
        (
            "profile_attributes: [{name: Level, type: integer, mandatory: true}]\ncustomers: "
            "[{FirstName: Ada}]\ngenerate: {customers: {count: 1}}"
        ),
        (
            "2:13: customers[0].Level is missing; expected a 32-bit integer",
            (
                "3:23: generate.customers: Level is mandatory but cannot be generated; "
                "give it a default, or name its provider in attributes"
            ),
        ),
    ),
    (
        (
            "profile_attributes: [{name: Level, type: integer}]\ngenerate: {customers: {count: 1, "
            "attributes: {Level: boolean}}}"
        ),
        (
            (
                "2:54: generate.customers.attributes.Level: boolean makes 'true'; Level takes "
                "a 32-bit integer; take another provider, or declare another type"
            ),
        ),
    ),
    (
        "generate: {customers: {count: 1, locale: it_IT, attributes: {Title: city}}}",
        (
            (
                "1:69: generate.customers.attributes.Title: city of it_IT gives something else in "
                "every process; take another provider or locale"
            ),
        ),
    ),
    (
        "generate: {contacts: {count: 1, locale: de_DE, key: state_abbr}}",
        (
            (
                "1:53: generate.contacts.key: de_DE has no provider state_abbr; take another "
                "one or locale"
            ),
        ),
    ),
    (
        "customers: [{FirstName: true, LastName: [a, 1.5], LastCalledAgent_TimeStamp: now}]",
        (
            "1:25: customers[0].FirstName: expected a string, found true",
            "1:45: customers[0].LastName[1]: expected a string, found 1.5",
            (
                "1:78: customers[0].LastCalledAgent_TimeStamp: expected a date in the "
                "form YYYY-MM-DD or YYYY-MM-DDTHH:mm:ss.SSSZ, found 'now'"
            ),
        ),
    ),
    (
        (
            "profile_attributes: [{name: Level, type: integer}, {name: Code, type: string, "
            "length: 3}]\ncustomers: [{level: 5, Level: high, Code: [abc, abcd]}]"
        ),
        (
            "2:14: customers[0].level: unknown key; did you mean Level?",
            "2:31: customers[0].Level: expected a 32-bit integer, found 'high'",
            "2:49: customers[0].Code[1]: expected at most 3 characters, found 'abcd'",
        ),
    ),
    (
        "customers: [{extensions: {Address: {}}}]",
        (
            (
                "1:27: customers[0].extensions.Address: no extension named 'Address'; "
                "extension_schemas.profiles has none"
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
            (
                "7:18: customers[0].extensions.Adress: no extension named 'Adress'; did "
                "you mean Address?"
            ),
            "7:39: customers[0].extensions.Address.City is missing; expected a string",
            ("7:45: customers[0].extensions.Address.Zip: expected a 32-bit integer, found 'many'"),
            "7:51: customers[0].extensions.Address.Citi: unknown key; did you mean City?",
            (
                "7:68: customers[0].extensions.Phone: expected a list of records "
                '(multi-valued), found {"n": 1}'
            ),
            ('7:81: customers[0].extensions.Vip: expected {} or null (classifier), found {"a": 1}'),
            (
                "8:27: customers[1].extensions.Address: expected one object with its "
                'attributes (single-valued), found [{"City": "x"}]'
            ),
            ("8:47: customers[1].extensions.Phone: Phone[1] and Phone[0] share n, which is unique"),
            (
                "8:47: customers[1].extensions.Phone: Phone[3] and Phone[2] share a and b, "
                "which are unique"
            ),
            "9:58: customers[2].extensions.Phone[1].n: expected a string, found true",
            "9:66: customers[2].extensions.Phone[2].m: unknown key; allowed: a, b, n",
        ),
    ),
    (
        (
            "identification_keys: [{name: idPhone, attributes: [PhoneNumber], unique: true}]\n"
            "customers: [{PhoneNumber: [1, 2]}, {customer_id: C, PhoneNumber: [3, 2]}, "
            "{PhoneNumber: 3}]"
        ),
        (
            (
                "2:36: customers[1]: Identification key idPhone is unique, but customer "
                "customers[0] already has PhoneNumber '2'"
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
            (
                "3:23: generate.customers: generated customers share a unique value: "
                "Identification key idTitle is unique, but customer EU86SbKFDZOO0001 "
                "already has Title 'Mr'"
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
            (
                "2:5: customers[0].LastName, FirstName: expected at most 10000 "
                "combinations of them, as idName needs, found 10100"
            ),
        ),
    ),
    (
        (
            "profile_attributes: [{name: Level, type: integer, default: high}]\ncustomers: "
            "[{Levl: 1}]\nservices: [{customer_id: C}]"
        ),
        (
            ("1:60: profile_attributes[0].default: expected a 32-bit integer, found 'high'"),
            (
                "3:26: services[0].customer_id: no customer with id 'C'; the scenario "
                "has no customers"
            ),
        ),
    ),
)

"""What only the loader sees."""
