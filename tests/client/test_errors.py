"""What goes wrong between client and server is told in the server's words, or in one line."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from cs_simulator.client import (
    API,
    ApiVersionError,
    ControlError,
    NotASimulatorError,
    ScenarioFileError,
    Server,
    SimulatorError,
    UnreachableError,
    UrlError,
    World,
)
from cs_simulator.client.errors import details_of
from cs_simulator.client.files import MAX_FILE
from cs_simulator.control import front
from tests.client.support import something_else
from tests.support.problems import meant, sentence
from tests.support.server import ServerProcess


def test_api_number_is_that_of_the_server() -> None:
    assert front.API == API


def test_mistakes_come_in_words_and_in_parts(world: World, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text("seed: x\nservices:\n  - {contct_key: a}\n")
    with pytest.raises(ControlError) as caught:
        world.load_scenario(path)
    error = caught.value
    assert str(error).splitlines() == [
        "Invalid scenario: 2 errors; nothing was changed",
        sentence("  wrong.yaml:1:7: seed", "a 64-bit integer", "x"),
        f"  wrong.yaml:3:6: services[0].contct_key: unknown key; {meant('contact_key')}",
    ]
    assert (error.status, error.title) == (400, "Invalid scenario")
    typo = error.errors[1]
    assert (typo.source, typo.line, typo.column) == ("wrong.yaml", 3, 6)
    assert (typo.at, typo.found, typo.did_you_mean) == (
        "services[0].contct_key",
        "contct_key",
        "contact_key",
    )
    assert typo.allowed is None  # the name that is near says more than all that are allowed


def test_text_that_is_no_yaml_names_the_file(world: World, tmp_path: Path) -> None:
    (tmp_path / "torn.yaml").write_text("services: [\n")
    with pytest.raises(ControlError, match=r": torn\.yaml:2:1: "):
        world.load_scenario(tmp_path / "torn.yaml")


def test_mistakes_in_a_mapping_have_no_place(world: World) -> None:
    with pytest.raises(ControlError) as caught:
        world.add_fault(on="start_servise", delay="soon")  # type: ignore[arg-type]
    assert caught.value.title == "Invalid fault rule"
    assert "\n  on: no operation named 'start_servise'; " in str(caught.value)
    assert "\n  delay: " in str(caught.value)


def test_unknown_world_names_the_nearest(server: Server, world: World) -> None:
    with pytest.raises(ControlError, match=re.escape(meant(world.name))) as caught:
        server.world(f"{world.name}s").requests()
    assert caught.value.status == 404


@pytest.mark.parametrize("name", ["no/slash", "x" * 65, "ä b"])
def test_bad_name_of_a_world_is_refused(server: Server, name: str) -> None:
    with pytest.raises(ControlError, match="1 to 64"):
        server.world(name).create()


def test_file_that_is_not_there(server: Server, tmp_path: Path) -> None:
    world = server.world("any", tmp_path)
    with pytest.raises(ScenarioFileError) as caught:
        world.load_scenario("outage.yaml")
    assert str(caught.value) == (
        f"Cannot read the scenario file outage.yaml in {tmp_path}: No such file or directory; "
        "for a catalogue scenario, use its name without slash or extension: outage"
    )


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("/dev/zero", f"more than {MAX_FILE} bytes"),
        (".", "Is a directory"),
        ("a\0.yaml", "valid path"),
    ],
)
def test_file_that_cannot_be_read_whole(
    server: Server, tmp_path: Path, name: str, reason: str
) -> None:
    world = server.world("any", tmp_path)
    with pytest.raises(ScenarioFileError, match=reason):
        world.load_scenario(Path(name))


def test_nothing_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with pytest.raises(UnreachableError) as caught:
        Server(url).health()
    assert str(caught.value) == (
        f"Cannot connect to {url}: Connection refused; "
        "start a simulator there, or use the URL of a running one"
    )


def test_no_such_host() -> None:
    with pytest.raises(UnreachableError, match=r"Cannot connect to http://no-such-host\.invalid: "):
        Server("http://no-such-host.invalid").health()


def test_no_answer_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(UnreachableError, match=r"did not answer within 0\.1 s; start"):
            Server(url, timeout=0.1).health()


def test_post_mortem_takes_the_place_of_a_guess() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with pytest.raises(UnreachableError, match=r"^it has died$"):
        Server(url, post_mortem=lambda: "it has died").health()


def test_what_speaks_no_http() -> None:
    def greet(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.sendall(b"220 mail.example ESMTP\r\n")
            connection.recv(65536)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=greet, args=(listening,))
        thread.start()
        with pytest.raises(NotASimulatorError, match="something other than HTTP"):
            Server(f"http://127.0.0.1:{listening.getsockname()[1]}").health()
        thread.join()


@pytest.mark.parametrize(
    ("status", "content_type", "body", "what"),
    [
        (200, "text/html; charset=utf-8", b"<h1>It works!</h1>", "200 text/html"),
        (404, "text/plain", b"no", "404 text/plain"),
        (200, "application/json", b'{"status": "ok"}', "no API version"),
        (200, "application/json", b"[]", "no API version"),
        (500, "application/problem+json", b"{}", "500 application/problem+json"),
    ],
)
def test_another_server_is_no_simulator(
    status: int, content_type: str, body: bytes, what: str
) -> None:
    with something_else(status, content_type, body) as url:
        with pytest.raises(NotASimulatorError) as caught:
            Server(url).world("any").reset()
        assert str(caught.value) == (
            f"{url} is not a Context Services simulator (it answered with {what}); "
            "use the URL of one, such as http://localhost:8080"
        )


def test_another_api_number() -> None:
    health = json.dumps({"status": "ok", "version": "9.0", "api": 2}).encode()
    with something_else(200, "application/json", health) as url:
        with pytest.raises(ApiVersionError) as caught:
            Server(url).worlds()
        text = str(caught.value)
    assert text.startswith(f"The simulator at {url} (version 9.0) has control API 2, but this")
    assert text.endswith("needs 1; install the same version of cs-simulator on both sides")


@pytest.mark.parametrize(
    ("token", "end"), [(None, " (no token was sent)"), ("guess", " (the token is wrong)")]
)
def test_token_is_missing_or_wrong(tmp_path: Path, token: str | None, end: str) -> None:
    process = ServerProcess(tmp_path / "ready.json", "--control-token", "s3cret")
    try:
        url = process.wait_until_ready().ready["url"]
        with pytest.raises(ControlError) as caught:
            Server(url, token).health()
    finally:
        process.stop()
    assert caught.value.status == 401
    assert str(caught.value) == (
        "Unauthorized: Send the header Authorization: Bearer <token>, with the token given to "
        f"--control-token{end}"
    )


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("localhost:8080", "'localhost:8080' is not a server URL; use one such as http://"),
        ("ftp://localhost", "is not a server URL"),
        ("http://", "is not a server URL"),
        ("http://localhost:http", "is not a server URL"),
        ("http://[::1", "is not a server URL"),
        (
            "http://me:pw@localhost",
            "The URL of localhost contains a user name; use a token instead",
        ),
        ("http://localhost:8080/genesys/1/cs", "use only http://localhost:8080"),
        ("http://localhost?x=1", "has a path, query or fragment"),
    ],
)
def test_url_that_is_none(url: str, text: str) -> None:
    with pytest.raises(UrlError) as caught:
        Server(url)
    assert text in str(caught.value)
    assert "pw" not in str(caught.value)


def test_url_may_end_in_a_slash() -> None:
    assert Server("http://localhost:8080/").url == "http://localhost:8080"


def test_every_error_is_one_kind() -> None:
    kinds = (ControlError, NotASimulatorError, ScenarioFileError, UnreachableError, UrlError)
    assert all(issubclass(kind, SimulatorError) for kind in (*kinds, ApiVersionError))


def test_importing_it_imports_nothing_of_the_server() -> None:
    script = "import sys, cs_simulator.client; print(*sys.modules, sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30
    )
    names = set(done.stdout.split())
    own = {name for name in names if name.startswith("cs_simulator")}
    assert own == {"cs_simulator"} | {
        name for name in own if name.startswith("cs_simulator.client")
    }
    heavy = {"flask", "waitress", "marshmallow", "yaml", "faker", "werkzeug", "click"}
    assert not heavy & names


def test_mistakes_in_another_file_keep_its_name() -> None:
    told = [
        {"source": "request:2:1", "at": "seed", "detail": "x"},
        {"source": "parent.yaml", "at": "seed", "detail": "y", "line": 3, "column": 7},
    ]
    assert [str(each) for each in details_of({"errors": told}, "mine.yaml")] == [
        "mine.yaml:2:1: seed: x",
        "parent.yaml:3:7: seed: y",
    ]
    assert [str(each) for each in details_of({"errors": told[:1]}, "")] == ["seed: x"]
