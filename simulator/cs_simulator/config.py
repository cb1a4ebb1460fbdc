"""All settings of the server, each with its reason.

Each has a command-line option and an environment variable: ``--max-body`` is
``CS_SIMULATOR_MAX_BODY``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB

ANYBODY = ("0.0.0.0/0", "::/0")
"""The networks of every address."""

LogForm = Literal["text", "json"]
Watch = Literal["off", "reload", "reset"]
LogLevel = Literal["debug", "info", "warning", "error"]


class Settings(NamedTuple):
    """How one server runs, whatever its worlds hold."""

    # Scenarios to load, by catalogue name or as files. None by default.
    scenario: str = "empty"

    # A folder with the user's own scenarios next to those that ship, such as a container's mount.
    scenario_dir: Path | None = None

    # Loopback only by default: a simulator has no secrets, but no protection either.
    hosts: Sequence[str] = ("127.0.0.1",)

    # With 0 the operating system chooses. The server binds first and announces the port then, so no
    # other process can take it in between.
    port: int = 8080

    # A file to which the server writes its address once it is ready. A test that waits for this
    # file needs neither to guess a port nor to try connecting.
    ready_file: Path | None = None

    # Fidelity switches that override those of every scenario: to run one test against stricter
    # rules.
    fidelity: Mapping[str, str] = MappingProxyType({})

    # The real server's limit is not documented. 1 MiB is far above what attached data should be.
    max_body: int = MIB

    # The same for documents sent to the control API, such as the snapshot of a large world.
    max_control_body: int = 64 * MIB

    # A folder for the files of export operations, in addition to the control API. By default
    # nothing is written to disk.
    export_dir: Path | None = None

    # A folder for the files that an import of profiles may name. By default no file is read.
    import_dir: Path | None = None

    # The token of the control API: if set, only clients that send it may use it. If not, everyone
    # who reaches the server may; by default it listens on loopback.
    control_token: str | None = None

    # Host names under which browsers may use the control API, besides addresses and localhost. A
    # website can point its own name at this machine and so appear to be ours.
    allow_hosts: tuple[str, ...] = ()

    # Names of what reports and HAR mask, besides passwords, tokens and their like. What is secret
    # in attached data, only its owner knows.
    mask: tuple[str, ...] = ()

    # Networks of the proxies whose headers about the client's host, scheme and path are trusted.
    # Anyone who reaches the server can send such headers, so by default none is trusted.
    trust_forwarded: tuple[str, ...] = ()

    # How many worlds there may be, and how many seconds a world must be unused before it may be
    # dropped to make room. A world in use is never dropped.
    max_worlds: int = 1_000
    world_idle_timeout: float = 600.0

    # Text for people, JSON for collecting the logs of many containers. A request is logged at level
    # info, a control request at level debug, because health checks come every few seconds.
    log_format: LogForm = "text"
    log_level: LogLevel = "info"

    # Stop when the standard input ends. The system closes a pipe however the process at its other
    # end ends, so a server never outlives the tests that started it.
    stop_on_stdin_eof: bool = False

    # Reload scenario files when they change. Files are polled, because bind mounts miss events.
    watch: Watch = "off"

    # How many responses may be held back at once. Each takes a connection and memory; a test that
    # needs more has probably lost count.
    max_waiting: int = 1_000

    @property
    def max_request(self) -> int:
        """The number of bytes of a body that are read before the server stops reading.

        It is higher than every limit that the application answers itself, in the form that the
        client expects.
        """
        return max(self.max_body, self.max_control_body) + MIB
