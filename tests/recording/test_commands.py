"""The commands: what they print, what they write, and how they end."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from cs_simulator.cli import main
from cs_simulator.domain.fidelity import SWITCHES
from cs_simulator.har.exchanges import RecordedResponse
from cs_simulator.har.reading import read_file
from cs_simulator.har.writing import har_members
from cs_simulator.recording.printing import (
    ResponsesError,
    curl_script,
    postman_collection,
    read_responses,
)
from cs_simulator.recording.probe import ProbeTerms
from cs_simulator.recording.sending import Sender
from tests.recording.servers import Server
from tests.recording.upstream import CERTIFICATE, tls, upstream

SHELL = "/bin/sh"


def run(*arguments: object, stdin: str = "") -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments], input=stdin)


def written(server: Server, path: Path) -> Path:
    path.write_text(json.dumps(har_members(server.exchanges)), encoding="utf-8")
    return path


def conversation(fidelity: dict[str, str]) -> Server:
    server = Server({"fidelity": fidelity})
    made = server.ask("POST", "services/start", {"contact_key": "K"})
    for _ in range(2):
        server.ask("POST", f"services/{made['service_id']}/end", {})
    return server


@contextmanager
def listening(server: Server) -> Iterator[str]:
    """Serve over HTTP what a server of this process answers; yield its origin."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            with lock:
                exchange = server.send(
                    self.command, f"http://h{self.path}", dict(self.headers), body, 1
                )
            response = exchange.response
            assert response is not None
            self.send_response_only(response.status)
            for name, value in response.headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(response.body or b"")

        do_GET = do_POST = do_PUT = do_DELETE = do  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.daemon_threads = True
    thread = threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_port}"
    finally:
        running.shutdown()
        running.server_close()
        thread.join()


# compare and fit


def test_compare_says_that_nothing_differs(tmp_path: Path) -> None:
    path = written(conversation({}), tmp_path / "a.har")
    done = run("compare", path)
    assert done.exit_code == 0, done.output
    assert done.output == "a.har: 3 exchanges\n3 exchanges compared, no difference\n"


def test_compare_tells_what_differs(tmp_path: Path) -> None:
    path = written(conversation({"end_twice": "reject"}), tmp_path / "a.har")
    done = run("compare", path)
    assert done.exit_code == 1
    lines = done.output.splitlines()
    assert lines[1] == "end_service:"
    assert lines[2].startswith("  status, exchange 3 of a.har: POST /services/")
    assert lines[3].startswith("    recorded:  400 (Service ")
    assert lines[4] == "    simulated: 204"
    assert lines[5] == "3 exchanges compared, 1 difference"


def test_compare_takes_a_scenario(tmp_path: Path) -> None:
    path = written(conversation({"end_twice": "reject"}), tmp_path / "a.har")
    scenario = tmp_path / "s.yaml"
    scenario.write_text("fidelity: {end_twice: reject}\nfaults: [{on: any, delay: 1h}]\n")
    assert run("compare", path, "--scenario", scenario).exit_code == 0
    done = run("compare", path, "--scenario", "nonesuch")
    assert done.exit_code == 2
    assert "no scenario named" in done.output


def test_reports_in_json_and_junit(tmp_path: Path) -> None:
    path = written(conversation({"end_twice": "reject"}), tmp_path / "a.har")
    found = json.loads(run("compare", path, "--report", "json").output)
    assert found["compared"] == 3
    assert found["findings"][0]["exchanges"] == ["a.har#3"]
    suite = ET.fromstring(run("compare", path, "--report", "junit").output)
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")
    fitted = json.loads(run("fit", path, "--report", "json").output)
    assert fitted["base_urls"] == found["base_urls"] != {}
    assert fitted["switches"]["end_twice"] == {
        "value": "reject",
        "verdict": "proven",
        "possible": ["reject"],
        "exchanges": ["a.har#3"],
        "against": [],
        "reason": "",
        "probe": "",
    }
    assert fitted["switches"]["content_type"]["verdict"] == "undecided"
    assert "text/plain" in fitted["switches"]["content_type"]["probe"]
    suite = ET.fromstring(run("fit", path, "--report", "junit").output)
    assert suite.get("failures") == "0"
    assert suite.get("skipped") == str(len(SWITCHES) - len(fitted["scenario"]["fidelity"]))


def test_fit_writes_a_scenario_that_behaves_so(tmp_path: Path) -> None:
    path = written(conversation({"end_twice": "reject"}), tmp_path / "a.har")
    scenario = tmp_path / "fitted.yaml"
    done = run("fit", path, "--write", scenario)
    assert done.exit_code == 0, done.output
    assert "  end_twice = reject: exchange 3 of a.har\n" in done.output
    text = scenario.read_text()
    assert "  end_twice: reject  # exchange 3 of a.har\n" in text
    assert "  # content_type: strict or lenient; undecided: " in text
    assert run("check", scenario).exit_code == 0
    assert run("compare", path, "--scenario", scenario).exit_code == 0


def test_fit_and_probe_replace_no_file_unasked(tmp_path: Path) -> None:
    path = written(conversation({"end_twice": "reject"}), tmp_path / "a.har")
    scenario = tmp_path / "fitted.yaml"
    scenario.write_text("mine")
    told = f"{scenario} already exists; choose another name, or use --force\n"
    for words in (["fit", path], ["probe", "--base", "http://127.0.0.1:1", "--yes"]):
        done = run(*words, "--write", scenario)
        assert (done.exit_code, done.output) == (2, told)
        assert scenario.read_text() == "mine"
    assert run("fit", path, "--write", scenario, "--force").exit_code == 0
    assert "end_twice: reject" in scenario.read_text()


def test_fit_with_nothing_proven_writes_a_scenario_too(tmp_path: Path) -> None:
    server = Server({})
    server.ask("GET", "metadata/roles")
    path = written(server, tmp_path / "a.har")
    scenario = tmp_path / "fitted.yaml"
    assert run("fit", path, "--write", scenario).exit_code == 0
    assert "fidelity: {}" in scenario.read_text()
    assert run("check", scenario).exit_code == 0


def test_fit_tells_what_is_contradicted_and_unexplained(tmp_path: Path) -> None:
    one = written(conversation({"end_twice": "accept"}), tmp_path / "one.har")
    other = conversation({"end_twice": "reject"})
    odd = replace(other.exchanges[0], number=4, response=RecordedResponse(418))
    other.exchanges.append(odd)
    two = written(other, tmp_path / "two.har")
    done = run("fit", one, two)
    assert done.exit_code == 1
    assert "contradicted:\n  end_twice (accept or reject): accept explains one.har#3" in done.output
    assert "what no switch explains:" in done.output
    assert "    recorded:  418\n" in done.output


def test_set_aside_is_told(tmp_path: Path) -> None:
    server = conversation({})
    server.exchanges[1] = replace(server.exchanges[1], response=RecordedResponse(503))
    path = written(server, tmp_path / "a.har")
    done = run("compare", path)
    assert "1 set aside, exchange 2 of a.har: the status 503 does not show" in done.output
    suite = ET.fromstring(run("compare", path, "--report", "junit").output)
    assert suite.get("skipped") == "1"


def test_preload_is_shown(tmp_path: Path) -> None:
    server = Server({"services": [{"service_id": 95, "contact_key": "K"}]})
    server.ask("GET", "services/95")
    done = run("compare", written(server, tmp_path / "a.har"))
    assert "there before the recording began, as a scenario has it:\n  services:" in done.output
    assert done.exit_code == 0


@pytest.mark.parametrize("command", ["compare", "fit"])
def test_recording_with_nothing_of_the_api_is_told(tmp_path: Path, command: str) -> None:
    path = tmp_path / "a.har"
    path.write_text('{"log": {"entries": []}}')
    done = run(command, path)
    assert done.exit_code == 2
    assert "nothing was compared" in done.output
    suite = ET.fromstring(run(command, path, "--report", "junit").output)
    assert suite.get("failures") == "1"


@pytest.mark.parametrize("command", ["compare", "fit"])
def test_recording_that_cannot_be_read_is_told(tmp_path: Path, command: str) -> None:
    path = tmp_path / "a.har"
    path.write_text("nonsense and more of it")
    done = run(command, path)
    assert done.exit_code == 2
    assert "expected a HAR 1.2 file" in done.output
    assert run(command, tmp_path / "none.har").exit_code == 2


@pytest.mark.skipif("not hasattr(__import__('os'), 'mkfifo')", reason="there are no pipes")
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_recording_may_come_through_a_pipe(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    content = pack(written(conversation({}), tmp_path / "a.har").read_bytes())
    pipe = tmp_path / "pipe.har"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(content,), daemon=True)
    writer.start()
    done = run("compare", pipe)
    assert (done.exit_code, "no difference" in done.output) == (0, True), done.output
    writer.join()


@pytest.mark.parametrize("command", ["compare", "fit", "report"])
@pytest.mark.parametrize(
    ("odd", "why"),
    [
        ({"url": "http://[::1/genesys/1/cs/services/1"}, "a url that is not valid"),
        ({"started": "0001-01-01T00:00:00+14:00"}, "a startedDateTime that no calendar has"),
    ],
    ids=["url", "date"],
)
def test_entry_that_cannot_be_is_left_out(
    tmp_path: Path, odd: dict[str, str], why: str, command: str
) -> None:
    path = written(conversation({}), tmp_path / "a.har")
    document = json.loads(path.read_text(encoding="utf-8"))
    entries = document["log"]["entries"]
    entry = json.loads(json.dumps(entries[0]))
    entry["request"]["url"] = odd.get("url", entry["request"]["url"])
    entry["startedDateTime"] = odd.get("started", entry["startedDateTime"])
    entries.append(entry)
    path.write_text(json.dumps(document), encoding="utf-8")
    done = run(command, path)
    assert done.exit_code == 0, done.output
    if command != "report":
        assert f"1 skipped: {why}" in done.output


def test_files_of_one_name_keep_their_folders(tmp_path: Path) -> None:
    paths = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        paths.append(written(conversation({}), tmp_path / name / "a.har"))
    done = run("fit", *paths)
    assert f"{paths[0]}: 3 exchanges" in done.output


def test_base_may_be_given(tmp_path: Path) -> None:
    path = written(conversation({}), tmp_path / "a.har")
    assert run("compare", path, "--base", "/genesys/1/cs").exit_code == 0
    done = run("compare", path, "--base", "/gms", "--base-81", "/ucs")
    assert done.exit_code == 2
    assert "3 left out" in done.output


# probe


def test_probe_asks_records_and_fits(tmp_path: Path) -> None:
    server = Server({"fidelity": {"end_twice": "reject", "null_extension": "remove"}})
    with listening(server) as origin:
        done = run(
            "probe",
            *("--base", f"{origin}/genesys/1/cs/", "--base-81", origin, "--yes"),
            *("--har", tmp_path / "p.har", "--write", tmp_path / "p.yaml"),
            *("--header", "X-A: 1", "--user", "ada:secret"),
        )
    assert done.exit_code == 0, done.output
    assert "end_twice = reject" in done.output
    assert "null_extension = remove" in done.output
    assert "undecided" not in done.output
    recording = read_file(tmp_path / "p.har")
    assert ("X-A", "1") in recording.exchanges[0].request.headers
    assert ("Authorization", "Basic ***") in recording.exchanges[0].request.headers
    assert run("fit", tmp_path / "p.har").exit_code == 0
    assert run("check", tmp_path / "p.yaml").exit_code == 0


def test_probe_sends_nothing_unless_it_may(tmp_path: Path) -> None:
    server = Server()
    with listening(server) as origin:
        done = run("probe", "--base", origin, "--har", tmp_path / "p.har", stdin="y\n")
    assert done.exit_code == 2
    assert "nothing was sent" in done.output
    assert len(server.world.journal) == 0


@pytest.mark.parametrize(
    ("base", "why"),
    [
        ("", "is --base the URL"),
        ("/denied", "say who you are with --user"),
        ("/moved", "use that as --base"),
        ("/bare", "answers 999; is --base the URL"),
        ("/escape", r"answers 500: \x1b[2J one\ntwo"),
        ("/close/services/start?", "is not a URL"),
    ],
)
def test_probe_stops_at_a_server_that_is_none(tmp_path: Path, base: str, why: str) -> None:
    with upstream() as server:
        done = run("probe", "--base", f"{server.url}{base}", "--yes", "--har", tmp_path / "p.har")
    assert done.exit_code == 2
    assert why in done.output


@pytest.mark.parametrize(
    ("name", "body", "notes"),
    [
        ("gzip", b'{"n":1.10}', ()),
        ("members", b'{"n":1}', ()),
        ("packed", b"abcd", ("the response's body is as it was sent, in gzip",)),
        ("bomb", None, ()),
    ],
)
def test_compressed_response_is_recorded_decoded(
    name: str, body: bytes | None, notes: tuple[str, ...]
) -> None:
    with upstream() as server:
        exchange = Sender().send("GET", f"{server.url}/{name}", {}, b"", 1)
    assert exchange.response is not None
    assert (exchange.response.body, exchange.notes) == (body, notes)


@pytest.mark.parametrize("command", ["compare", "fit"])
def test_report_shows_no_control_characters_of_a_recording(tmp_path: Path, command: str) -> None:
    path = written(conversation({}), tmp_path / "a.har")
    document = json.loads(path.read_text(encoding="utf-8"))
    for entry in document["log"]["entries"]:
        entry["response"]["content"]["text"] = "\x1b[2J\x00odd\nline"
        entry["response"]["content"]["size"] = 14
    path.write_text(json.dumps(document), encoding="utf-8")
    done = run(command, path)
    assert r"\x1b[2J\x00odd\nline" in done.output
    assert all(line.isprintable() for line in done.output.splitlines())


def test_probe_tells_what_is_wrong_with_the_connection(tmp_path: Path) -> None:
    with upstream() as server:
        secure = server.url.replace("http", "https")
        done = run("probe", "--base", secure, "--yes", "--har", tmp_path / "a.har")
        assert "does not speak TLS" in done.output
    done = run("probe", "--base", "http://127.0.0.1:1", "--yes", "--har", tmp_path / "b.har")
    assert done.exit_code == 2
    assert "cannot connect to http://127.0.0.1:1" in done.output
    with upstream(tls()) as server:
        more = ("--yes", "--base", server.url)
        done = run("probe", *more, "--har", tmp_path / "c.har")
        assert "--ca-file" in done.output
        done = run("probe", *more, "--har", tmp_path / "d.har", "--ca-file", CERTIFICATE)
        assert "answers 404" in done.output
        done = run("probe", *more, "--har", tmp_path / "e.har", "--insecure")
        assert "answers 404" in done.output
        plain = server.url.replace("https", "http")
        done = run("probe", "--yes", "--base", plain, "--har", tmp_path / "f.har")
        assert "gave no response" in done.output


def test_probe_gives_up_a_server_that_dies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server()
    real = server.send

    def send(method: str, url: str, *more: Any) -> Any:
        if len(server.world.journal) > 3:
            raise ConnectionAbortedError
        return real(method, url, *more)

    monkeypatch.setattr(server, "send", send)
    with listening(server) as origin:
        done = run(
            "probe", "--yes", "--base", f"{origin}/genesys/1/cs", "--har", tmp_path / "p.har"
        )
    assert done.exit_code == 2
    assert "3 requests in a row got no response" in done.output
    assert "may remain, under the contact key csp" in done.output


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "Missing option '--base'"),
        (("--base", "host"), "is not a URL such as"),
        (("--base", "http://h", "--header", "none"), "is not NAME:VALUE"),
        (("--base", "http://h", "--user", "none"), "expected NAME:PASSWORD"),
    ],
)
def test_probe_with_a_wrong_option(arguments: tuple[str, ...], why: str) -> None:
    done = run("probe", *arguments)
    assert done.exit_code == 2
    assert why in done.output


def test_har_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "p.har"
    path.write_text("precious")
    done = run("probe", "--base", "http://127.0.0.1:1", "--yes", "--har", path)
    assert done.exit_code == 2
    assert "already exists" in done.output
    assert path.read_text() == "precious"


# A probe that is printed


def test_printed_script_brings_back_what_fits(tmp_path: Path) -> None:
    server = Server({"fidelity": {"types_mandatory": "true", "service_ids": "conversation"}})
    script = tmp_path / "probe.sh"
    with listening(server) as origin:
        printed = run("probe", "--print", "curl", "--base", f"{origin}/genesys/1/cs")
        assert printed.exit_code == 0
        script.write_text(printed.output)
        subprocess.run([SHELL, script], cwd=tmp_path, capture_output=True, check=True, timeout=60)
    done = run("probe", "--responses", tmp_path / "responses.txt", "--write", tmp_path / "f.yaml")
    assert done.exit_code == 0, done.output
    assert "types_mandatory = true" in done.output
    assert "service_ids = conversation" in done.output
    # Edition 8.1 has another address, which was not given.
    _, undecided = done.output.split("undecided:\n")
    (line, *_) = undecided.splitlines()
    assert line.strip().startswith("service_id_form")
    assert undecided.count("no exchange") == 1
    assert len(list(server.world.data().profiles)) == 0


def answers_of(server: Server, terms: ProbeTerms) -> dict[str, Any]:
    """Return what newman reports of a collection that it runs against a server."""
    collection = json.loads(postman_collection(terms))
    variables = {each["key"]: each["value"] for each in collection["variable"]}
    executions = []

    def put(text: str) -> str:
        return re.sub(r"\{\{(\w+)\}\}", lambda match: str(variables.get(match[1], "")), text)

    for item in collection["item"]:
        events = {each["listen"]: each["script"]["exec"][0] for each in item.get("event", ())}
        needed = re.findall(r"get\('(\w+)'\)", events.get("prerequest", ""))
        if not all(variables.get(name) for name in needed):
            continue
        request = item["request"]
        headers = {each["key"]: each["value"] for each in request["header"]}
        body = request.get("body", {}).get("raw", "").encode()
        response = server.send(request["method"], put(request["url"]), headers, body, 1).response
        assert response is not None
        saved = re.search(r"set\('(\w+)', .*\['(\w+)'\]", events.get("test", ""))
        if saved and response.status < 300:
            variables[saved[1]] = json.loads(response.body or b"{}")[saved[2]]
        shown = {
            "code": response.status,
            "header": [{"key": name, "value": value} for name, value in response.headers],
            "stream": {"type": "Buffer", "data": list(response.body or b"")},
            "responseTime": 1,
        }
        executions.append({"item": {"name": item["name"]}, "response": shown})
    report = {"timings": {"started": 0}, "executions": executions}
    return {"collection": {"variable": collection["variable"]}, "run": report}


def test_printed_collection_brings_back_what_fits(tmp_path: Path) -> None:
    server = Server({"fidelity": {"string_limits": "everywhere"}})
    report = answers_of(server, ProbeTerms("http://h/genesys/1/cs", "http://h"))
    path = tmp_path / "responses.json"
    path.write_text(json.dumps(report))
    done = run("probe", "--responses", path)
    assert done.exit_code == 0, done.output
    assert "string_limits = everywhere" in done.output
    assert "undecided" not in done.output


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "expected the responses.txt"),
        ("{}", "expected the responses.txt"),
        ("=== probe key=k base=none base_81= type=1\n", "the base URL"),
        ('{"run": {}, "collection": {}}', "the key and the base URL"),
        (
            "=== probe key=k base=http://h base_81= type=1\n\n=== 2026-99-01T00:00:00Z start\n",
            "the date of a response",
        ),
        ("[" * 100_000, "or a report of newman in JSON"),
    ],
)
def test_responses_that_are_none_are_told(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(ResponsesError, match=why):
        read_responses(text)
    path = tmp_path / "responses.txt"
    path.write_text(text)
    done = run("probe", "--responses", path)
    assert done.exit_code == 2
    assert why in done.output


def test_responses_that_are_none_at_all_fit_nothing(tmp_path: Path) -> None:
    path = tmp_path / "responses.txt"
    path.write_text("=== probe key=k base=http://h base_81= type=1\n")
    done = run("probe", "--responses", path)
    assert done.exit_code == 2
    assert "no exchange to fit" in done.output


def test_interim_responses_are_passed_over() -> None:
    text = (
        "=== probe key=k base=http://h base_81= type=1\n"
        "\n=== 2026-01-05T09:00:00Z start\nHTTP/1.1 100 Continue\r\n\r\n"
        'HTTP/2 201\r\ncontent-type: application/json\r\n\r\n{"service_id": 5}'
        "\n=== 2026-01-05T09:00:01Z merge\n"
    )
    start, merge = read_responses(text)
    assert start.response is not None
    assert (start.response.status, start.response.body) == (201, b'{"service_id": 5}')
    assert merge.request.path == "/services/5/extensions/probe/merge"
    assert merge.response is None


def test_script_is_sound_whatever_the_base() -> None:
    script = curl_script(ProbeTerms("http://h/a%20b"))
    subprocess.run([SHELL, "-n"], input=script, text=True, check=True, timeout=10)


# record


def recorder(*arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "cs_simulator", "record", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_record_serves_until_it_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "r.har"
    server = conversation({"end_twice": "reject"})
    with listening(server) as origin:
        process = recorder("--upstream", origin, "--har", path, "--port", 0)
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            proxy = line.split()[0]
            done = run(
                *("probe", "--base", f"{proxy}/genesys/1/cs", "--base-81", proxy, "--yes"),
                *("--har", tmp_path / "p.har"),
            )
            assert done.exit_code == 0, done.output
        finally:
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "exchanges are recorded in" in errors
    fitted = run("fit", path)
    assert fitted.exit_code == 0
    assert "end_twice = reject" in fitted.output
    assert "undecided" not in fitted.output


@pytest.mark.parametrize(
    ("arguments", "why", "code"),
    [
        (("--upstream", "nonsense"), "is not a URL such as http://host:port", 2),
        (("--upstream", "https://h", "--ca-file", __file__), "PEM", 2),
        (("--upstream", "http://h", "--host", "192.0.2.1"), "cannot listen on", 3),
    ],
)
def test_record_with_what_cannot_be(
    tmp_path: Path, arguments: tuple[str, ...], why: str, code: int
) -> None:
    done = run("record", *arguments, "--har", tmp_path / "r.har")
    assert done.exit_code == code
    assert why in done.output
    assert run("record", "--upstream", "http://h").exit_code == 2


def test_record_does_not_write_over_a_file(tmp_path: Path) -> None:
    path = tmp_path / "r.har"
    path.write_text("precious")
    done = run("record", "--upstream", "http://127.0.0.1:1", "--har", path)
    assert done.exit_code == 2
    assert path.read_text() == "precious"
