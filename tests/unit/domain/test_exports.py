"""The files of an export: their names, RFC 4180, their columns, and their bound."""

from __future__ import annotations

import csv
import errno
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from cs_simulator import exports
from cs_simulator.api.resources import ALL_EXTENSIONS, Renderer
from cs_simulator.clock import LATEST
from cs_simulator.domain.errors import ExportFailed
from cs_simulator.domain.model import Service
from cs_simulator.domain.queries import ALL_PARTS, view_service
from cs_simulator.domain.services import end_service
from cs_simulator.domain.states import end_state, start_state
from cs_simulator.domain.tasks import start_task
from cs_simulator.domain.transaction import Transaction
from cs_simulator.exports import COLUMNS, Exports
from cs_simulator.worlds import ServedWorld
from tests.unit.domain.support import START, later, scenario, sent, started, transaction

STEM = "export20260105_090000_007"
NAMES = [f"{STEM}_{kind}.csv" for kind in ("services", "states", "tasks")]


def written(files: Exports, tx: Transaction, services: Sequence[Service] = ()) -> list[str]:
    views = [view_service(tx, each, ALL_PARTS) for each in services]
    return files.write(tx.now, Renderer(tx.setup, ALL_EXTENSIONS), views)


def rows(files: Exports, name: str) -> list[dict[str, Any]]:
    content = files.read(name)
    assert content is not None
    return list(csv.DictReader(io.StringIO(content.decode(), newline=""), strict=True))


def test_names_tell_when_it_was_on_the_worlds_clock() -> None:
    files = Exports()
    assert written(files, transaction(START + 7)) == NAMES
    assert files.names() == NAMES


def test_empty_files_have_their_header_line() -> None:
    files = Exports()
    for name, columns in zip(written(files, transaction()), COLUMNS.values(), strict=True):
        assert files.read(name) == (",".join(columns) + "\r\n").encode()


def test_rows_hold_entities_with_their_events() -> None:
    tx = transaction()
    one = started(tx, service_type=100, session_id="s", timestamp=START - 1000)
    first = start_state(tx, one, sent(state_type="x", timestamp=START - 500))
    second = start_state(tx, one, sent(timestamp=START - 900))
    end_state(tx, one, first, sent(disposition=3))
    job = start_task(tx, one, sent(state_id=second.state_id, est_duration=60))
    one = end_service(tx, tx.store.service(one.number), sent(disposition_desc="well"))
    files = Exports()
    services, states, tasks = (rows(files, name) for name in written(files, tx, [one]))
    assert {name: value for name, value in services[0].items() if value} == {
        "service_id": str(one.service_id),
        "service_type": "100",
        "customer_id": "C",
        "started.timestamp": "2026-01-05T08:59:59.000Z",
        "started.session_id": "s",
        "completed.timestamp": "2026-01-05T09:00:00.000Z",
        "disposition_desc": "well",
        "duration": "1000",
    }
    assert [each["state_id"] for each in states] == [str(second.state_id), str(first.state_id)]
    assert [each["disposition"] for each in states] == ["", "3"]
    assert [each["customer_id"] for each in states] == ["C", "C"]
    assert [(each["task_id"], each["state_id"], each["est_duration"]) for each in tasks] == [
        (str(job.task_id), str(second.state_id), "60")
    ]


@pytest.mark.parametrize(
    "key",
    ["a,b", 'a "quoted" b', "two\r\nlines", "a\rb", "a\nb", " blank ", "\u00e4\U0001f600", "'="],
)
def test_values_survive_rfc_4180(key: str) -> None:
    tx = transaction()
    files = Exports()
    names = written(files, tx, [started(tx, contact_key=key, session_id=key)])
    (row,) = rows(files, names[0])
    assert row["contact_key"] == row["started.session_id"] == key
    content = files.read(names[0])
    assert content is not None
    assert content.endswith(b"\r\n")


def test_lone_surrogate_is_escaped() -> None:
    tx = transaction()
    files = Exports()
    names = written(files, tx, [started(tx, contact_key="a\ud800")])
    assert rows(files, names[0])[0]["contact_key"] == "a\\ud800"


def test_attached_data_is_one_column_of_json() -> None:
    tx = transaction()
    data = {"coupon": {"name": 'ä, "b"', "n": [1, None, 1.5]}, "plain": "x"}
    one = started(tx)
    start_state(tx, one, sent(data))
    start_task(tx, one, sent({"only": "task"}))
    files = Exports()
    services, states, tasks = (rows(files, name) for name in written(files, tx, [one]))
    assert services[0]["extensions"] == ""
    assert json.loads(states[0]["extensions"]) == data
    assert json.loads(tasks[0]["extensions"]) == {"only": "task"}


def test_attached_data_named_like_a_column_stays_attached_data() -> None:
    tx = transaction()
    data = {"completed.timestamp": "never", "extensions": {"a": 1}, "started.session_id": "x"}
    one = start_state(tx, started(tx), sent(data))
    files = Exports()
    services = list(tx.store.services())
    (row,) = rows(files, written(files, tx, services)[1])
    assert row["completed.timestamp"] == row["started.session_id"] == ""
    assert json.loads(row["extensions"]) == data
    assert row["state_id"] == str(one.state_id)


def test_oldest_files_go_past_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    tx = transaction()
    one = started(tx, session_id="x" * 1000)
    files = Exports()
    written(files, tx, [one])
    size = sum(len(files.read(name) or b"") for name in files.names())
    monkeypatch.setattr(exports, "MAX_BYTES", 3 * size)
    for second in range(1, 10):
        written(files, later(tx, START + second * 1000), [one])
    assert sum(len(files.read(name) or b"") for name in files.names()) <= 3 * size
    assert files.names()[-1] == "export20260105_090009_000_tasks.csv"
    assert files.read("export20260105_090000_000_services.csv") is None


def test_newest_files_stay_whatever_their_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MAX_BYTES", 1)
    files = Exports()
    written(files, transaction())
    assert written(files, transaction(START + 7)) == files.names() == NAMES


def test_export_at_the_same_instant_takes_the_next_millisecond() -> None:
    tx = transaction(START + 7)
    files = Exports()
    written(files, tx)
    second = written(files, tx, [started(tx)])
    assert second == [name.replace("_007_", "_008_") for name in NAMES]
    assert files.names() == [*NAMES, *second]
    assert [len(rows(files, name)) for name in (NAMES[0], second[0])] == [0, 1]


def test_exports_of_two_worlds_are_in_folders_of_their_own(tmp_path: Path) -> None:
    default = ServedWorld("default", scenario({}), tmp_path)
    other = ServedWorld("other", scenario({}), tmp_path)
    assert written(default.exports, transaction(START + 7)) == [str(tmp_path / n) for n in NAMES]
    assert written(other.exports, transaction(START + 7)) == [
        str(tmp_path / "other" / name) for name in NAMES
    ]


def test_folder_that_takes_no_file_refuses_the_export(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    files = Exports(tmp_path / "file")
    with pytest.raises(ExportFailed, match=r"Cannot write the export to .*file: File exists"):
        written(files, transaction(START + 7))
    assert files.names() == []


def test_full_disk_leaves_no_piece_of_an_export(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.write_bytes

    def write_bytes(path: Path, content: bytes) -> int:
        if path.name == NAMES[1]:
            real(path, content[:10])
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(path, content)

    monkeypatch.setattr(Path, "write_bytes", write_bytes)
    files = Exports(tmp_path)
    with pytest.raises(ExportFailed, match="No space left on device"):
        written(files, transaction(START + 7))
    assert list(tmp_path.iterdir()) == []
    assert files.names() == []
    monkeypatch.undo()
    assert len(written(files, transaction(START + 7))) == 3


def test_files_are_written_to_a_folder_too(tmp_path: Path) -> None:
    files = Exports(tmp_path)
    created = written(files, transaction(START + 7))
    assert created == [str(tmp_path / name) for name in NAMES]
    for name in NAMES:
        assert (tmp_path / name).read_bytes() == files.read(name)
    assert files.emptied().names() == []
    assert len(list(tmp_path.iterdir())) == 3
    again = written(files.emptied(), transaction(START + 8))
    assert {str(Path(name).parent) for name in again} == {str(tmp_path)}


def test_paths_are_full_where_the_folder_was_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("out").mkdir()
    files = Exports(Path("out"))
    assert written(files, transaction(START + 7)) == [str(tmp_path / "out" / n) for n in NAMES]


def test_names_at_the_end_of_time_are_of_the_milliseconds_before() -> None:
    files = Exports()
    names = [written(files, transaction(LATEST))[0] for _ in range(3)]
    assert [name[:25] for name in names] == [
        "export99991231_235959_999",
        "export99991231_235959_998",
        "export99991231_235959_997",
    ]
