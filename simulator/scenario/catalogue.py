"""The catalogue: scenarios by name, from the folder that ships and from one that is mounted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from simulator.scenario.document import DOCUMENT
from simulator.scenario.errors import Mistake, ScenarioError, did_you_mean
from simulator.scenario.shape import Checker
from simulator.scenario.text import read_text

MAX_DEPTH = 8
SUFFIXES = (".yaml", ".yml", ".json")

_NEVER_INHERITED = ("name", "description", "extends", "format")
_BY_KEY: Mapping[str, str] = MappingProxyType({"customers": "customer_id"})
_MAPS_BY_KEY = ("business_attributes",)


def shipped_folder() -> Path:
    """Return the folder of the scenarios that ship, in an installation or in a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "scenarios"
    return installed if installed.is_dir() else package.parent / "scenarios"


class Catalogue:
    """Find scenarios by name; a later folder shadows an earlier one."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)

    def files(self) -> Mapping[str, Path]:
        """Return the file of every scenario, by its name: the file's stem."""
        return {
            path.stem: path
            for folder in self._folders
            for path in sorted(folder.iterdir())
            if path.suffix in SUFFIXES and path.is_file()
        }

    def read(self, wanted: str) -> tuple[str, Mapping[str, Any]]:
        """Return the source and the whole document of a scenario, by its name or its file.

        Raises :exc:`ScenarioError` with everything that is wrong with it.
        """
        path = self._path(wanted, beside=None)
        return str(path), self.resolve(read_file(path), path)

    def resolve(
        self, document: Any, source: Path | str, chain: tuple[Path, ...] = ()
    ) -> Mapping[str, Any]:
        """Return a checked document, merged over the one that it extends."""
        checker = Checker(str(source))
        checked = DOCUMENT.check({} if document is None else document, "", checker)
        if checker.mistakes:
            raise ScenarioError(checker.mistakes)
        parent = checked.get("extends")
        if parent is None:
            return _over({}, checked, str(source))
        beside = source.parent if isinstance(source, Path) else None
        if isinstance(source, Path):
            chain = (*chain, source.resolve())
        path = self._path(parent, beside=beside, asked_by=str(source))
        if path.resolve() in chain:
            names = " -> ".join([each.name for each in chain] + [path.name])
            raise ScenarioError([Mistake(str(source), "extends", f"a cycle: {names}")])
        if len(chain) >= MAX_DEPTH:
            raise ScenarioError(
                [Mistake(str(source), "extends", f"more than {MAX_DEPTH} documents deep")]
            )
        return _over(self.resolve(read_file(path), path, chain), checked, str(source))

    def _path(self, wanted: str, *, beside: Path | None, asked_by: str = "") -> Path:
        if "/" in wanted or wanted.endswith(SUFFIXES):
            path = Path(wanted) if beside is None else beside / wanted
            if path.is_file():
                return path
            problem = f"there is no file {path}"
        else:
            files = self.files()
            if wanted in files:
                return files[wanted]
            problem = f"there is no scenario {wanted!r}{did_you_mean(wanted, files)}"
        if asked_by:
            raise ScenarioError([Mistake(asked_by, "extends", problem)])
        raise ScenarioError([Mistake("scenario", "", problem)])


def read_file(path: Path) -> Any:
    """Return the data of a file; raises :exc:`ScenarioError` where it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ScenarioError(
            [Mistake(str(path), "", f"not UTF-8: byte {error.start + 1}")]
        ) from None
    except OSError as error:
        raise ScenarioError([Mistake(str(path), "", error.strerror or "cannot be read")]) from None
    return read_text(text, str(path))


def _over(parent: Mapping[str, Any], child: Mapping[str, Any], source: str) -> Mapping[str, Any]:
    """Return a document over its parent, or refuse to remove what the parent does not have."""
    mistakes = []
    for name, key in _BY_KEY.items():
        known = [each[key] for each in parent.get(name, ()) if key in each]
        for place, each in enumerate(child.get(name, ())):
            if each.get("remove") and each.get(key) not in known:
                there = did_you_mean(str(each[key]), known) if key in each else f" without {key}"
                mistakes.append(Mistake(source, f"{name}[{place}]", f"nothing to remove{there}"))
    for name in _MAPS_BY_KEY:
        known = list(parent.get(name, {}))
        for key, each in child.get(name, {}).items():
            if each.get("remove") and key not in known:
                there = did_you_mean(key, known)
                mistakes.append(Mistake(source, f"{name}.{key}", f"nothing to remove{there}"))
    if mistakes:
        raise ScenarioError(mistakes)
    return merged(parent, child)


def merged(parent: Mapping[str, Any], child: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a document over the one that it extends.

    Maps merge by key. Customers and business attributes merge by theirs, replacing in place, and
    ``remove: true`` drops one. Services come after the parent's, so the parent's ids stay.
    """
    result = {name: value for name, value in parent.items() if name not in _NEVER_INHERITED}
    for name, value in child.items():
        known = result.get(name)
        if known is None or name in _NEVER_INHERITED:
            result[name] = value
        elif name in _BY_KEY:
            result[name] = _merged_list(known, value, _BY_KEY[name])
        elif name in _MAPS_BY_KEY:
            result[name] = {**known, **value}
        elif isinstance(known, list):
            result[name] = [*known, *value]
        elif isinstance(known, dict):
            result[name] = _merged_map(known, value)
        else:
            result[name] = value
    return _without_removed(result)


def _merged_map(parent: Mapping[str, Any], child: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(parent)
    for name, value in child.items():
        known = result.get(name)
        if isinstance(known, dict) and isinstance(value, dict):
            result[name] = _merged_map(known, value)
        else:
            result[name] = value
    return result


def _merged_list(
    parent: Sequence[Mapping[str, Any]], child: Sequence[Mapping[str, Any]], key: str
) -> list[Mapping[str, Any]]:
    result = list(parent)
    places = {each[key]: place for place, each in enumerate(result) if key in each}
    for each in child:
        place = places.get(each.get(key))
        if place is None:
            result.append(each)
        else:
            result[place] = each
    return result


def _without_removed(document: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(document)
    for name in _BY_KEY:
        if name in result:
            result[name] = [each for each in result[name] if not each.get("remove")]
    for name in _MAPS_BY_KEY:
        if name in result:
            result[name] = {k: v for k, v in result[name].items() if not v.get("remove")}
    return result
