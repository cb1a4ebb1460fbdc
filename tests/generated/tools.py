"""What makes clients from a document, compiles them and runs a program over them.

`.ci/dev client-tools` installs it. Each client is made in a folder of its own, under the name
``generated`` where a program imports it by its path.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
PROGRAMS = Path(__file__).with_name("programs")
TOOLS = ROOT / "build" / "client-tools"
PYTHON = TOOLS / "python" / "bin" / "python"
NODE = TOOLS / "node_modules" / ".bin"

_STUBS = {
    "jakarta/annotation/Nullable.java": "package jakarta.annotation; public @interface Nullable {}",
    "jakarta/annotation/Nonnull.java": "package jakarta.annotation; public @interface Nonnull {}",
    "jakarta/annotation/Generated.java": """\
        package jakarta.annotation;
        public @interface Generated {
            String[] value(); String date() default ""; String comments() default "";
        }""",
    "org/apache/http/entity/mime/MultipartEntityBuilder.java": """\
        package org.apache.http.entity.mime;
        public class MultipartEntityBuilder {
            public static MultipartEntityBuilder create() { return new MultipartEntityBuilder(); }
            public MultipartEntityBuilder addTextBody(String name, String text) { return this; }
            public org.apache.http.HttpEntity build() { throw new IllegalStateException(); }
        }""",
}
"""What a generated Java client needs to be compiled, and is on no class path here.

All else comes from the generator's own jar, which has Jackson in it.
"""


class Maker:
    """A tool that makes a client, and how a program over that client is run."""

    def __init__(self, folder: Path, document: Mapping[str, Any]) -> None:
        self.folder = folder
        self.document = folder / "document.json"
        self.document.write_text(json.dumps(document), encoding="utf-8")

    def run(self, *command: object, **environment: str) -> str:
        """Run a command in the folder; return what it prints, and fail the test where it fails."""
        done = subprocess.run(
            [str(each) for each in command],
            cwd=self.folder,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command[0]}: {(done.stdout + done.stderr)[-4000:]}"
        return done.stdout

    @contextmanager
    def started(self, command: Sequence[str], *arguments: str) -> Iterator[Started]:
        """Run a program that waits for a line once it has set up what it needs."""
        pipe = subprocess.PIPE
        with subprocess.Popen(
            [*command, *arguments],
            env={**os.environ, "PYTHONPATH": str(self.folder)},
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            text=True,
        ) as process:
            try:
                yield Started(process)
            finally:
                process.kill()

    # openapi-generator

    def _generator(self, language: str, target: str, **properties: str) -> None:
        given = ",".join(f"{name}={value}" for name, value in properties.items())
        parts = "apiTests=false,modelTests=false,apiDocs=false,modelDocs=false"
        self.run(
            *("java", "-jar", self.jar, "generate", "-i", self.document, "-g", language),
            *("-o", target, "--global-property", parts, "--additional-properties", given),
        )

    @property
    def jar(self) -> Path:
        """The generator, which its package brings along."""
        [found] = TOOLS.glob("python/lib/*/site-packages/openapi_generator_cli/*.jar")
        return found

    def java(self, program: str) -> list[str]:
        """Make, compile and return the command of a program in Java."""
        # A list that is not set would else be sent as an empty one.
        unset = {"openApiNullable": "false", "containerDefaultToNull": "true"}
        self._generator("java", "java", library="native", useJakartaEe="true", **unset)
        stubs = self.folder / "stubs"
        for name, text in _STUBS.items():
            path = stubs / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        sources = [*self.folder.glob("java/src/main/**/*.java"), *stubs.rglob("*.java")]
        (self.folder / "sources").write_text("\n".join(map(str, sources)), encoding="utf-8")
        javac = ("javac", "-nowarn", "-proc:none", "-d", "classes", "-cp")
        self.run(*javac, f"{self.jar}", "@sources")
        self.run(*javac, f"{self.jar}:classes", PROGRAMS / f"{program}.java")
        return ["java", "-cp", f"{self.jar}:{self.folder / 'classes'}", program]

    def python(self, program: str) -> list[str]:
        """Make, type-check in passing and return the command of a program in Python."""
        self._generator("python", ".", packageName="openapi_client")
        return [str(PYTHON), str(PROGRAMS / f"{program}.py")]

    def typescript_fetch(self, program: str) -> list[str]:
        """Make, compile and return the command of a program in TypeScript."""
        names = {"paramNaming": "original", "modelPropertyNaming": "original"}
        self._generator("typescript-fetch", "generated", **names)
        return self._compiled(program)

    def typescript_axios(self, program: str) -> list[str]:
        """Make, compile and return the command of a program in TypeScript."""
        self._generator("typescript-axios", "generated")
        return self._compiled(program)

    # Others

    def openapi_python_client(self, program: str) -> list[str]:
        """Make and return the command of a program in Python."""
        # It puts what it made in order with ruff, if it finds that.
        path = f"{PYTHON.parent}{os.pathsep}{os.environ['PATH']}"
        maker = PYTHON.with_name("openapi-python-client")
        self.run(
            *(maker, "generate", "--path", self.document, "--meta", "none"),
            *("--output-path", "generated"),
            PATH=path,
        )
        return [str(PYTHON), str(PROGRAMS / f"{program}.py")]

    def openapi_typescript(self, program: str) -> list[str]:
        """Make the types, compile and return the command of a program over them."""
        self.run(NODE / "openapi-typescript", self.document, "-o", "generated.d.ts")
        return self._compiled(program)

    def hey_api(self, program: str) -> list[str]:
        """Make, compile and return the command of a program in TypeScript."""
        self.run(NODE / "openapi-ts", "-i", self.document, "-o", "generated")
        return self._compiled(program)

    def _compiled(self, program: str) -> list[str]:
        shutil.copy(PROGRAMS / f"{program}.ts", self.folder)
        modules = self.folder / "node_modules"
        if not modules.exists():
            modules.symlink_to(TOOLS / "node_modules")
        options = ("--target", "es2022", "--lib", "es2022,dom", "--types", "node")
        self.run(
            *(NODE / "tsc", "--strict", "--skipLibCheck", "--outDir", "out"),
            *("--module", "commonjs", "--esModuleInterop", *options, f"{program}.ts"),
        )
        return ["node", str(self.folder / "out" / f"{program}.js")]


class Started:
    """A program that runs until it is told to go on to its end."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def is_running(self) -> None:
        """Fail where the program has ended, and leave it some time where it has not."""
        try:
            self._process.wait(0.05)
        except subprocess.TimeoutExpired:
            return
        raise AssertionError("".join(map(str, self._process.communicate())))

    def end(self) -> Any:
        """Let the program go on; return what it prints, as data."""
        printed, errors = self._process.communicate("\n")
        assert self._process.returncode == 0, errors[-4000:]
        return json.loads(printed)


def needed(*programs: str) -> None:
    """Skip the test where what it needs is not installed."""
    missing = [each for each in programs if shutil.which(each) is None]
    if not TOOLS.is_dir():
        missing.append("what .ci/dev client-tools installs")
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


def said(maker: Maker, command: Sequence[str], *arguments: str) -> Any:
    """Return what a program prints, as data."""
    with maker.started(command, *arguments) as program:
        return program.end()
