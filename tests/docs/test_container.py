"""What the Dockerfile says is tried as far as that goes without a container engine."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import Distribution, PackageNotFoundError
from pathlib import Path

import pytest

from cs_simulator import __version__
from cs_simulator.cli.serve import serve
from tests.docs.pages import ROOT
from tests.docs.sessions import environment as reader
from tests.support.server import PATIENCE, Client

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
INSTRUCTIONS = [
    line.split(maxsplit=1)
    for line in re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.M)).splitlines()
    if line
]
"""Each instruction with the rest of its line; comments are gone, and continued lines joined."""

READ_ONLY = """
set -e
mount -o remount,bind,ro /
for each in /tmp /var/tmp /dev/shm "$1"; do
    mount --bind "$each" "$each"
    mount -o remount,bind,ro "$each"
done
cd /
for each in / /tmp /var/tmp /dev/shm "$1"; do
    if touch "$each/probe" 2>/dev/null; then exit 99; fi
done
shift
exec unshare --user --map-user=54321 --map-group=54321 "$@"
"""
"""Run a command as a user that the machine does not know, where nothing at all can be written."""


def rest_of(instruction: str) -> list[str]:
    return [rest for name, rest in INSTRUCTIONS if name == instruction]


def exec_form(text: str) -> list[str]:
    """Return the words of what is written in the exec form, which takes no shell."""
    words: list[str] = json.loads(text)
    return words


def variables() -> dict[str, str]:
    """Return what the image sets."""
    found = {}
    for rest in rest_of("ENV"):
        for name, quoted, plain in re.findall(r'(\w+)=(?:"([^"]*)"|(\S+))', rest):
            found[name] = quoted or plain
    return found


# What the file says


def test_its_variables_are_options_of_the_server() -> None:
    ours = {name for name in variables() if name.startswith("CS_SIMULATOR_")}
    assert ours
    assert ours <= {option.envvar for option in serve.params}


def test_it_listens_on_both_families() -> None:
    assert variables()["CS_SIMULATOR_HOST"].split() == ["0.0.0.0", "::"]


def test_base_is_slim_and_of_one_version() -> None:
    bases = rest_of("FROM")
    assert bases == ["python:${PYTHON}-slim AS build", "python:${PYTHON}-slim"]
    argument, index = rest_of("ARG")
    assert index == "PIP_INDEX_URL"
    assert re.fullmatch(r"PYTHON=3\.\d+", argument)


def test_nothing_is_run_or_fetched_in_the_last_stage() -> None:
    last = [name for name, _ in INSTRUCTIONS].index("FROM", 2)
    names = [name for name, _ in INSTRUCTIONS[last:]]
    assert "RUN" not in names
    assert not {"ADD", "MAINTAINER", "ONBUILD", "SHELL"} & {name for name, _ in INSTRUCTIONS}
    copied = [rest for name, rest in INSTRUCTIONS[last:] if name == "COPY"]
    assert copied == ["--from=build /install /usr/local"]


def test_nothing_is_compiled_but_bytecode() -> None:
    install, compile_library = rest_of("RUN")
    assert "--only-binary :all:" in install
    assert "--no-cache-dir" in install
    assert "apt" not in install
    assert "compileall -q --invalidation-mode unchecked-hash" in compile_library


def test_its_labels_say_what_it_is() -> None:
    [rest] = rest_of("LABEL")
    labels = dict(re.findall(r'org\.opencontainers\.image\.(\w+)="([^"]+)"', rest))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert labels == {
        "title": project["name"],
        "description": project["description"],
        "version": __version__,
        "licenses": project["license"],
    }


def test_it_starts_the_server_without_a_shell_and_without_root() -> None:
    assert [exec_form(rest) for rest in rest_of("ENTRYPOINT")] == [["cs-simulator"]]
    assert [exec_form(rest) for rest in rest_of("CMD")] == [["serve"]]
    [user] = rest_of("USER")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)
    last = [name for name, _ in INSTRUCTIONS]
    assert last.index("USER") > last.index("ENV")


def test_it_is_checked_by_the_command_itself() -> None:
    [rest] = rest_of("HEALTHCHECK")
    options, _, command = rest.partition(" CMD ")
    assert exec_form(command) == ["cs-simulator", "health"]
    seconds = dict(re.findall(r"--([\w-]+)=(\d+)s?", options))
    assert int(seconds["timeout"]) > 2, "the command gives up after 2 seconds"
    assert int(seconds["interval"]) == 1, "the first check is what everybody waits for"
    assert rest_of("EXPOSE") == [variables()["CS_SIMULATOR_PORT"]]


def test_no_secret_is_baked_in() -> None:
    assert not re.search(r"token|password|secret", DOCKERFILE, flags=re.I)


@pytest.mark.parametrize(
    "name", ["simulator", "scenarios", "constraints.txt", "pyproject.toml", "README.md", "LICENSE"]
)
def test_the_image_gets_what_the_package_is_built_from(name: str) -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert f"!{name}" in ignored
    assert (ROOT / name).exists()


@pytest.mark.parametrize("pattern", ["**/.*", "**/__pycache__", "**/*.pyc", "**/*.egg-info"])
def test_what_tools_leave_behind_is_left_out_last(pattern: str) -> None:
    """The last line that fits a name decides."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_in = [number for number, line in enumerate(lines) if line.startswith("!")]
    assert lines.index(pattern) > max(let_in)


# What it does


class Image:
    """What the build stage makes, in a folder; dependencies are those that tests run with."""

    def __init__(self, folder: Path) -> None:
        self.prefix = folder / "install"
        self._folder = folder
        paths = {"base": str(self.prefix), "platbase": str(self.prefix)}
        self.packages = Path(sysconfig.get_path("purelib", "posix_prefix", vars=paths))
        self._build(folder / "source")
        for name in self._needed("cs-simulator"):
            self._link(Distribution.from_name(name))

    def _build(self, source: Path) -> None:
        """Carry out the command of the Dockerfile on what .dockerignore lets through."""
        source.mkdir()
        lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        for name in (line[1:] for line in lines if line.startswith("!")):
            if (ROOT / name).is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / name, source / name, ignore=ignored)
            else:
                shutil.copy(ROOT / name, source)
        command = rest_of("RUN")[0]
        # What is installed already, for the tests, is neither counted in nor taken away.
        offline = {"PIP_IGNORE_INSTALLED": "1", "PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1"}
        subprocess.run(
            ["/bin/sh", "-c", command.replace("/install", str(self.prefix))],
            cwd=source,
            env={**reader(self._folder), **offline, "PIP_NO_BUILD_ISOLATION": "0"},
            check=True,
            capture_output=True,
            timeout=300,
        )

    def _needed(self, name: str) -> set[str]:
        """Return the names of what a package needs, and what that needs."""
        found: set[str] = set()
        left = [name]
        while left:
            name = left.pop()
            try:
                distribution = self._distribution(name)
            except PackageNotFoundError:
                continue  # for another version of Python, or another system
            for each in distribution.requires or ():
                wanted = re.split(r"[^\w.-]", each)[0]
                if "extra ==" not in each and wanted not in found:
                    found.add(wanted)
                    left.append(wanted)
        return {each for each in found if _is_installed(each)}

    def _distribution(self, name: str) -> Distribution:
        if name != "cs-simulator":
            return Distribution.from_name(name)
        [info] = self.packages.glob("cs_simulator-*.dist-info")
        return Distribution.at(info)

    def _link(self, distribution: Distribution) -> None:
        tops = {each.parts[0] for each in distribution.files or () if each.parts[0] != ".."}
        for top in tops:
            link = self.packages / top
            if not link.exists():
                link.symlink_to(str(distribution.locate_file(top)))

    def command(self, *words: str) -> list[str]:
        """Return a command of the image; what else is installed here is not seen."""
        return [sys.executable, "-S", str(self.prefix / "bin" / words[0]), *words[1:]]

    def environment(self, **changes: str) -> dict[str, str]:
        """Return the environment of the image, and nothing of that of the tests."""
        (self._folder / "scenarios").mkdir(exist_ok=True)
        found = {**variables(), "CS_SIMULATOR_SCENARIO_DIR": str(self._folder / "scenarios")}
        return {**found, "PYTHONPATH": str(self.packages), **changes}

    def healthy(self, port: int, **changes: str) -> bool:
        """Tell whether the image's own check finds the server well."""
        [rest] = rest_of("HEALTHCHECK")
        check = exec_form(rest.partition(" CMD ")[2])
        result = subprocess.run(
            self.command(*check),
            env=self.environment(CS_SIMULATOR_PORT=str(port), **changes),
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        return result.returncode == 0

    @contextmanager
    def running(self, *before: str, **changes: str) -> Iterator[tuple[int, subprocess.Popen[str]]]:
        """Run the image as it says by itself, behind some other command; give its port."""
        words = [word for name in ("ENTRYPOINT", "CMD") for word in exec_form(rest_of(name)[0])]
        process = subprocess.Popen(
            [*before, *self.command(*words)],
            env=self.environment(CS_SIMULATOR_PORT="0", **changes),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r":(\d+)/", line)
            assert found, line or process.communicate(timeout=PATIENCE)[1]
            yield int(found[1]), process
        finally:
            process.kill()
            process.communicate()


def _is_installed(name: str) -> bool:
    try:
        Distribution.from_name(name)
    except PackageNotFoundError:
        return False
    return True


def server_of(process: subprocess.Popen[str]) -> int:
    """Return the id of the server that a command started in namespaces of their own."""
    pid = process.pid
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    return Image(tmp_path_factory.mktemp("image"))


def test_it_holds_the_package_and_no_tests(image: Image) -> None:
    assert (image.packages / "cs_simulator" / "scenarios" / "demo.yaml").is_file()
    assert not (image.packages / "tests").exists()
    compiled = list((image.packages / "cs_simulator" / "__pycache__").glob("config.*.pyc"))
    assert len(compiled) == 1
    # Flags 1: it is told by a hash of the source, which is not looked at.
    assert compiled[0].read_bytes()[4:8] == b"\x01\0\0\0"


def test_the_health_check_tells_a_server_from_none(image: Image) -> None:
    with image.running() as (port, process):
        assert image.healthy(port)
        assert image.healthy(port, CS_SIMULATOR_HOST="::")
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        assert not image.healthy(port)


def test_the_health_check_knows_the_token(image: Image) -> None:
    with image.running(CS_SIMULATOR_CONTROL_TOKEN="s3cret") as (port, _):
        assert image.healthy(port, CS_SIMULATOR_CONTROL_TOKEN="s3cret")
        assert not image.healthy(port)


def test_it_runs_as_process_1_of_an_unknown_user_where_nothing_can_be_written(
    image: Image, tmp_path: Path
) -> None:
    spaces = ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child"]
    closed = [*spaces, "/bin/sh", "-c", READ_ONLY, "sh", str(tmp_path)]
    probe = "import os; print(os.getpid(), os.getuid())"
    tried = subprocess.run(
        [*closed, sys.executable, "-S", "-c", probe], capture_output=True, text=True, check=False
    )
    if tried.returncode:
        pytest.skip(f"no such namespaces can be made here: {tried.stderr.strip()[-200:]}")
    assert tried.stdout.split() == ["1", "54321"]
    with image.running(*closed, CS_SIMULATOR_SCENARIO="demo") as (port, process):
        assert image.healthy(port)
        with Client("127.0.0.1", port) as client:
            large = {"name": "mine", "description": "x" * 3_000_000, "extends": "demo"}
            answer = client.put("/_control/scenario", large)
            assert answer.status == 200, answer.body
            assert len(client.get("/_control/scenario").body) > 3_000_000
            assert client.post("services/start", {"contact_key": "1"}).status == 201
        # Process 1 gets no default actions for signals: the server brings its own.
        subprocess.run(["kill", "-TERM", str(server_of(process))], check=True)
        assert process.wait(PATIENCE) == 0
