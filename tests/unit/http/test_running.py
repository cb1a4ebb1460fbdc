"""A server that runs in this process: it announces itself, takes clients, and stops."""

from __future__ import annotations

import errno
import gc
import json
import logging
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread
from threading import enumerate as threads
from typing import Any

import pytest

from cs_simulator import __version__
from cs_simulator.app import create_app
from cs_simulator.clock import stopwatch
from cs_simulator.config import Settings
from cs_simulator.http import server as server_module
from cs_simulator.http.loop import Loop
from cs_simulator.http.server import HttpServer, ReadyFileError, forget_ready_file
from cs_simulator.log import Log, Output
from tests.support.simulation import worlds_that_leave
from tests.unit.http.support import START, is_whole, request_bytes

PATIENCE = 20
HEALTH = request_bytes("GET", "/_control/health")

Meet = Callable[[HttpServer], None]


def connect(server: HttpServer) -> socket.socket:
    return socket.create_connection((server.host, server.port), PATIENCE)


def ask(client: socket.socket, request: bytes = HEALTH) -> bytes:
    """Send a request, and return its response, or what came before the end of the connection."""
    client.sendall(request)
    found = b""
    while not is_whole(found) and (more := client.recv(65_536)):
        found += more
    return found


def is_closed(client: socket.socket) -> bool:
    """Tell whether the server closes a connection, in the time that the test has."""
    try:
        return client.recv(1) == b""
    except ConnectionError:
        return True


class Run:
    """Runs servers in the main thread, and a client of each in another one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def __call__(self, meet: Meet, lines: Log | None = None, **settings: Any) -> HttpServer:
        """Run a server until its client is done; raise what either raises."""
        reads, writes = os.pipe()
        self._monkeypatch.setattr(server_module, "STDIN", reads)
        used = Settings(port=0, stop_on_stdin_eof=True, **settings)
        app = create_app(worlds_that_leave(), used)
        server = HttpServer(app, used, lines or Log(Output(None)))
        failures: list[BaseException] = []

        def client() -> None:
            try:
                meet(server)
            except BaseException as error:  # noqa: BLE001 - raised below, in the test's thread
                failures.append(error)
            finally:
                os.close(writes)

        thread = Thread(target=client)
        thread.start()
        try:
            server.run()
        except ReadyFileError:
            server._loop.close()  # as its process would, which ends then
            raise
        finally:
            for each in (thread, *(one for one in threads() if one.name == "stdin")):
                each.join(PATIENCE)
            os.close(reads)
            for listening in server.sockets:
                listening.close()
        if failures:
            raise failures[0]
        return server


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    signals = {
        each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    }
    signal.signal(signal.SIGHUP, signal.default_int_handler)  # the tests may be run by nohup
    interval = sys.getswitchinterval()
    yield Run(monkeypatch)
    sys.setswitchinterval(interval)
    for number, handler in signals.items():
        signal.signal(number, handler)
    gc.unfreeze()
    gc.enable()


def test_ready_file_tells_of_the_server_while_it_runs(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "ready"
    path.write_text('{"url": "of a server before"}')
    told: dict[str, Any] = {}

    def meet(server: HttpServer) -> None:
        with connect(server) as client:
            assert ask(client).startswith(b"HTTP/1.1 200 ")
        told.update(json.loads(path.read_text(encoding="utf-8")))

    server = run(meet, ready_file=path)
    assert told == {
        "url": f"http://127.0.0.1:{server.port}",
        "host": "127.0.0.1",
        "port": server.port,
        "pid": os.getpid(),
        "instance": told["instance"],
        "version": __version__,
    }
    assert told["instance"]
    assert not list(tmp_path.iterdir()), "it goes with its server"


@pytest.mark.parametrize("other", ['{"instance": "another"}', "[]", "{}", "no JSON", ""])
def test_ready_file_that_another_has_written_stays(run: Run, tmp_path: Path, other: str) -> None:
    path = tmp_path / "ready"

    def meet(server: HttpServer) -> None:
        with connect(server) as client:
            ask(client)
        path.write_text(other)

    run(meet, ready_file=path)
    assert path.read_text() == other


def test_ready_file_that_somebody_has_removed_is_not_missed(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "ready"

    def meet(server: HttpServer) -> None:
        with connect(server) as client:
            ask(client)
        path.unlink()

    run(meet, ready_file=path)
    assert not path.exists()


@pytest.mark.parametrize("content", ["", " \n", '{"url": ""}'])
def test_file_of_a_server_before_goes(tmp_path: Path, content: str) -> None:
    path = tmp_path / "ready"
    path.write_text(content)
    forget_ready_file(path)
    assert not path.exists()
    forget_ready_file(path)


@pytest.mark.parametrize("content", ["{}", "[]", '["url"]', "url", "[" * 50_000, '{"url": 1} 2'])
def test_file_that_no_server_wrote_stays(tmp_path: Path, content: str) -> None:
    path = tmp_path / "ready"
    path.write_text(content)
    with pytest.raises(ReadyFileError) as error:
        forget_ready_file(path)
    fix = "choose another name, or remove it"
    assert str(error.value) == f"The ready file {path} holds something else; {fix}"
    assert path.read_text() == content


def test_huge_file_is_no_ready_file(tmp_path: Path) -> None:
    """It is not read whole to find that out."""
    path = tmp_path / "ready"
    path.touch()
    os.truncate(path, 2**40)
    with pytest.raises(ReadyFileError, match="holds something else"):
        forget_ready_file(path)


def test_what_is_no_file_is_no_ready_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path, kind in ((tmp_path, "a folder"), (pipe, "not a regular file")):
        with pytest.raises(ReadyFileError) as error:
            forget_ready_file(path)
        assert str(error.value) == f"The ready file {path} is {kind}; choose another name"


def test_ready_file_that_cannot_be_there_is_an_error(run: Run, tmp_path: Path) -> None:
    for path, why in (
        (tmp_path / "no" / "ready", os.strerror(errno.ENOENT)),
        (tmp_path / ("x" * 300), os.strerror(errno.ENAMETOOLONG)),
    ):
        with pytest.raises(ReadyFileError) as error:
            run(lambda _: None, ready_file=path)
        assert str(error.value) == f"Cannot write the ready file {path}: {why}"
        assert not list(tmp_path.iterdir())


def test_ready_file_that_cannot_be_named_leaves_no_draft(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any) -> None:
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(ReadyFileError, match=os.strerror(errno.EACCES)):
        run(lambda _: None, ready_file=tmp_path / "ready")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signal_stops_it(
    run: Run, caplog: pytest.LogCaptureFixture, number: signal.Signals
) -> None:
    caplog.set_level(logging.INFO, "cs_simulator")

    def meet(server: HttpServer) -> None:
        with connect(server) as client:
            ask(client)
            os.kill(os.getpid(), number)
            assert is_closed(client)

    run(meet)
    assert f"stopping: {number.name}" in caplog.messages


def test_end_of_a_session_that_is_ignored_does_not_stop_it(run: Run) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does

    def meet(server: HttpServer) -> None:
        with connect(server) as client:
            ask(client)
            os.kill(os.getpid(), signal.SIGHUP)
            assert ask(client).startswith(b"HTTP/1.1 200 ")

    run(meet)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_end_of_its_input_stops_it(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "cs_simulator")
    server = run(lambda _: None)
    assert caplog.messages == ["stopping: end of standard input (--stop-on-stdin-eof)"]
    with pytest.raises(ConnectionError):
        connect(server)


def test_request_in_progress_is_answered_before_it_stops(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "GRACE", PATIENCE)
    begun, answers = Event(), []

    def meet(server: HttpServer) -> None:
        app = server._app
        real, handle = app.handle, Event()

        def held(*arguments: Any, **more: Any) -> Any:
            begun.set()
            handle.wait(0.2)
            return real(*arguments, **more)

        with connect(server) as client:
            ask(client)
            monkeypatch.setattr(app, "handle", held)
            client.sendall(START)
            assert begun.wait(PATIENCE)
            os.kill(os.getpid(), signal.SIGTERM)
            answers.append(client.recv(65_536))

    run(meet)
    assert answers[0].startswith(b"HTTP/1.1 201 ")


def test_request_in_the_pool_is_answered_before_it_stops(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "GRACE", PATIENCE)
    begun, let_go, answers = Event(), Event(), list[bytes]()

    def meet(server: HttpServer) -> None:
        handle = server._app.handle

        def held(*arguments: Any, at_once: bool = False) -> Any:
            if not at_once:
                begun.set()
                assert let_go.wait(PATIENCE)
            return handle(*arguments, at_once=at_once)

        monkeypatch.setattr(server._app, "handle", held)
        with connect(server) as client:
            client.sendall(request_bytes("GET", "/_control/requests"))
            assert begun.wait(PATIENCE)
            os.kill(os.getpid(), signal.SIGTERM)
            while is_listening(server):
                pass
            let_go.set()
            answers.append(client.recv(65_536))

    started = stopwatch()
    run(meet)
    assert answers[0].startswith(b"HTTP/1.1 200 ")
    assert stopwatch() - started < PATIENCE / 2, "it waits no longer than it has to"


def is_listening(server: HttpServer) -> bool:
    try:
        connect(server).close()
    except ConnectionError:
        return False
    return True


def test_responses_that_are_being_read_are_read_whole_before_it_stops(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "GRACE", PATIENCE)
    large = json.dumps({"contact_key": "a", "Note": {"text": "x" * 900_000}}).encode()
    many = 12

    def meet(server: HttpServer) -> None:
        with connect(server) as client:
            ask(client, request_bytes("POST", "services/start", large))
            client.sendall(request_bytes("GET", "services/anonymous/a?extensions=Note") * many)
            client.recv(1, socket.MSG_PEEK)  # it comes
            os.kill(os.getpid(), signal.SIGTERM)
            while is_listening(server):
                pass
            size = 0
            while more := client.recv(1_000_000):
                size += len(more)
            assert size > many * 900_000

    run(meet)


def test_what_does_not_end_is_waited_for_no_longer_than_allowed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "GRACE", 0.01)
    begun, let_go = Event(), Event()
    turn, waits = Loop.turn, list[float]()

    def noted(self: Loop, at_most: float) -> bool:
        waits.append(at_most)
        return turn(self, at_most)

    def meet(server: HttpServer) -> None:
        handle = server._app.handle

        def held(*arguments: Any, at_once: bool = False) -> Any:
            if not at_once:
                begun.set()
                let_go.wait(PATIENCE)
            return handle(*arguments, at_once=at_once)

        monkeypatch.setattr(server._app, "handle", held)
        with connect(server) as client:
            client.sendall(request_bytes("GET", "/_control/requests"))
            assert begun.wait(PATIENCE)
            waits.clear()
            os.kill(os.getpid(), signal.SIGTERM)
            assert is_closed(client)
            let_go.set()

    monkeypatch.setattr(Loop, "turn", noted)
    run(meet)
    assert waits[-1] <= server_module.GRACE


def test_half_a_request_does_not_keep_it_from_stopping(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "GRACE", 0.05)

    def meet(server: HttpServer) -> None:
        with connect(server) as client:
            ask(client)
            client.sendall(START[:20])
            os.kill(os.getpid(), signal.SIGTERM)
            assert is_closed(client)

    run(meet)


def test_more_clients_than_there_is_room_for_wait_for_their_turn(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "_most_connections", lambda: 2)

    def meet(server: HttpServer) -> None:
        first, second, third = (connect(server) for _ in range(3))
        with second, third:
            for client in (first, second):
                assert ask(client).startswith(b"HTTP/1.1 200 ")
            third.sendall(HEALTH)
            third.settimeout(0.1)
            with pytest.raises(TimeoutError):
                third.recv(1)
            third.settimeout(PATIENCE)
            first.close()
            assert third.recv(65_536).startswith(b"HTTP/1.1 200 ")
            assert ask(second).startswith(b"HTTP/1.1 200 ")

    run(meet)


@pytest.mark.parametrize(
    ("descriptors", "connections"),
    [(20, 32), (1_000, 968), (10_031, 9_999), (50_000, 10_000), (resource.RLIM_INFINITY, 10_000)],
)
def test_descriptors_bound_the_connections(
    monkeypatch: pytest.MonkeyPatch, descriptors: int, connections: int
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (descriptors, 60_000))
    assert server_module._most_connections() == connections


def test_clients_that_come_and_go_do_not_make_it_listen_anew(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    register, registered = Loop.register, list[Any]()

    def note(self: Loop, sock: socket.socket, *more: Any) -> None:
        registered.append(sock)
        register(self, sock, *more)

    monkeypatch.setattr(Loop, "register", note)

    def meet(server: HttpServer) -> None:
        for _ in range(3):
            with connect(server) as client:
                ask(client)
        assert registered.count(server.sockets[0]) == 1

    run(meet)


def test_requests_are_logged_until_the_last(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("cs_simulator.log.PAUSE", 3_600.0)  # no line is due before the end
    path = tmp_path / "log"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)

    def meet(server: HttpServer) -> None:
        with connect(server) as client:
            ask(client, START)

    run(meet, lines=Log(Output(descriptor)))
    os.close(descriptor)
    [line] = path.read_text(encoding="utf-8").splitlines()
    assert "POST /genesys/1/cs/services/start" in line


def test_thread_that_reads_the_input_keeps_no_process_from_its_end(run: Run) -> None:
    def meet(server: HttpServer) -> None:
        with connect(server) as client:
            ask(client)
        [reader] = [each for each in threads() if each.name == "stdin"]
        assert reader.daemon

    run(meet)


def test_client_that_names_no_host_is_told_of_this_one(run: Run) -> None:
    def meet(server: HttpServer) -> None:
        with connect(server) as client:
            told = ask(client, b"GET /nothing HTTP/1.0\r\n\r\n")
            assert f'"uri":"http://localhost:{server.port}/nothing"'.encode() in told

    run(meet)


def test_address_of_ipv6_is_one_like_another(run: Run) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no address of IPv6 here")

    def meet(server: HttpServer) -> None:
        assert server.url == f"http://[::1]:{server.port}"
        with connect(server) as client:
            assert ask(client).startswith(b"HTTP/1.1 200 ")

    run(meet, hosts=("::1",))


def test_client_is_known_by_its_address(run: Run) -> None:
    def meet(server: HttpServer) -> None:
        with connect(server) as client:
            ask(client, START)
            head, _, body = ask(client, request_bytes("GET", "/_control/requests/1")).partition(
                b"\r\n\r\n"
            )
            assert head.startswith(b"HTTP/1.1 200 ")
            host, port = client.getsockname()
            assert json.loads(body)["client"] == f"{host}:{port}"

    run(meet)


def test_client_that_reads_nothing_does_not_stop_the_others(run: Run) -> None:
    large = json.dumps({"contact_key": "a", "Note": {"text": "x" * 900_000}}).encode()

    def meet(server: HttpServer) -> None:
        with connect(server) as deaf, connect(server) as client:
            assert ask(client, request_bytes("POST", "services/start", large))
            deaf.sendall(request_bytes("GET", "services/anonymous/a?extensions=Note") * 20)
            deaf.recv(1, socket.MSG_PEEK)  # it comes
            for _ in range(20):  # meanwhile all buffers of the deaf one become full
                assert ask(client).startswith(b"HTTP/1.1 200 ")

    run(meet)


def test_client_that_cannot_be_taken_now_is_taken_later(
    run: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "cs_simulator")
    real, failed = socket.socket.accept, list[int]()

    def accept(self: socket.socket) -> Any:
        if len(failed) < 2:
            failed.append(1)
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return real(self)

    monkeypatch.setattr(socket.socket, "accept", accept)

    def meet(server: HttpServer) -> None:
        with connect(server) as client:
            assert ask(client).startswith(b"HTTP/1.1 200 ")

    run(meet)
    why = f"cannot accept a connection: {os.strerror(errno.EMFILE)}"
    assert caplog.messages.count(why) == 2


def test_idle_clients_are_let_go_and_busy_ones_are_not(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "SWEEPING", 0.01)
    monkeypatch.setattr(server_module, "IDLE", 0.5)

    def meet(server: HttpServer) -> None:
        with connect(server) as idle, connect(server) as busy:
            for client in (idle, busy):
                ask(client)
            idle.setblocking(False)
            while is_open(idle):
                assert ask(busy).startswith(b"HTTP/1.1 200 ")

    def is_open(client: socket.socket) -> bool:
        try:
            return client.recv(1) != b""
        except BlockingIOError:
            return True

    run(meet)


def test_client_that_is_idle_for_a_moment_stays(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "SWEEPING", 0.01)

    def meet(server: HttpServer) -> None:
        with connect(server) as client:
            for _ in range(5):
                assert ask(client).startswith(b"HTTP/1.1 200 ")
                Event().wait(0.03)

    run(meet)


def test_loop_frees_what_worlds_leave_and_wakes_for_the_log(run: Run) -> None:
    def meet(server: HttpServer) -> None:
        with connect(server) as client:
            ask(client)
        assert server._app.worlds.leftovers.is_open
        assert server._lines.wake == server._loop.wake

    run(meet)


def test_many_clients_at_once_are_all_taken(run: Run) -> None:
    many = 3 * server_module.AT_ONCE // 2

    def meet(server: HttpServer) -> None:
        clients = [connect(server) for _ in range(many)]
        for client in clients:
            client.sendall(HEALTH)
        for client in clients:
            assert client.recv(65_536).startswith(b"HTTP/1.1 200 ")
            client.close()

    run(meet)


def test_address_of_a_family_that_the_machine_lacks_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "cs_simulator")
    monkeypatch.setattr(server_module, "bind", lambda _, port: _bound(port))
    run(lambda _: None)
    told = "not listening on ::: this machine has no address of that family"
    assert caplog.messages[0] == told


def _bound(port: int) -> tuple[list[socket.socket], list[str]]:
    listening = socket.create_server(("127.0.0.1", port))
    listening.setblocking(False)
    return [listening], ["::"]
