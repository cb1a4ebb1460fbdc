"""The report of a recording: what was recorded, and what there was before each request."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from cs_simulator.cli import main
from cs_simulator.har.writing import har_members
from cs_simulator.recording.comparing import prepared
from cs_simulator.recording.reports import run_members
from tests.recording.servers import Server, source


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def conversation() -> Server:
    server = Server()
    made = server.ask("POST", "services/start", {"contact_key": "K", "password": "zqx"})
    path = f"services/{made['service_id']}"
    state = server.ask("POST", f"{path}/states/start", {"state_type": 4})["state_id"]
    server.ask("POST", f"{path}/states/{state}/end", {"disposition": 1})
    server.ask("GET", "services/none")
    server.ask("POST", f"{path}/end")
    return server


def test_recording_becomes_the_data_of_a_report() -> None:
    data = run_members(source(), prepared(conversation().recording))
    assert [(each["operation"], each["response"]["status"]) for each in data["requests"]] == [
        ("start_service", 201),
        ("start_state", 201),
        ("end_state", 204),
        ("get_service", 400),
        ("end_service", 204),
    ]
    changed = [
        each["request"]
        for each in data["changes"]
        if any(step["path"] != "/clock/time" for step in each["patch"])
    ]
    assert changed == [1, 2, 3, 5]
    assert data["begin"].get("services", []) == []
    [service] = data["state"]["services"]
    assert "completed" in service
    assert service["service_id"] == data["requests"][0]["response"]["json"]["service_id"]
    assert data["requests"][0]["effects"] == [
        {"change": "created", "kind": "service", "id": service["service_id"]}
    ]
    assert "zqx" not in json.dumps(data)


def test_command_writes_a_page_beside_the_file(tmp_path: Path) -> None:
    file = tmp_path / "lab.har"
    file.write_text(json.dumps(har_members(conversation().recording.exchanges)), encoding="utf-8")
    result = run("report", file)
    assert (result.exit_code, result.output) == (
        0,
        f"wrote {tmp_path / 'lab.html'}: 5 requests\n",
    )
    assert (tmp_path / "lab.html").read_text().startswith("<!doctype html>")
    other = tmp_path / "other.html"
    assert run("report", file, "-o", other, "--whole").exit_code == 0
    assert other.exists()


def test_report_masks_names_of_ones_own(tmp_path: Path) -> None:
    server = Server()
    server.ask("POST", "services/start", {"contact_key": "K", "pay": {"iban": "DE89370400440532"}})
    recording = prepared(server.recording)
    assert "DE89370400440532" in json.dumps(run_members(source(), recording))
    assert "DE89370400440532" not in json.dumps(run_members(source(), recording, ["IBAN"]))
    file = tmp_path / "lab.har"
    file.write_text(json.dumps(har_members(server.recording.exchanges)), encoding="utf-8")
    assert run("report", file, "--mask", "iban", "--mask", "x-desk").exit_code == 0


def test_report_replaces_no_file_unasked(tmp_path: Path) -> None:
    file = tmp_path / "lab.har"
    file.write_text(json.dumps(har_members(conversation().recording.exchanges)), encoding="utf-8")
    page = tmp_path / "lab.html"
    page.write_text("mine")
    for words in ([file], [file, "-o", page]):
        result = run("report", *words)
        told = f"{page} already exists; choose another name, or use --force\n"
        assert (result.exit_code, result.output) == (2, told)
        assert page.read_text() == "mine"
    assert run("report", file, "--force").exit_code == 0
    assert page.read_text().startswith("<!doctype html>")


def test_what_cannot_be_reported_is_told(tmp_path: Path) -> None:
    file = tmp_path / "none.har"
    assert run("report", file).exit_code == 2
    file.write_text('{"log": {"entries": []}}')
    result = run("report", file)
    assert result.exit_code == 2
    assert "has no request to Context Services" in result.output
    file.write_text("<script>")
    assert run("report", file).exit_code == 2
    assert run("report", file, "-o", tmp_path / "no" / "x.html").exit_code == 2
