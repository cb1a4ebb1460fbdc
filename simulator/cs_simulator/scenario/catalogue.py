"""The catalogue: scenarios by name, from the folder that ships and from one that is mounted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cs_simulator.documents.files import UnreadableFileError, is_file, read_bytes, why_no_file
from cs_simulator.documents.json_text import EncodingError, decoded
from cs_simulator.documents.problems import DocumentError, Problem, no_such, shown
from cs_simulator.documents.shape import Checker
from cs_simulator.documents.text import Origin, in_order, placed, read_text
from cs_simulator.scenario.document import DOCUMENT
from cs_simulator.scenario.extends import Document, check_removals, merged
from cs_simulator.scenario.sound import sound

MAX_DEPTH = 8
SUFFIXES = (".yaml", ".yml", ".json")

_BEGINNING = 200
_OTHER_JSON = re.compile(rb'\s*\{\s*"(?:\$schema|\$id|url)"\s*:')
"""How JSON files begin that the simulator itself puts next to scenarios: a schema, a ready file."""


def shipped_folder() -> Path:
    """Return the folder of the scenarios that ship, in an installation or in a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "scenarios"
    return installed if installed.is_dir() else package.parents[1] / "scenarios"


@dataclass(slots=True)
class _Below:
    """The document that another one is merged over, and the files it is made of."""

    document: Document
    files: dict[Path, Any] = field(default_factory=dict)
    chain: tuple[Path, ...] = ()
    """The chain of files that extend one another, down to the current one."""


class Catalogue:
    """Find scenarios by name; a later folder takes precedence over an earlier one."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)

    def files(self) -> Mapping[str, Path]:
        """Return the file of every scenario by its name, which is the file's stem."""
        return {path.stem: path for folder in self._folders for path in _scenarios_in(folder)}

    def shadowed(self) -> list[tuple[str, Path]]:
        """Return the names that several folders have, each with the file that is used."""
        if len(self._folders) == 1:
            return []
        counts = Counter(
            name
            for folder in self._folders
            for name in {file.stem for file in _scenarios_in(folder)}
        )
        files = self.files()
        return [(name, files[name]) for name in sorted(counts) if counts[name] > 1]

    def watched(self) -> list[Path]:
        """Return every file of the catalogue's folders."""
        return [path for folder in self._folders for path in listed(folder)]

    def read(self, wanted: str) -> tuple[str, Document]:
        """Return the source and the merged document of a scenario, by its name or its file.

        Raises :exc:`DocumentError` with all problems.
        """
        several = self.several(wanted)
        if len(several) > 1:
            return "scenario", self.resolve({"extends": several}, "scenario")
        path = self.path(wanted)
        return str(path), self._read(path, _Below(self._nothing(str(path))))

    def several(self, wanted: str) -> list[str]:
        """Return the scenarios that a text names: one, or several separated by commas."""
        if "," not in wanted or is_file(Path(wanted)):
            return [wanted]
        names = [name.strip() for name in wanted.split(",")]
        for name in names:
            self.path(name)
        return names

    def chain(self, wanted: str) -> list[tuple[Path, Any]]:
        """Return the files of a scenario, and the content of each.

        They are in the order in which they are merged, each overriding those before it.
        """
        below = _Below(self._nothing(wanted))
        for name in self.several(wanted):
            below.document = self._read(self.path(name), below)
        return list(below.files.items())

    def _nothing(self, source: str) -> Document:
        return Document({}, {"": Origin(source, "", "")})

    def _read(self, path: Path, below: _Below) -> Document:
        """Read a file and merge it over its parents; a file that is already included is skipped."""
        whole = path.resolve()
        if whole in below.files:
            return below.document
        text = read_file(path)
        data = read_text(text, str(path))
        document = self.resolve(data, path, text, below)
        below.files[path.resolve()] = data
        return document

    def resolve(
        self,
        data: Any,
        source: Path | str,
        text: str = "",
        below: _Below | None = None,
        *,
        files_allowed: bool = True,
    ) -> Document:
        """Return checked data as a document, merged over the one that it extends.

        ``text`` is the source of the data, for the positions of errors. A document that did not
        come from a file may only extend names of the catalogue, unless ``files_allowed``.
        """
        origin = Origin(str(source), text, "")
        checker = Checker(str(source))
        members = DOCUMENT.check({} if data is None else data, "", checker)
        written = data if isinstance(data, dict) else {}
        document = sound(members, written, origin, checker)
        if below is None:
            below = _Below(Document({}, {"": origin}))
        others: list[DocumentError] = []
        parents = document.get("extends", ())
        are_sound = bool(parents) or not checker
        for parent in parents:
            try:
                below.document = self._parent(parent, source, below, files_allowed=files_allowed)
            except _ParentError as error:
                checker.add(error.problem._replace(at="extends"))
                are_sound = False
            except DocumentError as error:
                others.append(error)
                below.document = error.sound or below.document
                are_sound = False
        if are_sound:
            check_removals(below.document, document, checker)
        whole = merged(below.document, document)
        if not checker and not others:
            return whole
        problems = placed(checker.problems, {"": origin})
        inherited = [problem for error in others for problem in error.problems]
        more = checker.more + sum(error.more for error in others)
        raise DocumentError(in_order([*problems, *inherited]), whole, more)

    def _parent(
        self, wanted: str, source: Path | str, below: _Below, *, files_allowed: bool
    ) -> Document:
        chain = below.chain
        if isinstance(source, Path):
            chain = (*chain, source.resolve())
            path = self._find(wanted, source.parent)
        else:
            path = self._find(wanted, Path() if files_allowed else None)
        if path.resolve() in chain:
            names = " -> ".join([file.name for file in chain] + [path.name])
            raise _ParentError(Problem("", text=f"circular extends: {names}"))
        if len(chain) >= MAX_DEPTH:
            text = f"extends chain is longer than {MAX_DEPTH} documents"
            raise _ParentError(Problem("", text=text))
        return self._read(path, _Below(below.document, below.files, chain))

    def path(self, wanted: str) -> Path:
        """Return the file of a scenario, by its name or path, or raise :exc:`DocumentError`."""
        try:
            return self._find(wanted, Path())
        except _ParentError as error:
            raise DocumentError([error.problem._replace(source="scenario")]) from None

    def _find(self, wanted: str, beside: Path | None) -> Path:
        """Return the file of a name in the catalogue, or of a path relative to a folder."""
        if "/" in wanted or wanted.endswith(SUFFIXES):
            if beside is None:
                text = "extends takes only catalogue names here, not files"
                raise _ParentError(Problem("", found=wanted, text=text))
            path = beside / wanted
            if is_file(path):
                return path
            text = f"file {path} {why_no_file(path)}"
            raise _ParentError(Problem("", found=wanted, text=text))
        files = self.files()
        if wanted in files:
            path = files[wanted]
            same = [file.name for file in _scenarios_in(path.parent) if file.stem == wanted]
            if len(same) > 1:
                text = f"{wanted!r} is ambiguous: {' and '.join(same)} in {path.parent}"
                raise _ParentError(Problem("", text=text, note="rename all but one"))
            return path
        near = [] if beside is None else [beside / f"{wanted}{suffix}" for suffix in SUFFIXES]
        for path in near:
            if is_file(path):
                text = f"no scenario named {shown(wanted)} in the catalogue, but a file"
                raise _ParentError(Problem("", text=text, note=f"write {path.name}"))
        raise _ParentError(no_such("scenario", wanted, files))


def _scenarios_in(folder: Path) -> list[Path]:
    return [path for path in listed(folder) if _is_scenario(path)]


def _is_scenario(path: Path) -> bool:
    """Tell whether a file in a folder is a scenario, and not a JSON Schema or a ready file."""
    if path.suffix not in SUFFIXES or not path.is_file():
        return False
    if path.suffix != ".json":
        return True
    try:
        with path.open("rb") as opened:
            beginning = opened.read(_BEGINNING)
    except OSError:
        return True  # reading it as a scenario tells why
    return not _OTHER_JSON.match(beginning)


def listed(folder: Path) -> list[Path]:
    """Return the content of a folder, by name; empty if it does not exist."""
    try:
        return sorted(folder.iterdir())
    except OSError:  # it was mounted once, and is not any more
        return []


class _ParentError(Exception):
    """A document that another one extends cannot be loaded."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def read_file(path: Path) -> str:
    """Return the text of a file; raise :exc:`DocumentError` if it cannot be read."""
    try:
        return decoded(read_bytes(path))
    except EncodingError as error:
        problem = error.problem
        text = f"not valid UTF-8: {problem.text}"
        problem = problem._replace(text=text, note="save the file as UTF-8")
    except UnreadableFileError as error:
        problem = Problem("", text=str(error))
    raise DocumentError([problem._replace(source=str(path))])
