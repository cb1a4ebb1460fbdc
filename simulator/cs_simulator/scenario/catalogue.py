"""The catalogue: scenarios by name, from the folder that ships and from one that is mounted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cs_simulator.documents.json_text import Lines
from cs_simulator.documents.positions import Origin, placed
from cs_simulator.documents.problems import Mistake, ScenarioError, did_you_mean
from cs_simulator.documents.shape import Checker
from cs_simulator.documents.yaml_text import read_text
from cs_simulator.scenario.document import DOCUMENT
from cs_simulator.scenario.extends import Document, merged, removals

MAX_DEPTH = 8
SUFFIXES = (".yaml", ".yml", ".json")

_BEGINNING = 200
_OTHER_JSON = re.compile(rb'\s*\{\s*"(?:\$schema|\$id|url)"\s*:')
"""How the JSON begins that the simulator itself puts beside scenarios: a schema, a ready file."""

_LEANS_ON: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "customers": ("profile_attributes", "extension_schemas"),
        "identification_keys": ("profile_attributes", "extension_schemas"),
        "generate": ("profile_attributes",),
        "interactions": ("customers",),
        "services": ("customers", "business_attributes", "fidelity", "settings"),
        "faults": ("clock",),
        "stages": ("clock", "faults"),
        "progress": ("clock", "faults", "stages"),
    }
)
"""What a key of a document refers to; where that is wrong, a reference to it proves nothing."""


def shipped_folder() -> Path:
    """Return the folder of the scenarios that ship, in an installation or in a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "scenarios"
    return installed if installed.is_dir() else package.parents[1] / "scenarios"


@dataclass(slots=True)
class _Below:
    """What a document is merged over, and the files that it is made of."""

    document: Document
    files: dict[Path, Any] = field(default_factory=dict)
    chain: tuple[Path, ...] = ()
    """The files that extend one another down to the present one."""


class Catalogue:
    """Find scenarios by name; a later folder shadows an earlier one."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)

    def files(self) -> Mapping[str, Path]:
        """Return the file of every scenario, by its name: the file's stem."""
        return {path.stem: path for folder in self._folders for path in _scenarios_in(folder)}

    def shadowed(self) -> list[tuple[str, Path]]:
        """Return the names that more than one folder has, each with the file that counts."""
        counts = Counter(
            name
            for folder in self._folders
            for name in {each.stem for each in _scenarios_in(folder)}
        )
        files = self.files()
        return [(name, files[name]) for name in sorted(counts) if counts[name] > 1]

    def watched(self) -> list[Path]:
        """Return every file of the catalogue's folders."""
        return [path for folder in self._folders for path in listed(folder)]

    def read(self, wanted: str) -> tuple[str, Document]:
        """Return the source and the whole document of a scenario, by its name or its file.

        Raises :exc:`ScenarioError` with everything that is wrong with it.
        """
        several = self.several(wanted)
        if len(several) > 1:
            return "scenario", self.resolve({"extends": several}, "scenario")
        path = self.path(wanted)
        return str(path), self._read(path, _Below(self._nothing(str(path))))

    def several(self, wanted: str) -> list[str]:
        """Return the scenarios that a text names: one, or more with commas between them."""
        if "," not in wanted or Path(wanted).is_file():
            return [wanted]
        names = [each.strip() for each in wanted.split(",")]
        for name in names:
            self.path(name)
        return names

    def chain(self, wanted: str) -> list[tuple[Path, Any]]:
        """Return the files that a scenario is made of, and what is written in each.

        They are in the order in which they are merged, each over those before it.
        """
        below = _Below(self._nothing(wanted))
        for name in self.several(wanted):
            below.document = self._read(self.path(name), below)
        return list(below.files.items())

    def _nothing(self, source: str) -> Document:
        return Document({}, {"": Origin(source, "", "")})

    def _read(self, path: Path, below: _Below) -> Document:
        """Return a file merged over what is below it; a file that is there already is not again."""
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

        ``text`` is what the data were read from, for the places of mistakes. A document that did
        not come from a file may extend names of the catalogue only, unless ``files_allowed``.
        """
        origin = Origin(str(source), text, "")
        checker = Checker(str(source))
        members = DOCUMENT.check({} if data is None else data, "", checker)
        written = data if isinstance(data, dict) else {}
        document = Document(_sound(members, checker.mistakes), {"": origin}, written)
        mistakes = placed(checker.mistakes, document.origins)
        if below is None:
            below = _Below(Document({}, {"": origin}))
        parents = document.get("extends", ())
        are_sound = bool(parents) or not mistakes
        for parent in parents:
            try:
                below.document = self._parent(parent, source, below, files_allowed=files_allowed)
            except _ParentError as error:
                own = Mistake(str(source), "extends", str(error))
                mistakes += placed([own], document.origins)
                are_sound = False
            except ScenarioError as error:
                mistakes += error.mistakes
                below.document = error.document or below.document
                are_sound = False
        if are_sound:
            mistakes += placed(removals(below.document, document, str(source)), document.origins)
        whole = merged(below.document, document)
        if mistakes:
            raise ScenarioError(mistakes, whole)
        return whole

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
            names = " -> ".join([each.name for each in chain] + [path.name])
            raise _ParentError(f"it extends itself: {names}")
        if len(chain) >= MAX_DEPTH:
            raise _ParentError(f"a chain of more than {MAX_DEPTH} documents: the most there may be")
        return self._read(path, _Below(below.document, below.files, chain))

    def path(self, wanted: str) -> Path:
        """Return the file of a scenario, by its name or path; raises :exc:`ScenarioError`."""
        try:
            return self._find(wanted, Path())
        except _ParentError as error:
            raise ScenarioError([Mistake("scenario", "", str(error))]) from None

    def _find(self, wanted: str, beside: Path | None) -> Path:
        """Return the file of a name of the catalogue, or one beside a folder."""
        if "/" in wanted or wanted.endswith(SUFFIXES):
            if beside is None:
                raise _ParentError("only names of the catalogue can be extended here, no files")
            path = beside / wanted
            if path.is_file():
                return path
            raise _ParentError(f"there is no file {path}")
        files = self.files()
        if wanted in files:
            path = files[wanted]
            same = [each.name for each in _scenarios_in(path.parent) if each.stem == wanted]
            if len(same) > 1:
                raise _ParentError(
                    f"more than one file has the name {wanted!r}, {' and '.join(same)} in "
                    f"{path.parent}: rename all but one"
                )
            return path
        near = [] if beside is None else [beside / f"{wanted}{suffix}" for suffix in SUFFIXES]
        for path in near:
            if path.is_file():
                raise _ParentError(
                    f"there is no scenario {wanted!r} in the catalogue, but a file of that name; "
                    f"write {path.name}"
                )
        raise _ParentError(f"there is no scenario {wanted!r}{did_you_mean(wanted, files)}")


def _scenarios_in(folder: Path) -> list[Path]:
    return [path for path in listed(folder) if _is_scenario(path)]


def _is_scenario(path: Path) -> bool:
    """Tell whether a file of a folder is one; a JSON Schema and a ready file lie beside them."""
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
    """Return what a folder holds, by name; nothing where it is not there."""
    try:
        return sorted(folder.iterdir())
    except OSError:  # it was mounted once, and is not any more
        return []


def _sound(members: Mapping[str, Any], mistakes: Iterable[Mistake]) -> dict[str, Any]:
    """Return the keys that have no mistake in them, nor in what they lean on."""
    wrong = {re.split(r"[.\[]", mistake.at, maxsplit=1)[0] for mistake in mistakes}
    for key, leans_on in _LEANS_ON.items():
        if wrong & set(leans_on):
            wrong.add(key)
    return {key: value for key, value in members.items() if key not in wrong}


class _ParentError(Exception):
    """A document that another one names cannot be had."""


def read_file(path: Path) -> str:
    """Return the text of a file; raises :exc:`ScenarioError` where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8")
        line, column = Lines(before).place(len(before))
        problem = f"the byte 0x{error.object[error.start]:02X} is no UTF-8, which files are in"
        raise ScenarioError([Mistake(str(path), "", problem, line=line, column=column)]) from None
    except OSError as error:
        problem = error.strerror or "cannot be read"
    raise ScenarioError([Mistake(str(path), "", problem)])
