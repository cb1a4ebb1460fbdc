"""Files are read again when they change, and what is wrong with them stops nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from cs_simulator.scenario.catalogue import Catalogue
from cs_simulator.scenario.loader import ScenarioLoader
from cs_simulator.watch import Watcher
from cs_simulator.worlds import Worlds
from tests.unit.faults.support import until
from tests.unit.scenario.support import Folder

WRONG = "mine.yaml changed and has errors; keeping the previous version:"


@pytest.fixture
def worlds(folder: Folder) -> Iterator[Worlds]:
    """The worlds of a server that watches a folder, started with a file of it."""
    path = folder.put("mine.yaml", "name: first")
    (folder.path / "gone.yaml").symlink_to(folder.path / "nowhere")
    folder.put("notes.txt", "no scenario")
    loader = ScenarioLoader(Catalogue([folder.path]))
    watcher = Watcher(loader.catalogue, str(path), pause=0.005)
    worlds = Worlds(loader.load(str(path)), loader=loader)
    watcher.start(worlds)
    yield worlds
    watcher.stop()


def test_changed_file_is_taken_at_the_next_reset(
    worlds: Worlds, folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", "cs_simulator"):
        folder.put("mine.yaml", "name: second, of another length")
        until(lambda: worlds.scenario.name != "first")
        until(lambda: bool(caplog.messages))
    assert (
        caplog.messages[-1]
        == "mine.yaml changed; these worlds use it from their next reset: default"
    )
    assert worlds.default.scenario.name == "first"
    worlds.default.reset()
    assert worlds.default.scenario.name == "second, of another length"


def test_file_that_is_wrong_or_gone_changes_nothing(
    worlds: Worlds, folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    folder.put("mine.yaml", "sed: 1")
    until(lambda: bool(caplog.messages))
    assert caplog.messages[-1].startswith(f"{WRONG}\n{folder.path}/mine.yaml:1:1: sed: unknown key")
    (folder.path / "mine.yaml").unlink()
    until(lambda: len(caplog.messages) > 1)
    assert caplog.messages[-1].startswith(WRONG)
    assert worlds.scenario.name == "first"


def test_file_that_cannot_be_read_changes_nothing(
    worlds: Worlds,
    folder: Folder,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unreadable(_wanted: str) -> None:
        raise OSError("no more descriptors")

    monkeypatch.setattr(worlds.loader, "load", unreadable)
    folder.put("mine.yaml", "name: never read")
    until(lambda: bool(caplog.messages))
    assert caplog.messages[-1] == (
        "cannot read mine.yaml, which changed; keeping the previous version: no more descriptors"
    )
    assert worlds.scenario.name == "first"


def test_change_between_loading_and_watching_is_seen(folder: Folder) -> None:
    path = folder.put("mine.yaml", "name: first")
    loader = ScenarioLoader(Catalogue(()))
    watcher = Watcher(loader.catalogue, str(path), pause=0.005)
    worlds = Worlds(loader.load(str(path)), loader=loader)
    folder.put("mine.yaml", "name: second, of another length")
    watcher.start(worlds)
    until(lambda: worlds.scenario.name == "second, of another length")
    watcher.stop()


def test_folder_that_went_away_is_read_again_when_it_comes_back(
    worlds: Worlds, folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    moved = folder.path.rename(folder.path.with_name("moved"))
    until(lambda: bool(caplog.messages))
    assert caplog.messages[-1].startswith(WRONG)
    moved.rename(folder.path)
    folder.put("mine.yaml", "name: back again")
    until(lambda: worlds.scenario.name == "back again")


def test_watcher_that_was_stopped_before_it_began_watches_nothing(folder: Folder) -> None:
    path = folder.put("mine.yaml", "name: first")
    loader = ScenarioLoader(Catalogue(()))
    watcher = Watcher(loader.catalogue, str(path), pause=0.005)
    watcher.stop()
    worlds = Worlds(loader.load(str(path)), loader=loader)
    watcher.start(worlds)
    folder.put("mine.yaml", "name: second, of another length")
    watcher.stop()
    assert worlds.scenario.name == "first"


def test_file_that_is_in_no_use_is_passed_over_in_silence(
    worlds: Worlds, folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    folder.put("other.yaml", "sed: 1")
    folder.put("base.yaml", "seed: 1")
    with caplog.at_level("INFO", "cs_simulator"):
        folder.put("mine.yaml", "name: second, of another length\nextends: base")
        until(lambda: bool(caplog.messages))
        folder.put("base.yaml", "seed: 12345")
        until(lambda: len(caplog.messages) > 1)
    assert worlds.scenario.seed == 12345
    assert not [message for message in caplog.messages if "other" in message]
    assert (
        caplog.messages[-1]
        == "base.yaml changed; these worlds use it from their next reset: default"
    )


def test_world_is_reset_at_once_where_that_is_asked_for(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    path = folder.put("mine.yaml", "name: first")
    loader = ScenarioLoader(Catalogue([folder.path]))
    watcher = Watcher(loader.catalogue, str(path), pause=0.005, resets=True)
    worlds = Worlds(loader.load(str(path)), loader=loader)
    watcher.start(worlds)
    with caplog.at_level("INFO", "cs_simulator"):
        folder.put("mine.yaml", "name: second, of another length")
        until(lambda: bool(caplog.messages))
    watcher.stop()
    assert caplog.messages == ["mine.yaml changed; reset: default"]
    assert worlds.default.scenario.name == "second, of another length"


def test_file_as_long_and_as_old_as_before_is_seen(worlds: Worlds, folder: Folder) -> None:
    path = folder.path / "mine.yaml"
    old = path.stat()
    other = folder.put("new.txt", "name: other")
    os.utime(other, ns=(old.st_atime_ns, old.st_mtime_ns))
    other.replace(path)
    until(lambda: worlds.scenario.name == "other")


def test_defect_is_logged_and_the_next_change_is_seen(
    worlds: Worlds,
    folder: Folder,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("by design")

    with monkeypatch.context() as patched:
        patched.setattr(worlds, "reload", broken)
        folder.put("mine.yaml", "name: never read")
        until(lambda: "by design" in caplog.text)
    folder.put("mine.yaml", "name: second, of another length")
    until(lambda: worlds.scenario.name == "second, of another length")
