"""Bulk import of customers from CSV. Contract section 8; API Reference, Bulk Profile Import."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder

from tests.conftest import Simulate
from tests.contract.customers import PHONE, Api, bad_members
from tests.contract.customers import one_form_of_service_ids as one_form_of_service_ids
from tests.support import ApiResponse, Simulation, assumed, documented
from tests.support.problems import sentence

TABLE = "FirstName,LastName,PhoneNumber\nAda,Lovelace,1\nAlan,Turing,2\n"


@pytest.fixture
def importing(api: Api) -> Api:
    """A client of a server that is in the mode that its edition needs for an import."""
    if api.edition == "8.1":
        api.maintain()
    return api


def form(*files: tuple[str, str, bytes], **fields: str) -> tuple[bytes, dict[str, str]]:
    """Return the body of a form and its headers; a file is a name, a media type and bytes."""
    data: dict[str, Any] = {name.replace("_", "-"): value for name, value in fields.items()}
    for number, (name, kind, content) in enumerate(files):
        data.setdefault(name, []).append((BytesIO(content), f"{number}.csv", kind))
    builder = EnvironBuilder(method="POST", data=data, content_type="multipart/form-data")
    environ = builder.get_environ()
    raw: bytes = environ["wsgi.input"].read()
    return raw, {"Content-Type": environ["CONTENT_TYPE"]}


def send(api: Api, *files: tuple[str, str, bytes], **fields: str) -> ApiResponse:
    raw, headers = form(*files, **fields)
    return api.request("POST", "profiles/import", raw=raw, headers=headers)


def table(text: str) -> tuple[str, str, bytes]:
    return ("profiles", "text/csv", text.encode())


def refused(
    api: Api,
    *files: tuple[str, str, bytes],
    status: int = 400,
    code: int = 4020,
    fields: Mapping[str, str] = MappingProxyType({}),
) -> str:
    raw, headers = form(*files, **fields)
    return api.refused(
        "POST", "profiles/import", status=status, code=code, raw=raw, headers=headers
    )


@assumed("the file as a part of the form; the members of the answer")
@pytest.mark.parametrize("kind", ["text/csv", "application/octet-stream", "text/plain"])
def test_import_profiles(importing: Api, kind: str) -> None:
    answer = send(importing, ("profiles", kind, TABLE.encode()), format="csv")
    assert answer.shows() == {"imported": 2, "skipped": [], "errors": []}
    importing.maintain("production")
    (found,) = importing.get("profiles?LastName=Turing&include_profile=yes")
    del found["customer_id"]
    assert found == {"FirstName": "Alan", "LastName": "Turing", "PhoneNumber": "2"}


@documented("Bulk Profile Import: id-key skips, what is not imported is listed with its reason")
def test_import_profiles_lists_what_it_leaves_out(importing: Api) -> None:
    importing.schema(PHONE)
    first = send(importing, table(TABLE))
    assert first.json["imported"] == 2
    (ada, _) = importing.cs.world._profiles
    text = "FirstName,LastName,Phone.number\nAda,Lovelace,1\nBob,Doe,x\nCid,Doe,3\n"
    assert send(importing, table(text), id_key="idName").shows() == {
        "imported": 1,
        "skipped": [{"line": 2, "customer_id": ada.customer_id}],
        "errors": [{"line": 3, "reason": sentence("Phone[0].number", "a 64-bit integer", "x")}],
    }


@documented("Bulk Profile Import: delimiter, encoding, start-from-index, max-errors, create-log")
def test_import_profiles_with_options(importing: Api) -> None:
    text = "FirstName;Title\nZoë;Dr\nAda;\n".encode("latin-1")
    answer = send(
        importing,
        ("file", "text/csv", text),
        delimiter=";",
        encoding="ISO-8859-1",
        start_from_index="1",
        max_errors="0",
        create_log="true",
    )
    assert answer.shows()["imported"] == 1
    assert answer.hint == (
        "skipped the first 1 records (start-from-index counts from 0); "
        "create-log ignored: the response lists everything"
    )


@documented("Bulk Profile Import: the first part is of an application/... type")
def test_import_profiles_with_options_in_json(importing: Api) -> None:
    options = {"format": "CSV", "delimiter": ";", "max-errors": 0, "create-log": False}
    text = "FirstName;Title\nAda;Dr\n"
    part = ("options", "application/json", json.dumps(options).encode())
    assert send(importing, part, table(text)).shows()["imported"] == 1
    for content, message in (
        (b"[]", "Form part options must be a JSON object"),
        (b"{,}", "Form part options: The body is not valid JSON"),
    ):
        bad = ("options", "application/json", content)
        assert message in refused(importing, bad, table(text), code=4030)


@documented("Bulk Profile Import: maintenance mode in 8.1")
def test_import_profiles_in_production(cs: Simulation) -> None:
    refused(Api(cs, "8.1"), table(TABLE), status=503, code=5030)
    assert send(Api(cs, "8.5"), table(TABLE)).status == 200


@documented("Bulk Profile Import: multipart/form-data")
@pytest.mark.parametrize(
    ("headers", "raw", "status", "code"),
    [
        ({"Content-Type": "application/json"}, b"[]", 415, 4150),
        ({"Content-Type": "text/csv"}, TABLE.encode(), 415, 4150),
        ({}, b"", 415, 4150),
        ({"Content-Type": "multipart/form-data"}, b"--x--\r\n", 400, 4030),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b"", 400, 4030),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b"--x--\r\n", 400, 4010),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b"no parts", 400, 4030),
        *(
            ({"Content-Type": "multipart/form-data; boundary=x"}, raw, 400, 4030)
            for raw in (
                b'--x\r\nContent-Disposition: form-data; name="profiles"\r\n\r\nFirst',
                b"--x\r\nContent-Type: text/csv\r\n\r\nFirstName\r\n--x--\r\n",
                b"--x\r\nContent-Disposition: form-data\r\n\r\nFirstName\r\n--x--\r\n",
                b'--x\r\nContent-Disposition: form-data; name="\xff"\r\n\r\na\r\n--x--\r\n',
                b'--x\r\nContent-Disposition: form-data; name="format"\r\n\r\n\xff\r\n--x--\r\n',
            )
        ),
    ],
)
def test_import_profiles_of_another_form(
    importing: Api, headers: dict[str, str], raw: bytes, status: int, code: int
) -> None:
    importing.refused("POST", "profiles/import", status=status, code=code, raw=raw, headers=headers)


@assumed("unknown and wrong options are refused, all at once")
def test_import_profiles_names_every_bad_option(importing: Api) -> None:
    fields = {
        "colour": "red",
        "format": "JSON",
        "id-key": "idShoe",
        "delimiter": ";;",
        "max-errors": "-1",
        "encoding": "klingon",
        "start-from-index": "x",
        "create-log": "maybe",
    }
    description = refused(importing, fields=fields)
    assert bad_members(description) == [
        *("colour", "delimiter", "max-errors", "encoding", "start-from-index", "create-log"),
        *("format", "id-key", "profiles"),
    ]


@assumed("one file, no more")
def test_import_profiles_of_two_files(importing: Api) -> None:
    description = refused(importing, table(TABLE), table(TABLE))
    assert "'2 in the form'" in description
    other = ("file", "text/csv", TABLE.encode())
    description = refused(importing, other, fields={"profiles": "a.csv"})
    assert "'1 in the form and a.csv'" in description


@assumed("each option once, whether it stands in a field or in the part of options")
def test_import_profiles_with_an_option_given_twice(importing: Api) -> None:
    part = ("options", "application/json", b'{"max-errors": 1}')
    fields = {"max_errors": "1"}
    description = refused(importing, part, table(TABLE), fields=fields)
    assert bad_members(description) == ["max-errors"]
    assert "expected each option once" in description


@assumed("a file that is broken, and more errors than allowed: nothing is imported")
@pytest.mark.parametrize(
    ("text", "fields", "code", "message"),
    [
        ("", {}, 4010, "a first line with the names of the columns"),
        ("FirstName,Shoe\nAda,45\n", {}, 4020, "'Shoe'"),
        ("FirstName\nAda\n", {"id_key": "idPhone"}, 4010, "'PhoneNumber' reason : expected a col"),
        ('FirstName\nAda\n"Bob\n', {}, 4030, "unclosed quote in the record that starts on line 3"),
        ("FirstName\nZoë\n", {"encoding": "ascii"}, 4030, "The file is not valid ASCII: byte 13"),
        (
            "FirstName,Title\nAda\nBob,\n",
            {"max_errors": "0"},
            4020,
            sentence("line 2", "2 fields", 1),
        ),
    ],
)
def test_import_profiles_of_a_broken_file(
    importing: Api, text: str, fields: dict[str, str], code: int, message: str
) -> None:
    assert message in refused(importing, table(text), code=code, fields=fields)


@assumed("a byte order mark before the first name is passed over")
def test_import_profiles_of_a_file_as_excel_saves_it(importing: Api) -> None:
    raw, headers = form(table("\ufeffFirstName,LastName\r\nZoë,Byron\r\n"))
    answer = importing.request("POST", "profiles/import", raw=raw, headers=headers)
    assert (answer.status, answer.json["imported"]) == (200, 1)
    assert answer.hint == (
        "the file starts with a byte order mark, which was passed over; a server that takes it for "
        "a part of the first name wants UTF-8 without one"
    )


@assumed("files on the server are read below --import-dir alone; without it 403")
def test_import_profiles_of_a_file_without_a_folder(importing: Api) -> None:
    raw, headers = form(profiles="customers.csv")
    answer = importing.request("POST", "profiles/import", raw=raw, headers=headers)
    assert (answer.status, answer.json["code"]) == (403, 4031)
    assert "start it with --import-dir" in answer.hint


@documented("Bulk Profile Import: profiles is the path of a file on the server")
def test_import_profiles_of_a_file_on_the_server(
    api: Api, simulate: Simulate, tmp_path: Path
) -> None:
    folder = tmp_path / "imports"
    importing = Api(simulate(import_dir=folder), api.edition)
    if api.edition == "8.1":
        importing.maintain()
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "customers.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "secret.csv").write_text(TABLE, encoding="utf-8")
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    assert send(importing, profiles="sub/customers.csv").shows()["imported"] == 2
    assert send(importing, profiles=str(folder / "sub" / "customers.csv")).status == 200
    for name in ("../secret.csv", str(tmp_path / "secret.csv"), "link.csv", "sub/../../secret.csv"):
        description = refused(importing, status=403, code=4031, fields={"profiles": name})
        assert description == f"The file {name} is outside --import-dir"
    for name in ("none.csv", "sub", "a\0b"):
        description = refused(importing, fields={"profiles": name})
        assert "expected the name of a file in --import-dir that is readable" in description
