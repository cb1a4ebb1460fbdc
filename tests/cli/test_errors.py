"""What goes wrong is one line with the fix, and an exit code that scripts can use."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result

from cs_simulator.cli.commands import COMMANDS
from cs_simulator.client import World
from tests.cli.conftest import Run
from tests.client.support import ask, something_else
from tests.support.problems import meant, sentence
from tests.support.server import PATIENCE, environment
from tests.wire.conftest import StartServer

ASKING = [
    ("requests",),
    ("requests", "last"),
    ("requests", "--follow"),
    ("verify", "start_service"),
    ("explain", "last"),
    ("reset",),
    ("rewind", "1"),
    ("fault", "list"),
    ("fault", "add", "start_service", "delay=1s"),
    ("fault", "remove", "x"),
    ("clock", "show"),
    ("clock", "freeze"),
    ("clock", "advance", "1h"),
    ("clock", "set", "--mode", "real"),
    ("stage",),
    ("snapshot", "save", "-"),
    ("worlds",),
]

UP_TO = "a number of seconds, above 0, up to 1000000000"
TOO_LONG = "x" * 300
"""What no file can be called."""


def line_of(done: Result, code: int) -> str:
    assert done.exit_code == code, done.output
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    return line


def test_every_asking_command_is_tried() -> None:
    tried = {words[0] for words in ASKING} | {"health"}
    assert tried == {row.name for row in COMMANDS if row.heading == "Ask a running server"}


@pytest.mark.parametrize("words", ASKING, ids=" ".join)
def test_no_server_is_exit_4(run: Run, words: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    line = line_of(run(*words, "--url", f"http://127.0.0.1:{port}"), 4)
    assert line.startswith(f"Cannot connect to http://127.0.0.1:{port}: ")
    assert "start a simulator there" in line


@pytest.mark.parametrize("words", ASKING, ids=" ".join)
def test_another_program_is_exit_4(run: Run, words: tuple[str, ...]) -> None:
    with something_else(200, "text/html", b"<html>") as url:
        line = line_of(run(*words, "--url", url), 4)
    assert "no Context Services simulator" in line or "not a Context Services" in line


@pytest.mark.parametrize("words", [("requests",), ("worlds",)], ids=" ".join)
def test_wrong_token_is_exit_5(run: Run, start_server: StartServer, words: tuple[str, ...]) -> None:
    url = start_server("--control-token", "s3cret").ready["url"]
    for token in ("", "other"):
        line = line_of(run(*words, "--url", url, CS_SIMULATOR_CONTROL_TOKEN=token), 5)
        assert line.endswith("; set CS_SIMULATOR_CONTROL_TOKEN to it")
        assert "other" not in line.replace("another", "")
    done = run("worlds", "--url", url, CS_SIMULATOR_CONTROL_TOKEN="s3cret")
    assert done.exit_code == 0


@pytest.mark.parametrize(
    "words", [("requests",), ("requests", "1"), ("requests", "--follow"), ("explain", "1")]
)
def test_world_that_is_not_there_is_exit_6(run: Run, words: tuple[str, ...]) -> None:
    line = line_of(run(*words, "--world", "nowhere"), 6)
    assert "No world named 'nowhere'" in line


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("requests", "x"), "expected a request such as last, 3 or "),
        (("requests", "1", "--follow"), "an ID cannot be combined with --follow"),
        (("fault", "add", "a", "b"), sentence("", "KEY=VALUE", "b")),
        (("fault", "add", "{on: a", "b}"), "put it between single quotes"),
        (("fault", "add", ".x=1"), "expected a key such as response.status"),
        (("fault", "add", "a", "times=1", "times=2"), "duplicate key times"),
        (("fault", "add", "a", "times=1", "times.x=2"), "times already has a value"),
        (("fault", "add", "{[1]: 2}"), "a key must be text"),
        (("fault", "add", "@none.yaml"), "cannot read none.yaml: No such file"),
        (("fault", "add", "-"), "standard input is not a map of keys"),
        (("reset", "--url", "localhost"), "URL"),
        (("new", "x.txt"), "does not end in .yaml"),
        (("new", "none/x.yaml"), "cannot write none/x.yaml: No such file"),
        (("example", "start_servce"), "no operation named 'start_servce'; "),
        (("example", "merge_service_extension", "--edition", "8.1"), "exists only in edition 8.5"),
        (("requets",), "no command named 'requets'; did you mean requests?"),
        (("serve", "--watch=rest"), sentence("", "off, reload or reset", "rest")),
        (("show", "dmeo"), f"no scenario named 'dmeo'; {meant('demo')}"),
        (("check", TOO_LONG), "no scenario named"),
        (("show", TOO_LONG), "no scenario named"),
        (("serve", TOO_LONG), "no scenario named"),
        (("check", f"./{TOO_LONG}.yaml"), "does not exist"),
        (("check", "./"), "is not a regular file"),
        (("compare", TOO_LONG), "File name too long"),
        (("report", TOO_LONG), "File name too long"),
        (("report", ""), "cannot read .: Is a directory"),
        (("probe", "--responses", TOO_LONG), "does not exist"),
        (("fit", "a.har", "--write", TOO_LONG), "File name too long; choose another"),
        (("fit", "a.har", "--write", ""), "it is empty; give the name of a file"),
        (("drill", "--report", TOO_LONG, "--", "true"), "File name too long; choose another"),
        (("drill", "--", f"./{TOO_LONG}"), "is not found; check its path"),
        (("drill", "bad\udce9", "--", "true"), "no scenario named 'bad\\udce9'"),
        (("drill", TOO_LONG, "--", "true"), "no scenario named"),
        (("verify", "\udce9"), "\\udce9"),
        *(
            ((*words, f"{url}{path}"), "URL")
            for url in ("http://\udce9", "http://a..b", f"http://{TOO_LONG}", "http://\u4f8b.jp")
            for words, path in (
                (("worlds", "--url"), ""),
                (("record", "--har", "x.har", "--upstream"), ""),
                (("probe", "--yes", "--base"), "/genesys/1/cs"),
            )
        ),
        *(
            ((*words, value), f"expected {expected}, found {value!r}")
            for words, values, expected in (
                (("drill", "--timeout"), ("inf", "nan", "0", "soon"), UP_TO),
                (("health", "--timeout"), ("1e30", "nan", "-1"), UP_TO),
                (
                    ("serve", "--world-idle-timeout"),
                    ("nan", "-1", "x"),
                    "a number of seconds, 0 or more",
                ),
                (("serve", "--port"), ("x", "1.5", "65536"), "an integer from 0 to 65535"),
                (("serve", "--max-worlds"), ("0", "many"), "an integer from 1 to 100000"),
                (("requests", "--limit"), ("0", "all"), "an integer, 1 or more"),
                (("rewind",), ("last", "0"), "an integer, 1 or more"),
            )
            for value in values
        ),
        *(
            ((*words, value), "is not a URL such as http://host:port/genesys/1/cs")
            for words in (("openapi", "--url"), ("example", "start_service", "--url"))
            for value in ("x", "", "{", "ftp://x", "http://", "http://x:99999", "http://[::1")
        ),
        *(
            ((command, "a.har", option, "genesys"), "or a path such as /genesys/1/cs, found 'gen")
            for command in ("compare", "fit", "report")
            for option in ("--base", "--base-81")
        ),
        (("requests", "9" * 5000), "expected a request such as last, 3 or test_errors"),
        (("explain", "9" * 5000), "expected a request such as last, 3 or test_errors"),
        (("requests", "--world", "\udcff"), "'\\udcff' is not a valid world name"),
        (
            ("clock", "--world", "a b", "advance", "2h"),
            "after the command; write cs-simulator clock advance --world 'a b' 2h (see",
        ),
        (
            ("fault", "--world", "a", "--name", "x", "remove", "x"),
            "write cs-simulator fault remove --world a --name x x (see",
        ),
        (
            ("snapshot", "--url", "http://x", "save", "a.yaml"),
            "write cs-simulator snapshot save --url http://x a.yaml (see",
        ),
    ],
)
def test_wrong_words_are_exit_2(
    run: Run, words: tuple[str, ...], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert told in line_of(run(*words), 2)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("requests --operation", 2),
        ("requests --fault", 2),
        ("requests --status", 2),
        ("fault remove", 6),
        ("stage", 6),
    ],
)
def test_word_that_is_no_text_is_an_error_of_one_line(run: Run, words: str, code: int) -> None:
    done = run(*words.split(), "\udcff")
    assert (done.exit_code, done.output.count("\n")) == (code, 1), done.output
    assert "Traceback" not in done.output


def test_world_may_have_the_name_of_a_command(run: Run) -> None:
    done = run("clock", "--world", "advance")
    assert (done.exit_code, done.output.count("\n")) == (6, 1)
    assert "No world named 'advance'" in done.output


def test_explained_path_stays_on_its_line(run: Run) -> None:
    done = run("explain", "GET", "/a\nb")
    assert done.output.splitlines()[0] == r"GET /a\nb (unrouted)"


def test_closed_pipe_is_the_end_in_silence(world: World) -> None:
    for _ in range(3):
        ask(f"{world.base_url}/services/1")
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "cs_simulator", "requests", "--world", world.name],
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=PATIENCE,
        check=False,
        env=environment(CS_SIMULATOR_URL=world.root_url.removesuffix(world.prefix)),
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif("not __import__('os').path.exists('/dev/full')", reason="there is no full disk")
@pytest.mark.parametrize("words", ["--help", "--version", "operations", "check demo"])
def test_output_that_takes_no_more_is_told(words: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "cs_simulator", *words.split()],
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=PATIENCE,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == b"cannot write the output: No space left on device\n"


def test_output_that_takes_ascii_only_gets_escapes(world: World) -> None:
    ask(f"{world.base_url}/services/start", {"contact_key": "Zoë"})
    done = subprocess.run(
        [sys.executable, "-m", "cs_simulator", "requests", "last", "--world", world.name],
        capture_output=True,
        timeout=PATIENCE,
        check=True,
        env=environment(
            CS_SIMULATOR_URL=world.root_url.removesuffix(world.prefix), PYTHONIOENCODING="ascii"
        ),
    )
    assert rb"Zo\xeb" in done.stdout
    assert done.stderr == b""


@pytest.mark.parametrize("command", ["", *(row.name for row in COMMANDS)])
def test_help_fits_a_terminal_of_40_columns(run: Run, command: str) -> None:
    words = [command, "--help"] if command else ["--help"]
    done = run(*words, COLUMNS="40")
    assert done.exit_code == 0
    assert done.output.startswith("Usage: cs-simulator")


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (["record", "--help"], 0, "Usage: cs-simulator record [OPTIONS]"),
        (
            ["record", "--upstream", "http://localhost:1", "--har", "never.har"],
            2,
            "record needs h11, which is not installed; pip install 'h11>=0.14'",
        ),
    ],
)
def test_command_without_its_extra_says_what_to_install(
    words: list[str], code: int, line: str, tmp_path: Path
) -> None:
    script = (
        "import sys\nsys.modules['h11'] = None\nfrom cs_simulator.cli import main\n"
        "main(sys.argv[1:], prog_name='cs-simulator')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == code, done.stderr
    assert (done.stdout + done.stderr).splitlines()[0] == line


def test_help_needs_no_extra() -> None:
    script = (
        "import sys\nfor name in ('h11', 'faker', 'pytest'):\n    sys.modules[name] = None\n"
        "from cs_simulator.cli import main\n"
        "for command in sys.argv[1:]:\n"
        "    main([command, '--help'], standalone_mode=False, prog_name=command)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *(row.name for row in COMMANDS)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Usage: ") == len(COMMANDS)


def test_commands_of_a_server_import_nothing_of_it() -> None:
    script = (
        "import sys\nfrom cs_simulator.cli import main\n"
        "try:\n    main(['requests', '--url', 'http://localhost:1'])\n"
        "finally:\n    print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 4
    heavy = {"flask", "werkzeug", "waitress", "marshmallow", "yaml", "cs_simulator.app"}
    assert heavy.isdisjoint(done.stdout.split())
