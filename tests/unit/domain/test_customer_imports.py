"""CSV: what a record stands for, and that a file is taken as far as it says or not at all."""

from __future__ import annotations

import pytest

from cs_simulator.documents.problems import UnfitError
from cs_simulator.domain.customers import update_profile
from cs_simulator.domain.errors import BadValues, MalformedBody, Refusal, WrongCase
from cs_simulator.domain.fidelity import Fidelity
from cs_simulator.domain.imports import Delimiter, Encoding, ImportResult, Options, import_profiles
from cs_simulator.domain.metadata import (
    PREDEFINED,
    PREDEFINED_SCHEMA,
    AttributeSchema,
    ExtensionSchema,
    IdentificationKey,
    Metadata,
)
from cs_simulator.domain.profiles import Profile, Profiles
from cs_simulator.domain.setup import Setup
from cs_simulator.domain.transaction import Transaction
from tests.support.problems import MISSING, sentence
from tests.unit.domain.support import index_of, transaction

PHONE = ExtensionSchema("Phone", "multi-valued", (AttributeSchema("number", "integer"),))
ADDRESS = ExtensionSchema("Address", "single-valued", (AttributeSchema("city", mandatory=True),))
DEFAULT = Options()
METADATA = PREDEFINED.with_schema("profiles", PHONE).with_schema("profiles", ADDRESS)


def world(metadata: Metadata = METADATA, **switches: str) -> Transaction:
    tx = transaction(setup=Setup(fidelity=Fidelity(**switches)))
    tx.profiles = Profiles(metadata)
    return tx


def imported(tx: Transaction, text: str, options: Options = DEFAULT) -> ImportResult:
    result = import_profiles(tx, text.encode(options.encoding), options)
    assert index_of(tx.profiles) == index_of(tx.profiles, anew=True)
    return result


def refused(tx: Transaction, table: bytes | str, options: Options = DEFAULT) -> Refusal:
    """Import what is refused whole; return why."""
    before = list(tx.profiles), index_of(tx.profiles), tx.ids.counters, list(tx.hints)
    raw = table.encode() if isinstance(table, str) else table
    with pytest.raises((BadValues, MalformedBody, WrongCase)) as refusal:
        import_profiles(tx, raw, options)
    assert (list(tx.profiles), index_of(tx.profiles), tx.ids.counters, tx.hints) == before
    return refusal.value


def test_columns_are_attributes_in_any_case_and_repeat_for_more_values() -> None:
    tx = world()
    text = (
        "firstname,EmailAddress,EMAILADDRESS,phone.Number,Address.city\n"
        '" Ada ",a@x.org,b@x.org,7,"Paris,\nFrance"\n'
        "Bob,,c@x.org,,\n"
    )
    assert imported(tx, text) == ImportResult(2, [], [])
    ada, bob = tx.profiles
    assert ada.attributes == {"FirstName": (" Ada ",), "EmailAddress": ("a@x.org", "b@x.org")}
    assert ada.extensions == {
        "Phone": ({"number": 7},),
        "Address": ({"city": "Paris,\nFrance"},),
    }
    assert (bob.attributes["EmailAddress"], bob.extensions) == (("c@x.org",), {})


def test_wrong_records_are_named_and_the_others_imported() -> None:
    tx = world()
    text = 'FirstName,Phone.number\nAda,1\n\n"Bob\nBobson",x\nCid\nDan,1,2\nEve,2\n'
    result = imported(tx, text)
    assert result.imported == 2
    assert [each.attributes["FirstName"] for each in tx.profiles] == [("Ada",), ("Eve",)]
    assert [tuple(each) for each in result.failed] == [
        (4, sentence("Phone[0].number", "a 32-bit integer", "x")),
        (6, sentence("", "2 fields", 1)),
        (7, sentence("", "2 fields", 3)),
    ]


def test_a_wrong_value_is_told_as_it_stands_in_the_file() -> None:
    level = AttributeSchema("Level", "integer")
    tx = world(Metadata([*PREDEFINED_SCHEMA, level]))
    result = imported(tx, f"Level,Level,Title\nx,,\ny,1,\n{'z' * 100},,\n")
    assert [each.reason for each in result.failed] == [
        sentence("Level", "a 32-bit integer", "x"),
        sentence("Level", "a 32-bit integer", ["y", "1"]),
        sentence("Level", "a 32-bit integer", "z" * 100),
    ]


def test_every_wrong_value_of_a_record_is_named() -> None:
    level = AttributeSchema("Level", "integer")
    tx = world(Metadata([*PREDEFINED_SCHEMA, level]).with_schema("profiles", PHONE))
    [failed] = imported(tx, "Level,Phone.number,Title\nx,y,Dr\n").failed
    assert failed.reason == (
        sentence("Level", "a 32-bit integer", "x")
        + "; "
        + sentence("Phone[0].number", "a 32-bit integer", "y")
    )


@pytest.mark.parametrize(
    ("columns", "wanted"), [("FirstName", "1 field"), ("FirstName,LastName,Title", "3 fields")]
)
def test_number_of_fields_is_told_as_one_says_it(columns: str, wanted: str) -> None:
    (failed,) = imported(world(), f"{columns}\nAda,B\n").failed
    assert failed.reason == sentence("", wanted, 2)


def test_lines_end_as_files_of_any_system_do_and_stay_as_they_are_in_quotes() -> None:
    tx = world()
    assert imported(tx, 'FirstName,Title\rAda,Dr\rBob,"a\r\nb\rc\nd"\r\nCid,\n').imported == 3
    assert [each.attributes.get("Title") for each in tx.profiles] == [
        ("Dr",),
        ("a\r\nb\rc\nd",),
        None,
    ]


def test_extensions_may_have_columns_of_one_name() -> None:
    office = ExtensionSchema("Office", "single-valued", (AttributeSchema("city"),))
    tx = world(METADATA.with_schema("profiles", office))
    assert imported(tx, "Address.city,Office.city\nParis,Rome\n").imported == 1
    [profile] = tx.profiles
    assert profile.extensions == {"Address": ({"city": "Paris"},), "Office": ({"city": "Rome"},)}


def test_more_errors_than_allowed_import_nothing() -> None:
    text = "FirstName,Phone.number\nAda,1\nBob,x\nCid,y\n"
    assert imported(world(), text, Options(max_errors=2)).imported == 1
    why = refused(world(), text, Options(max_errors=1))
    assert str(why).startswith(
        "More than 1 records are invalid, so none was imported: line 3: Phone"
    )
    assert sentence("line 4: Phone[0].number", "a 32-bit integer", "y") in str(why)


def test_known_customers_are_skipped_those_of_the_file_too() -> None:
    tx = world()
    tx.profiles.add(Profile("known", {"PhoneNumber": ("1", "2")}))
    text = "PhoneNumber,FirstName\n2,a\n3,b\n,c\n3,d\n,e\n"
    result = imported(tx, text, Options(id_key="IDPHONE"))
    added = [each.customer_id for each in tx.profiles if each.customer_id != "known"]
    assert result == ImportResult(3, [(2, "known"), (5, added[0])], [])  # type: ignore[list-item]


def test_unique_key_is_held_by_known_customers_and_by_the_file() -> None:
    tx = world(METADATA.with_key(IdentificationKey("u", ("PhoneNumber",), unique=True)))
    tx.profiles.add(Profile("known", {"PhoneNumber": ("1",)}))
    result = imported(tx, "PhoneNumber\n1\n2\n2\n")
    assert result.imported == 1
    assert [each.line for each in result.failed] == [2, 4]
    assert "customer known already has PhoneNumber '1'" in result.failed[0].reason
    assert result.failed[1].reason == (
        "Identification key u is unique, but the customer on line 3 already has PhoneNumber '2'"
    )
    skipping = imported(tx, "PhoneNumber\n1\n2\n2\n", Options(id_key="u"))
    assert ([each.line for each in skipping.skipped], skipping.failed) == ([2, 3, 4], [])


def test_ids_are_made_or_taken_as_the_switch_says() -> None:
    text = "customer_id,FirstName\nmine,Ada\n,Bob\nmine,Cid\n"
    tx = world(custom_ids="accept")
    result = imported(tx, text)
    assert next(iter(tx.profiles)).customer_id == "mine"
    assert [each.reason for each in result.failed] == ["Customer profile mine already exists"]
    tx = world()
    assert imported(tx, text).imported == 3
    assert "mine" not in tx.profiles
    assert tx.hints == ["customer_id ignored; the server assigns it"]


def test_ids_that_are_made_keep_off_those_of_the_file() -> None:
    other = world()
    imported(other, "FirstName\nAda\n")
    [next_one] = [each.customer_id for each in other.profiles]
    tx = world(custom_ids="accept")
    assert imported(tx, f"customer_id,FirstName\n,Bob\n{next_one},Ada\n").imported == 2
    found = {each.customer_id: each.attributes["FirstName"] for each in tx.profiles}
    assert found.pop(next_one) == ("Ada",)
    assert list(found.values()) == [("Bob",)]


def test_field_may_be_as_long_as_a_body() -> None:
    tx = world()
    assert imported(tx, f"FirstName\n{'x' * 200_000}\n").imported == 1
    assert [len(each.attributes["FirstName"][0]) for each in tx.profiles] == [200_000]


def test_hint_of_what_is_left_out_counts_the_records_there_are() -> None:
    tx = world()
    assert imported(tx, "FirstName\na\nb\n", Options(start=5)).imported == 0
    assert tx.hints == ["skipped the first 2 records (start-from-index counts from 0)"]
    tx = world()
    imported(tx, "FirstName\n", Options(start=5))
    assert tx.hints == []


def test_start_leaves_records_out_with_a_hint() -> None:
    tx = world()
    assert imported(tx, "FirstName\na\nb\nc\n", Options(start=2)).imported == 1
    assert tx.hints == ["skipped the first 2 records (start-from-index counts from 0)"]


@pytest.mark.parametrize(
    ("text", "options", "members"),
    [
        ("", Options(), ["column"]),
        ("\n", Options(), ["column"]),
        ("Shoe,FirstName,Phone.x\n", Options(), ["column", "column"]),
        ("FirstName,Phone.number,phone.number\n", Options(), ["column"]),
        ("customer_id,CUSTOMER_ID\n", Options(), ["column"]),
        ("FirstName;LastName\n", Options(), ["column"]),
        ("FirstName\na\n", Options(id_key="idName"), ["LastName"]),
    ],
)
def test_columns_that_cannot_be(text: str, options: Options, members: list[str]) -> None:
    why = refused(world(), text, options)
    assert isinstance(why, BadValues)
    assert [each.at for each in why.problems] == members


def test_columns_of_mandatory_attributes_are_demanded() -> None:
    metadata = Metadata(
        [
            *PREDEFINED_SCHEMA,
            AttributeSchema("Age", "integer", mandatory=True),
            AttributeSchema("Level", "integer", default=1, mandatory=True),
        ]
    )
    why = refused(world(metadata), "FirstName\na\n")
    assert isinstance(why, BadValues)
    assert [(each.at, each.is_missing) for each in why.problems] == [("Age", True)]
    with_key = refused(world(metadata), "FirstName\na\n", Options(id_key="idName"))
    assert isinstance(with_key, BadValues)
    assert [each.at for each in with_key.problems] == ["Age", "LastName"]
    tx = world(metadata)
    assert [each.reason for each in imported(tx, 'Age\n\n5\n""\n').failed] == [
        f"Age {MISSING}; expected a 32-bit integer"
    ]
    (profile,) = tx.profiles
    assert profile.attributes == {"Age": (5,), "Level": (1,)}
    update_profile(tx, profile, {"Age": 6, "Level": None})
    assert tx.profiles.get(profile.customer_id).attributes == {"Age": (6,), "Level": (1,)}


@pytest.mark.parametrize(
    ("table", "options", "text"),
    [
        (
            'FirstName\nAda\n"Bob\nCid\n',
            Options(),
            "unclosed quote in the record that starts on line 3",
        ),
        ('FirstName\n"Ada" Bob\n', Options(), "starts on line 2"),
        (
            "FirstName\nZoë\n".encode("latin-1"),
            Options(),
            "not valid UTF-8: byte 13, on line 2, is 0xEB",
        ),
        (
            "F\nA".encode("utf-16-le"),
            Options(),
            "byte 2, on line 1, is 0x00 (it looks like UTF-16)",
        ),
        (b"\n\xff", Options(), "byte 2, on line 2, is 0xFF (it looks like ISO 8859-1"),
        ("FirstName\nZoë\n", Options(encoding="ascii"), "The file is not valid ASCII"),
        (b"F\xff", Options(encoding="utf-16-le"), "column"),
    ],
)
def test_files_that_cannot_be_read(table: bytes | str, options: Options, text: str) -> None:
    assert text in str(refused(world(), table, options))


def test_file_that_looks_like_no_text_is_not_said_to_look_like_one() -> None:
    why = refused(world(), b"\x00\xff\n")
    assert str(why) == "The file is not valid UTF-8: byte 2, on line 1, is 0xFF"


@pytest.mark.parametrize("encoding", ["utf-8", "utf8", "utf-16-le", "utf-16-be"])
def test_byte_order_mark_is_no_part_of_the_first_name(encoding: str) -> None:
    tx = world()
    imported(tx, "\ufeffFirstName\nZoë\n", Options(encoding=encoding))
    assert [each.attributes for each in tx.profiles] == [{"FirstName": ("Zoë",)}]


def test_other_encodings_and_delimiters() -> None:
    tx = world()
    imported(tx, "FirstName;Title\nZoë;Dr\n", Options(encoding="latin-1", delimiter=";"))
    imported(tx, "FirstName\tTitle\r\nZoë\tDr\r\n", Options(encoding="utf-16", delimiter="\t"))
    assert [each.attributes for each in tx.profiles] == [
        {"FirstName": ("Zoë",), "Title": ("Dr",)}
    ] * 2


@pytest.mark.parametrize(
    "name",
    "utf-8 UTF8 utf-16le UTF16BE utf_16_le us-ascii USASCII ascii latin1 ISO-8859-15 ISO_8859_2 "
    "iso8859-1 windows-1252 WINDOWS1252 Windows_1258 cp1250 CP-1251 cp_1253".split(),
)
def test_encodings_that_are_known(name: str) -> None:
    assert b"a".ljust(2, b"\0").decode(Encoding()(name))


@pytest.mark.parametrize("name", ["utf-7", "rot13", "hex", "iso-8859-12", "", 5, None, "utf-8 "])
def test_encodings_that_are_not(name: object) -> None:
    with pytest.raises(UnfitError, match="UTF-8"):
        Encoding()(name)


@pytest.mark.parametrize("value", ["", ",,", '"', "\n", "\r", "\0", 5, None])
def test_delimiters_that_are_none(value: object) -> None:
    with pytest.raises(UnfitError, match="one character"):
        Delimiter()(value)


@pytest.mark.parametrize("value", [",", ";", "|", "X", "\t"])
def test_delimiters_of_one_character(value: str) -> None:
    assert Delimiter()(value) == value


def test_delimiter_may_be_a_tab() -> None:
    options = Options(delimiter=Delimiter()("\\t"))
    tx = world()
    assert imported(tx, "FirstName\tTitle\nAda\tDr\n", options).imported == 1
    [ada] = tx.profiles
    assert ada.attributes == {"FirstName": ("Ada",), "Title": ("Dr",)}
