"""The server as a process: where it listens, what it announces, how it stops."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer

import pytest

from cs_simulator import __version__
from tests.support.forked import ran
from tests.support.problems import meant, sentence
from tests.support.server import PATIENCE, Client, environment
from tests.wire.conftest import StartServer

# The server as a user that owns nothing; it is imported before, from wherever it is installed.
UNPRIVILEGED = """
import os, sys
import cs_simulator.cli.serve
if os.geteuid() == 0:
    os.setgid(65532)
    os.setuid(65532)
cs_simulator.cli.main(["serve", "--port", "0", *sys.argv[1:]])
"""

# The server, and a thread that says when it has imported the last of what it imports ahead of need.
WATCHED = """
import sys, threading, time
import cs_simulator.cli.serve
from cs_simulator.http.ahead import FIRST

def watch():
    while f"cs_simulator.{FIRST[-1]}" not in sys.modules:
        time.sleep(0.01)
    print("imported", flush=True)

threading.Thread(target=watch, daemon=True).start()
cs_simulator.cli.main(sys.argv[1:])
"""


@pytest.fixture
def start_server(start_server: StartServer) -> StartServer:
    """Start servers as users start them."""
    return partial(start_server, alone=True)


def _serve(*options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a server that does not get to begin: it is forked."""
    return ran("serve", *options, env=environment(**variables))


def test_ready_file_says_where_the_server_is(start_server: StartServer) -> None:
    server = start_server()
    ready = server.ready
    assert ready == {
        "url": f"http://127.0.0.1:{ready['port']}",
        "host": "127.0.0.1",
        "port": ready["port"],
        "pid": server.process.pid,
        "instance": ready["instance"],
        "version": __version__,
    }
    with server.client() as client:
        health = client.get("/_control/health").json()
    assert health["instance"] == ready["instance"]
    assert health["status"] == "ok"


def test_ready_file_that_cannot_be_written_is_exit_2_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 250)  # there is no room for the draft's name, whoever asks
    result = _serve("--port", "0", "--ready-file", str(path))
    assert result.returncode == 2
    assert result.stderr == f"Cannot write the ready file {path}: File name too long\n"


def test_ready_file_goes_with_its_server(start_server: StartServer) -> None:
    server = start_server()
    folder = server.ready_file.parent
    assert json.loads(server.ready_file.read_text())["pid"] == server.process.pid
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(PATIENCE) == 0
    assert [each.name for each in folder.iterdir() if "ready" in each.name] == []


def test_ready_file_of_another_server_stays(start_server: StartServer) -> None:
    server = start_server()
    server.ready_file.write_text('{"instance": "another"}')
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(PATIENCE) == 0
    assert server.ready_file.read_text() == '{"instance": "another"}'


def test_ready_file_of_a_server_before_goes_first(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    path.write_text('{"url": "http://127.0.0.1:1"}')
    result = _serve(
        "--port", "0", "--ready-file", str(path), "--scenario", str(tmp_path / "no.yaml")
    )
    assert result.returncode == 2
    assert not path.exists()


@pytest.mark.parametrize("text", ["name: mine\n", "[1]", '{"name": "mine"}', "[" * 100_000])
def test_file_that_no_server_wrote_is_no_ready_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    result = _serve("--port", "0", "--ready-file", str(path))
    assert result.returncode == 2
    fix = "choose another name, or remove it"
    assert result.stderr == f"The ready file {path} holds something else; {fix}\n"
    assert path.read_text() == text


@pytest.mark.skipif("not hasattr(__import__('os'), 'mkfifo')", reason="there are no pipes")
def test_what_is_no_regular_file_is_no_ready_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    result = _serve("--port", "0", "--ready-file", str(pipe))
    assert result.returncode == 2
    assert result.stderr == (f"The ready file {pipe} is not a regular file; choose another name\n")
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("after", [0.0, 0.02, 0.05, 0.1, 0.2])
def test_signal_while_it_begins_ends_it_at_once(number: int, after: float) -> None:
    program = (
        "import os, signal, sys, threading, time\n"
        "sys.argv[1:] = ['serve', '--port', '0']\n"
        "from cs_simulator import __main__\n"
        f"def tell(): time.sleep({after}); os.kill(os.getpid(), {int(number)})\n"
        "start = __main__.signal.signal\n"
        "def begun(number, handler):\n"
        "    start(number, handler)\n"
        "    if number == signal.SIGINT and not threading.active_count() > 1:\n"
        "        threading.Thread(target=tell, daemon=True).start()\n"
        "__main__.signal.signal = begun\n"
        "__main__.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=False
    )
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_several_signals_stop_as_one_does(start_server: StartServer) -> None:
    server = start_server()
    for _ in range(20):
        for number in (signal.SIGTERM, signal.SIGINT):
            with suppress(ProcessLookupError):
                os.kill(server.process.pid, number)
    _, err = server.process.communicate(timeout=PATIENCE)
    assert server.process.returncode == 0
    assert b"Traceback" not in err


def test_announcement_names_scenario_and_url(start_server: StartServer) -> None:
    server = start_server("--scenario", "demo")
    url = server.ready["url"]
    server.signal(signal.SIGTERM)
    assert server.process.stdout is not None
    line = server.process.stdout.read().decode()
    assert line == (
        f"Context Services simulator {__version__}, scenario demo: {url}/genesys/1/cs\n"
    )


def test_url_is_on_loopback_where_every_interface_is_listened_on(
    start_server: StartServer,
) -> None:
    ready = start_server("--host", "0.0.0.0").ready
    assert ready["url"] == f"http://127.0.0.1:{ready['port']}"


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_several_hosts_share_the_port(start_server: StartServer) -> None:
    server = start_server("--host", "127.0.0.1", "--host", "::1")
    for host in ("127.0.0.1", "::1"):
        with Client(host, server.ready["port"]) as client:
            assert client.get("/_control/health").status == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_stops_within_half_a_second(
    start_server: StartServer, number: signal.Signals
) -> None:
    server = start_server()
    with server.client() as client:
        assert client.post("services/start", {"contact_key": "1"}).status == 201
        seconds = server.signal(number)
    assert server.process.returncode == 0
    assert seconds < 2  # half a second is the aim; a loaded machine gets more


@pytest.mark.parametrize(("before", "stopped_by"), [("SIG_DFL", "SIGHUP"), ("SIG_IGN", "SIGTERM")])
def test_end_of_the_terminal_stops_it_unless_it_is_to_outlive_that(
    tmp_path: Path, before: str, stopped_by: str
) -> None:
    ready = tmp_path / "ready.json"
    program = (
        "import signal, sys\n"
        f"signal.signal(signal.SIGHUP, signal.{before})\n"
        f"sys.argv[1:] = ['serve', '--port', '0', '--ready-file', {str(ready)!r}]\n"
        "from cs_simulator.__main__ import main\n"
        "main()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            until = time.monotonic() + PATIENCE
            while not ready.exists():
                assert time.monotonic() < until
                time.sleep(0.02)
            process.send_signal(signal.SIGHUP)
            if stopped_by != "SIGHUP":
                process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
    assert process.returncode == 0
    assert f"stopping: {stopped_by}" in err.decode()
    assert not ready.exists()


def test_stops_as_the_first_process_of_a_namespace(tmp_path: Path) -> None:
    """A container's process 1 gets no default actions for signals: the server brings its own."""
    ready = tmp_path / "ready.json"
    command = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child"]
    probe = subprocess.run([*command, "true"], capture_output=True, check=False)
    if probe.returncode:
        pytest.skip("no process namespaces can be made here")
    serve = [sys.executable, "-m", "cs_simulator", "serve", "--port", "0"]
    process = subprocess.Popen(
        [*command, *serve, "--ready-file", str(ready)], stdout=subprocess.DEVNULL
    )
    try:
        while not ready.exists():
            assert process.poll() is None
        assert json.loads(ready.read_text())["pid"] == 1
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        subprocess.run(["kill", "-TERM", *children], check=True)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--scenario", "dmeo"], f"scenario: no scenario named 'dmeo'; {meant('demo')}"),
        (["--scenario", "./no.yaml"], "scenario: file no.yaml does not exist"),
        (["--fidelity", "end_twise=reject"], f"{meant('end_twice')} (see"),
        (
            ["--fidelity", "end_twice=maybe"],
            sentence("end_twice", "accept or reject", "maybe") + " (see",
        ),
        (["--fidelity", "end_twice"], "'end_twice' is not NAME=VALUE (see"),
        (["--max-body", "lots"], "'lots' is not a size such as 500, 64KiB or 1MiB (see"),
        (["--max-control-body", "2GiB"], "2GiB is larger than the maximum, 1GiB (see"),
        (["--port", "70000"], "expected an integer from 0 to 65535, found '70000' (see"),
        (["--scenario-dir", "nowhere"], "nowhere does not exist; use a folder of scenarios"),
        (["--scenario-dir", "pyproject.toml"], "pyproject.toml is not a folder; use a folder"),
        (["--prot", "1"], "--prot"),
        (["--log-format", "xml"], "'xml' is not one of 'text', 'json' (see"),
        (["--control-token", ""], "the value is empty; remove the option or give it a value (see"),
        (["--control-token", "a b"], "a character that is not allowed in a header"),
        (["--ready-file", "nowhere/r.json"], "folder nowhere does not exist; create it first (see"),
        (["--export-dir", "nowhere"], "Directory 'nowhere' does not exist (see"),
    ],
)
def test_wrong_option_is_exit_2_in_one_line(options: list[str], message: str) -> None:
    done = _serve(*options)
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert message in line
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("variable", "value", "words", "code", "begin", "end"),
    [
        ("SCENARIO", "dmeo", (), 2, "CS_SIMULATOR_SCENARIO: no scenario named 'dmeo'", ""),
        ("SCENARIO", "./no.yaml", (), 2, "CS_SIMULATOR_SCENARIO: file no.yaml does not", ""),
        ("SCENARIO", "demo", ("dmeo",), 2, "scenario: no scenario named 'dmeo'", ""),
        ("HOST", "192.0.2.1", (), 3, "cannot listen on 192.0.2.1:", " (CS_SIMULATOR_HOST)"),
        ("HOST", "::1", ("--host", "192.0.2.1"), 3, "cannot listen on 192.0.2.1:", "for all"),
    ],
)
def test_error_names_the_variable_that_a_value_is_from(
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    words: tuple[str, ...],
    code: int,
    begin: str,
    end: str,
) -> None:
    monkeypatch.setenv(f"CS_SIMULATOR_{variable}", value)
    done = _serve("--port", "0", *words)
    assert done.returncode == code
    assert done.stderr.startswith(begin)
    assert done.stderr.rstrip().endswith(end)


@pytest.mark.parametrize(
    ("option", "value"),
    [("--trust-forwarded", "all"), ("--trust-forwarded", "off"), ("--watch", "reset")],
)
def test_value_after_a_blank_is_told_where_it_belongs(option: str, value: str) -> None:
    done = _serve(option, value)
    assert done.returncode == 2
    assert f"{option} takes its value after =; write {option}={value}" in done.stderr
    assert "no scenario named" not in done.stderr


@pytest.mark.parametrize("value", ["", ",", " , "])
def test_empty_list_of_proxies_is_refused(value: str) -> None:
    done = _serve(f"--trust-forwarded={value}")
    assert done.returncode == 2
    assert "expected all, off, or addresses and networks such as" in done.stderr
    assert f"found {value!r}" in done.stderr


def test_token_that_is_refused_is_not_shown() -> None:
    assert "s3 cret" not in _serve("--control-token", "s3 cret").stderr


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("CS_SIMULATOR_PORT", "eighty", "found 'eighty'"),
        ("CS_SIMULATOR_TRUST_FORWARDED", "proxy", "expected all, off, or addresses and networks"),
        ("CS_SIMULATOR_TRUST_FORWARDED", ",", "expected all, off, or addresses and networks"),
        ("CS_SIMULATOR_HOST", " ", "it is empty; use an address such as 127.0.0.1"),
    ],
)
def test_wrong_environment_is_exit_2_and_names_the_variable(
    variable: str, value: str, message: str
) -> None:
    done = _serve(**{variable: value})
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert variable in line
    assert message in line


def test_empty_variable_is_no_value(start_server: StartServer) -> None:
    server = start_server(env=environment(CS_SIMULATOR_CONTROL_TOKEN="", CS_SIMULATOR_HOST=""))
    with server.client() as client:
        assert client.get("/_control/health").status == 200


def test_folder_without_scenarios_is_told(start_server: StartServer, tmp_path: Path) -> None:
    folder = tmp_path / "scenarios"
    folder.mkdir()
    (folder / "notes.txt").write_text("not a scenario")
    server = start_server("--scenario-dir", str(folder))
    server.process.send_signal(signal.SIGTERM)
    _, err = server.process.communicate(timeout=20)
    told = f"no scenarios (.yaml, .yml, .json) in {folder}; only the bundled ones are available"
    assert err.decode().splitlines()[0].endswith(told)


@pytest.mark.parametrize("option", ["--scenario-dir", "--ready-file"])
def test_folder_that_is_closed_to_the_user_is_exit_2(option: str) -> None:
    with TemporaryDirectory() as name:  # not pytest's, which root alone may even look for
        folder = Path(name)
        folder.chmod(0)
        value = folder if option == "--scenario-dir" else folder / "ready.json"
        command = [sys.executable, "-c", UNPRIVILEGED, option, str(value)]
        # A run that is measured could not write down what it has measured.
        env = {key: os.environ[key] for key in os.environ if not key.startswith("COVERAGE_")}
        done = subprocess.run(
            command, env=env, capture_output=True, text=True, timeout=20, check=False
        )
        folder.chmod(0o700)
    assert done.returncode == 2, done.stderr
    [line] = done.stderr.splitlines()
    if option == "--scenario-dir":
        assert f"{folder} is not readable by user id" in line
    else:
        assert f"folder {folder} is not writable; choose another" in line


def test_environment_sets_what_options_set(start_server: StartServer) -> None:
    server = start_server(
        env=environment(CS_SIMULATOR_SCENARIO="demo", CS_SIMULATOR_FIDELITY="end_twice=reject")
    )
    with server.client() as client:
        assert client.get("/_control/health").json()["scenario"] == "demo"
        assert client.post("services/95/end").status == 204
        assert client.post("services/95/end").status == 400


def test_every_mistake_of_a_scenario_is_told_at_once(tmp_path: Path) -> None:
    scenario = tmp_path / "wrong.yaml"
    scenario.write_text(
        "settings: {expiration: soon}\nservices:\n- {contact_key: a, servce_type: 1}\n"
        "- {service_type: 1}\n"
    )
    done = _serve("--scenario", str(scenario))
    assert done.returncode == 2
    assert "settings.expiration: expected a duration such as" in done.stderr
    assert f"services[0].servce_type: unknown key; {meant('service_type')}" in done.stderr


LOOP_THAT_FAILS = """
from cs_simulator import cli
from cs_simulator.http import server
server.HttpServer._turn = lambda _: 1 / 0
cli.main(["serve", "--port", "0"])
"""


def test_loop_that_fails_ends_the_server_with_its_traceback() -> None:
    command = [sys.executable, "-c", LOOP_THAT_FAILS]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    assert "Context Services simulator" in done.stdout
    assert done.stderr.splitlines()[-1] == "ZeroDivisionError: division by zero"
    assert "stopping" not in done.stderr


def test_server_that_nobody_asks_imports_what_operations_need(start_server: StartServer) -> None:
    server = start_server(program=("-c", WATCHED))
    assert server.process.stdout is not None
    patience = Timer(PATIENCE, server.process.kill)  # then the lines end
    patience.start()
    assert b"imported\n" in server.process.stdout
    patience.cancel()
