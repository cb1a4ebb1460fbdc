"""Building blocks of options: types, variables of the environment and those like ours, checks."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_network
from math import isnan, nan
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cs_simulator.cli.group import CommandError
from cs_simulator.config import ANYBODY, GIB, KIB, MIB, Settings
from cs_simulator.documents.files import MAX_FILE, reason_of
from cs_simulator.documents.problems import Problem, nearest
from cs_simulator.domain.fidelity import SWITCHES, UnknownSwitchError, fidelity_of
from cs_simulator.lines import one_line

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    NumberType = click.ParamType[int]
    TextType = click.ParamType[str]
    PairType = click.ParamType[tuple[str, str]]
    NetworksType = click.ParamType[tuple[str, ...]]
else:
    # Click before 8.4 does not declare what its types return.
    NumberType = TextType = PairType = NetworksType = click.ParamType

PREFIX = "CS_SIMULATOR"
DEFAULTS = Settings()

_UNITS: Mapping[str, int] = MappingProxyType({"": 1, "KiB": KIB, "MiB": MIB, "GiB": GIB})

Command = TypeVar("Command", bound=Callable[..., Any])


def is_injected(port: str) -> bool:
    """Tell whether a port is an address that a platform put into the environment.

    Kubernetes and container links set ``CS_SIMULATOR_PORT=tcp://10.0.0.7:8080`` in every container
    next to a service named cs-simulator. It is not meant as a port to listen on.
    """
    return port.partition("://")[0] in ("tcp", "udp", "sctp")


class _PortOption(click.Option):
    """The port option, which ignores what a platform injects."""

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        """Return the port from the environment, or None if the value is an address."""
        value = super().resolve_envvar_value(ctx)
        return None if value is not None and is_injected(value) else value


def option(name: str, **kwargs: Any) -> Callable[[Command], Command]:
    """Return an option with an environment variable; help shows the variable and the default."""
    variable = f"{PREFIX}_{name.removeprefix('--').replace('-', '_').upper()}"
    given = {"envvar": variable, "show_envvar": True, "show_default": True, **kwargs}
    if name == "--port":
        given["cls"] = _PortOption
    return click.option(name, **given)


class WholeNumber(click.IntRange):
    """An integer from a minimum, perhaps to a maximum."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the integer."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            allowed = (
                f", {self.min} or more" if self.max is None else f" from {self.min} to {self.max}"
            )
            self.fail(Problem("", f"an integer{allowed}", value).detail, param, ctx)


class Seconds(click.FloatRange):
    """A number of seconds, perhaps with a maximum."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number of seconds."""
        try:
            seconds = float(super().convert(value, param, ctx))
        except click.BadParameter:
            seconds = nan
        if isnan(seconds):
            lower = "above 0" if self.min_open else "0 or more"
            upper = "" if self.max is None else f", up to {self.max}"
            self.fail(Problem("", f"a number of seconds, {lower}{upper}", value).detail, param, ctx)
        return seconds


class RecordedBase(TextType):
    """The base URL of an edition in a recording, or its path."""

    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the URL or the path."""
        text = str(value)
        if text and not re.match(r"/|https?://[^/]", text, re.IGNORECASE):
            expected = (
                "a URL such as http://host:8080/genesys/1/cs, or a path such as /genesys/1/cs"
            )
            self.fail(Problem("", expected, text).detail, param, ctx)
        return text


class Size(NumberType):
    """A number of bytes, such as 500, 64KiB or 1MiB."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number of bytes."""
        digits = value.rstrip("KMGiB")
        unit = value[len(digits) :]
        if not (digits.isascii() and digits.isdigit() and unit in _UNITS and len(digits) < 12):
            self.fail(f"{value!r} is not a size such as 500, 64KiB or 1MiB", param, ctx)
        size = int(digits) * _UNITS[unit]
        if size > GIB:
            self.fail(f"{value} is larger than the maximum, 1GiB", param, ctx)
        return size


class SwitchType(PairType):
    """A fidelity switch and its value, NAME=VALUE."""

    name = "name=value"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Return the name and the value, both known to exist."""
        name, equals, chosen = value.partition("=")
        if not equals:
            self.fail(f"{value!r} is not NAME=VALUE", param, ctx)
        try:
            fidelity_of({name: chosen})
        except UnknownSwitchError as error:
            self.fail(str(error), param, ctx)
        return name, chosen

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the switches and values that begin so."""
        from click.shell_completion import CompletionItem

        known = [f"{switch.name}={value}" for switch in SWITCHES for value in switch.values]
        return [CompletionItem(value) for value in known if value.startswith(incomplete)]


class ScenarioName(TextType):
    """A scenario of the catalogue, or a file; which one is decided when it is read."""

    name = "name|file"
    envvar_list_splitter = ","

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return matching scenarios that ship, or let the shell complete a file name."""
        from click.shell_completion import CompletionItem

        from cs_simulator.scenario.catalogue import Catalogue, shipped_folder

        names = Catalogue([shipped_folder()]).files()
        found = [CompletionItem(name) for name in sorted(names) if name.startswith(incomplete)]
        return found or [CompletionItem(incomplete, type="file")]


class WatchMode(TextType):
    """What to do when a scenario file changes; true and false mean reload and off."""

    name = "off|reload|reset"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the mode."""
        found = {"true": "reload", "1": "reload", "yes": "reload", "on": "reload"} | {
            "false": "off",
            "0": "off",
            "no": "off",
        }
        mode: str = found.get(value.lower(), value.lower())
        if mode not in ("off", "reload", "reset"):
            self.fail(Problem("", "off, reload or reset", value).detail, param, ctx)
        return mode


class Proxies(NetworksType):
    """The trusted proxies: all, off, or addresses and networks separated by commas."""

    name = "all|off|address,..."

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Return the networks."""
        if value.lower() in ("all", "true", "1", "yes", "on"):
            return ANYBODY
        if value.lower() in ("off", "false", "0", "no"):
            return ()
        expected = "expected all, off, or addresses and networks such as 10.0.0.7,192.168.0.0/16"
        networks = []
        for word in value.replace(",", " ").split():
            try:
                networks.append(str(ip_network(word, strict=False)))
            except ValueError:
                self.fail(f"{expected}, found {word!r}", param, ctx)
        if not networks:
            self.fail(f"{expected}, found {value!r}", param, ctx)
        return tuple(networks)


class Token(TextType):
    """A secret that can be sent in a header."""

    name = "token"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the token; errors do not repeat it."""
        token: str = value
        if not token:
            self.fail("the value is empty; remove the option or give it a value", param, ctx)
        if not (token.isascii() and token.isprintable() and " " not in token):
            self.fail(
                "it has a character that is not allowed in a header; use ASCII letters, digits and "
                "punctuation",
                param,
                ctx,
            )
        return token


def _some_host(
    _ctx: click.Context, _param: click.Parameter, hosts: tuple[str, ...]
) -> tuple[str, ...]:
    """Reject a variable that holds only spaces."""
    if not hosts:
        raise click.BadParameter("it is empty; use an address such as 127.0.0.1")
    return hosts


def with_input(_ctx: click.Context, _param: click.Parameter, wanted: bool) -> bool:
    """Reject waiting for the end of an input that has none, or that has already ended."""
    if wanted:
        fix = "connect a pipe and keep its other end open, or remove the option"
        if sys.stdin is None:
            raise click.BadParameter(f"standard input is closed; {fix}")
        if os.path.samestat(os.fstat(0), Path(os.devnull).stat()):
            raise click.BadParameter(
                f"standard input is {os.devnull}, so the server would stop at once; {fix}"
            )
    return wanted


def _readable_folder(
    _ctx: click.Context, _param: click.Parameter, path: Path | None
) -> Path | None:
    """Reject a folder whose files cannot be listed."""
    if path is not None:
        try:
            kind = path.stat().st_mode
        except PermissionError:
            kind = 0
        except OSError:
            raise click.BadParameter(f"{path} does not exist; use a folder of scenarios") from None
        if kind and not stat.S_ISDIR(kind):
            raise click.BadParameter(f"{path} is not a folder; use a folder of scenarios")
        if not kind or not os.access(path, os.R_OK | os.X_OK):
            whom = f"user id {os.geteuid()}" if hasattr(os, "geteuid") else "this user"
            raise click.BadParameter(
                f"{path} is not readable by {whom}; grant access, for example with chmod a+rx"
            )
    return path


def writable_file(_ctx: click.Context, _param: click.Parameter, path: Path | None) -> Path | None:
    """Reject a file that could not be written once the server runs."""
    if path is not None:
        folder = path.parent
        if not os.access(folder, os.F_OK):
            raise click.BadParameter(f"folder {folder} does not exist; create it first")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise click.BadParameter(f"folder {folder} is not writable; choose another")
        try:
            path.stat()
        except FileNotFoundError:
            pass
        except (OSError, ValueError) as error:  # too long, or a loop of links
            reason = reason_of(error)
            raise click.BadParameter(f"cannot write {path}: {reason}; choose another") from None
        if not path.name:
            raise click.BadParameter("it is empty; give the name of a file")
    return path


def read_input(path: Path) -> bytes:
    """Return the content of a file that a command line names: it may be a pipe, but has an end."""
    name = one_line(str(path))
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE + 1)
    except (OSError, ValueError) as error:
        raise CommandError(f"cannot read {name}: {reason_of(error)}") from None
    if len(content) > MAX_FILE:
        raise CommandError(f"cannot read {name}: more than {MAX_FILE} bytes")
    return content


def write_output(path: Path, content: bytes) -> None:
    """Write the file that an option names."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CommandError(f"cannot write {one_line(str(path))}: {error.strerror}") from None


def output_file(*names: str, **kwargs: Any) -> Callable[[Command], Command]:
    """Return an option that names a file to write."""
    path = click.Path(dir_okay=False, path_type=Path)
    return click.option(*names, type=path, callback=writable_file, **kwargs)


LONGEST_WAIT = 1_000_000_000
"""The maximum time limit in seconds; sockets cannot wait much longer. The client has its own, since
neither imports the other.
"""


def time_limit(seconds: float, says: str) -> Callable[[Command], Command]:
    """Return the option ``--timeout``."""
    above_zero = Seconds(0, LONGEST_WAIT, min_open=True)
    return click.option(
        "--timeout",
        default=seconds,
        show_default=True,
        type=above_zero,
        metavar="SECONDS",
        help=says,
    )


def host_option(says: str) -> Callable[[Command], Command]:
    """Return the option ``--host`` of a server: one address or several."""
    return option(
        "--host",
        multiple=True,
        default=DEFAULTS.hosts,
        metavar="ADDRESS",
        callback=_some_host,
        help=says,
    )


def port_option(says: str) -> Callable[[Command], Command]:
    """Return the option ``--port`` of a server."""
    return option(
        "--port",
        default=DEFAULTS.port,
        type=WholeNumber(0, 65535),
        metavar="NUMBER",
        help=says,
    )


FOLDER = option(
    "--scenario-dir",
    type=click.Path(readable=False, path_type=Path),
    metavar="FOLDER",
    callback=_readable_folder,
    help="Folder with your own scenarios, in addition to the bundled ones.",
)
TOKEN = option(
    "--control-token",
    type=Token(),
    help="Secret that every request to /_control must send. Prefer the environment variable.",
)


OTHERS = (
    "CS_SIMULATOR_DRILL",
    "CS_SIMULATOR_HEALTH_TIMEOUT",
    "CS_SIMULATOR_RUN",
    "CS_SIMULATOR_URL",
    "CS_SIMULATOR_WORLD",
)
"""Variables that no option of ``serve`` reads: other commands, the plugin and drilled clients use
them.
"""

_OF_A_PLATFORM = re.compile(
    rf"{PREFIX}_(?:\w+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?)"
    rf"|{PREFIX}_(?:\w+_)?ENV_\w+"
)
"""Variables that Kubernetes and container links set next to a service named cs-simulator, or one
whose name begins with that.
"""


def warnings(environment: Mapping[str, str], known: Iterable[str]) -> list[str]:
    """Return warnings for variables that look like ours and that nothing reads.

    ``known`` are the variables of the options. What a platform sets causes no warning.
    """
    names = [*known, *OTHERS]
    ours = [name for name in environment if name.startswith(f"{PREFIX}_") and name not in names]
    unknown = [name for name in ours if not _is_set_by_others(name, environment[name])]
    return [_warning(name, names) for name in sorted(unknown)]


def _is_set_by_others(name: str, value: str) -> bool:
    """Tell whether a platform set a variable, by its name or its value."""
    is_link = name.endswith("_NAME") and value.startswith("/")
    return is_link or is_injected(value) or _OF_A_PLATFORM.fullmatch(name) is not None


def _warning(name: str, known: list[str]) -> str:
    own = name.removeprefix(f"{PREFIX}_")  # the prefix that all share makes none of them similar
    parts = [variable.removeprefix(f"{PREFIX}_") for variable in known]
    longer = [part for part in parts if f"_{own}_" in f"_{part}_"]
    meant = longer or [part for part in [nearest(own, parts)] if part]
    names = " or ".join(f"{PREFIX}_{part}" for part in meant)
    fix = f"did you mean {names}?" if names else "see cs-simulator serve --help"
    return f"the variable {name} has no effect: no option has that name; {fix}"
