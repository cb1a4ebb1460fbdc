"""Every setting of the server, with its reason.

The command line has an option for each, and the environment a variable: ``--max-body`` is
``CS_SIMULATOR_MAX_BODY``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB

ANYBODY = ("0.0.0.0/0", "::/0")
"""The networks of every address."""

LogForm = Literal["text", "json"]
Watch = Literal["off", "reload", "reset"]
LogLevel = Literal["debug", "info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How one server runs, whatever its worlds hold."""

    # A scenario by the name of the catalogue, or a file. Nothing is loaded unless asked for.
    scenario: str = "empty"

    # A folder of one's own scenarios beside those that ship, such as a container's mount.
    scenario_dir: Path | None = None

    # Loopback only, until someone asks for more: a simulator has no secrets, nor any defence.
    hosts: Sequence[str] = ("127.0.0.1",)

    # 0 lets the operating system choose. The server binds first and announces then, so there is
    # no moment in which another process could take the port.
    port: int = 8080

    # Where to write where the server is, once it answers. A test that waits for this file needs
    # neither to guess a port nor to try a connection.
    ready_file: Path | None = None

    # Fidelity switches over those of every scenario: one test run against stricter rules.
    fidelity: Mapping[str, str] = field(default_factory=dict)

    # The real server's limit is not documented. 1 MiB is far above what attached data should be.
    max_body: int = MIB

    # The same for documents that the control API takes. The snapshot of a large world is one.
    max_control_body: int = 64 * MIB

    # Where the files of an export operation are written, besides the control API. Nothing is
    # written to disk unless asked for.
    export_dir: Path | None = None

    # Where the server may read the files that an import of profiles names. It reads none unless
    # asked for.
    import_dir: Path | None = None

    # Who may use the control API: with a token, only those who send it. Without, whoever reaches
    # the server; it listens on loopback.
    control_token: str | None = None

    # The names under which browsers may reach the control API, besides addresses and localhost. A
    # page can give itself a name that leads to this machine, and would pass for one of ours.
    allow_hosts: tuple[str, ...] = ()

    # The networks of the proxies whose word on the client's host, scheme and path is taken. Whoever
    # reaches the server can send such headers, so nobody is believed unless asked for.
    trust_forwarded: tuple[str, ...] = ()

    # How many worlds there may be, and for how many seconds one must be unused before it may be
    # let go to make room. One in use is never emptied.
    max_worlds: int = 1_000
    world_idle_timeout: float = 600.0

    # Text is for people, JSON for what collects the logs of many containers. A line a request is of
    # level info, one a control request of level debug: a health check asks every few seconds.
    log_format: LogForm = "text"
    log_level: LogLevel = "info"

    # Stop when the standard input ends. The system closes a pipe whatever becomes of the process
    # that held its other end, so a server never outlives the tests that started it.
    stop_on_stdin_eof: bool = False

    # Read scenario files again when they change. Files are polled: bind mounts miss events.
    watch: Watch = "off"

    # How many responses may be held back at once. Each takes a connection and memory; a test that
    # needs more than this has lost count.
    max_waiting: int = 1_000

    @property
    def max_request(self) -> int:
        """What is read of a body before the server gives up on it.

        It is above every limit that the application itself answers, in the form that the client
        expects.
        """
        return max(self.max_body, self.max_control_body) + MIB
