"""Import of customers: a form with options, and a CSV file in the form or on the server.

Source: API Reference, *Bulk Profile Import*; contract section 8.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder

from cs_simulator.api.bodies import read_json
from cs_simulator.api.calls import Call, CallResult, Form, shows
from cs_simulator.api.profiles import demand_schema
from cs_simulator.documents.files import UnreadableFileError, read_bytes, resolved
from cs_simulator.documents.problems import ABSENT, Problem, UnfitError
from cs_simulator.documents.values import Boolean, Converter, Integer, Text
from cs_simulator.domain.administration import find_key
from cs_simulator.domain.errors import (
    BadValues,
    Forbidden,
    MalformedBody,
    NothingFound,
    UnsupportedMediaType,
)
from cs_simulator.domain.identification import known_keys
from cs_simulator.domain.imports import Delimiter, Encoding, Options
from cs_simulator.domain.imports import import_profiles as import_table

OPTIONS: tuple[tuple[str, Converter], ...] = (
    ("format", Text()),
    ("profiles", Text(empty=False)),
    ("id-key", Text()),
    ("delimiter", Delimiter()),
    ("max-errors", Integer(32, minimum=0)),
    ("encoding", Encoding()),
    ("start-from-index", Integer(32, minimum=0)),
    ("create-log", Boolean()),
)


class _Part(NamedTuple):
    name: str
    content_type: str
    is_file: bool
    data: bytes


def import_profiles(call: Call) -> CallResult:
    """Create a profile for each record of a CSV file."""
    demand_schema(call)
    parts = _parts(call.form or Form())
    files = [part for part in parts if _is_table(part)]
    given, problems = _given([part for part in parts if not _is_table(part)])
    values: dict[str, Any] = {}
    for name, convert in OPTIONS:
        value = given.get(name)
        if value is None or value == "":
            continue
        try:
            values[name] = convert(value)
        except UnfitError as unfit:
            problems.append(unfit.problem(name, value))
    if values.get("format", "CSV").upper() != "CSV":
        problems.append(Problem("format", "CSV", values["format"]))
    id_key = values.get("id-key")
    if id_key is not None:
        try:
            find_key(call.tx.metadata, id_key)
        except NothingFound:
            known = f"one of {known_keys(call.tx.metadata)}"
            problems.append(Problem("id-key", known, id_key))
    if len(files) + ("profiles" in values) != 1:
        one = "one CSV file: a form part, or the name of a file in --import-dir"
        sent = [
            source
            for source in (f"{len(files)} in the form" if files else "", values.get("profiles"))
            if source
        ]
        problems.append(Problem("profiles", one, " and ".join(sent) if sent else ABSENT))
    if problems:
        raise BadValues(problems)
    table = files[0].data if files else _read(call.import_folder, values["profiles"])
    options = Options(
        id_key,
        values.get("delimiter", ","),
        values.get("max-errors"),
        values.get("encoding", "utf-8"),
        values.get("start-from-index", 0),
    )
    result = import_table(call.tx, table, options, call.permit_extensions)
    if values.get("create-log"):
        call.tx.hint("create-log ignored: the response lists everything")
    return shows(
        {
            "imported": result.imported,
            "skipped": [record._asdict() for record in result.skipped],
            "errors": [record._asdict() for record in result.failed],
        },
    )


def _is_table(part: _Part) -> bool:
    """Tell whether a part is the CSV file; a JSON part holds options, whatever its name."""
    return part.content_type != "application/json" and (
        part.is_file or part.content_type == "text/csv"
    )


def _given(parts: list[_Part]) -> tuple[dict[str, Any], list[Problem]]:
    """Return the options of a form: one field each, or all in a part that is a JSON object."""
    given: dict[str, Any] = {}
    problems: list[Problem] = []
    names = [name for name, _ in OPTIONS]
    for part in parts:
        if part.content_type == "application/json":
            try:
                members = read_json(part.data)
            except MalformedBody as refusal:
                raise MalformedBody(
                    f"Form part {part.name}: {refusal.text}", refusal.hint
                ) from None
            if not isinstance(members, dict):
                raise MalformedBody(f"Form part {part.name} must be a JSON object")
        else:
            try:
                members = {part.name: part.data.decode("utf-8")}
            except UnicodeDecodeError:
                raise MalformedBody(f"Form field {part.name} is not valid UTF-8") from None
        for name, value in members.items():
            if name not in names:
                problems.append(Problem(name, f"one of {', '.join(names)}", value))
            elif name in given:
                problems.append(Problem(name, "each option once", value))
            else:
                given[name] = value
    return given, problems


def _parts(form: Form) -> list[_Part]:
    """Return the parts of a form; like the body, they are kept in memory."""
    kind, parameters = parse_options_header(form.content_type)
    if kind != "multipart/form-data":
        raise UnsupportedMediaType(
            f"The media type {form.content_type or '(none)'} is not supported",
            "send Content-Type: multipart/form-data (curl: -F profiles=@customers.csv)",
        )
    boundary = parameters.get("boundary")
    if not boundary:
        raise MalformedBody("The Content-Type multipart/form-data has no boundary")
    decoder = MultipartDecoder(boundary.encode("latin-1", "replace"))
    try:
        decoder.receive_data(form.raw)
        decoder.receive_data(None)
        return _collected(decoder)
    except ValueError:
        raise MalformedBody(
            "The body is not valid multipart/form-data: expected parts separated by "
            f"--{boundary[:70]}, each with a Content-Disposition that has a name"
        ) from None


def _collected(decoder: MultipartDecoder) -> list[_Part]:
    parts: list[_Part] = []
    event = decoder.next_event()
    while not isinstance(event, Epilogue):
        if isinstance(event, (Field, File)):
            if not event.name:
                raise ValueError("a part has no name")
            content_type = parse_options_header(event.headers.get("Content-Type", ""))[0]
            parts.append(_Part(event.name, content_type, isinstance(event, File), b""))
        elif isinstance(event, Data) and parts:
            parts[-1] = parts[-1]._replace(data=parts[-1].data + event.data)
        event = decoder.next_event()
    return parts


def _read(folder: Path | None, name: str) -> bytes:
    """Return the content of a file in the import folder; reject a path that leads elsewhere."""
    if folder is None:
        raise Forbidden(
            "The server is not allowed to read files",
            "start it with --import-dir, or send the file as a form part: "
            "-F profiles=@customers.csv",
        )
    expected = "the name of a file in --import-dir"
    try:
        root = resolved(folder)
        path = resolved(root / name)
        if not path.is_relative_to(root):
            raise Forbidden(f"The file {name} is outside --import-dir", expected)
        return read_bytes(path)
    except UnreadableFileError as error:
        problem = Problem("profiles", f"{expected} that is readable", name, note=str(error))
        raise BadValues([problem]) from None
