"""Real clients, each as a command line."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.support.java import JAVA, JAVAC

PROGRAMS = Path(__file__).parent / "programs"
JARS = Path(os.environ.get("TESTS_JARS", "/usr/share/java"))
"""Where Debian puts the jars of libcommons-httpclient-java and libokhttp-java."""

_COMMONS = ("commons-httpclient.jar", "commons-logging.jar", "commons-codec.jar")
_OKHTTP = ("okhttp.jar", "okio.jar")


class NotInstalledError(Exception):
    """Something that a client needs is not on this machine."""


class Programs:
    """The programs of this folder, those in Java compiled once into a folder."""

    def __init__(self, classes: Path) -> None:
        self._classes = classes
        self._compiled: dict[str, str] = {}

    def command(self, kind: str, name: str) -> Sequence[str]:
        """Return how a client is run.

        Raises :exc:`NotInstalledError` where the machine does not have what it needs.
        """
        if kind in ("python", "pypi"):
            for module in ("tenacity", "httplib2", "pycurl"):
                if name.startswith(module) and importlib.util.find_spec(module) is None:
                    raise NotInstalledError(f"{module} is not installed")
            return [sys.executable, str(PROGRAMS / f"{kind}_clients.py"), name]
        if kind == "jdk":
            return [*JAVA, "-cp", self._class_path("JdkClients"), "JdkClients", name]
        if kind == "commons":
            return [*JAVA, "-cp", self._class_path("CommonsClient", _COMMONS), "CommonsClient"]
        if kind == "okhttp":
            return [*JAVA, "-cp", self._class_path("OkHttpClients", _OKHTTP), "OkHttpClients"]
        tool = {"node": "node", "curl": "wget" if name == "wget" else "curl"}[kind]
        if shutil.which(tool) is None:
            raise NotInstalledError(f"{tool} is not installed")
        if kind == "node":
            return ["node", str(PROGRAMS / "node_clients.mjs"), name]
        return ["sh", str(PROGRAMS / "curl_clients.sh"), name]

    def _class_path(self, name: str, jars: Sequence[str] = ()) -> str:
        if name not in self._compiled:
            if shutil.which("javac") is None:
                raise NotInstalledError("the JDK is not installed")
            missing = [jar for jar in jars if not (JARS / jar).exists()]
            if missing:
                raise NotInstalledError(f"{JARS} has no {', '.join(missing)}")
            path = ":".join([str(self._classes), *(str(JARS / jar) for jar in jars)])
            source = str(PROGRAMS / f"{name}.java")
            subprocess.run([*JAVAC, "-cp", path, "-d", str(self._classes), source], check=True)
            self._compiled[name] = path
        return self._compiled[name]
