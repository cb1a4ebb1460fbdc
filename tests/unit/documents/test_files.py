"""Files that are not read: each is told why, and none holds its reader."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cs_simulator.documents.files import UnreadableFileError, read_bytes, resolved, why_no_file


def test_regular_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 1000)
    (tmp_path / "link").symlink_to("a")
    assert read_bytes(tmp_path / "a") == read_bytes(tmp_path / "link") == b"x" * 1000
    assert read_bytes(tmp_path / "a", 1000) == b"x" * 1000


def test_pipe_device_and_folder_are_no_regular_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(UnreadableFileError, match=r"not a regular file|Is a directory"):
            read_bytes(path)


def test_file_that_only_looks_regular(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some files of /proc do, such as the messages of the kernel, and have nothing for now."""
    reader, writer = os.pipe2(os.O_NONBLOCK)
    looks = Path(__file__).stat()
    with monkeypatch.context() as during:
        during.setattr(os, "open", lambda *_: reader)
        during.setattr(os, "fstat", lambda _: looks)
        with pytest.raises(UnreadableFileError, match="not a regular file"):
            read_bytes(tmp_path)
    os.close(writer)


def test_why_a_path_is_not_one_of_a_file(tmp_path: Path) -> None:
    assert why_no_file(tmp_path) == "is not a regular file"
    for name in ("none", "a\0b", "x" * 5000):
        assert why_no_file(tmp_path / name) == "does not exist"


def test_file_of_too_many_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 1001)
    with pytest.raises(UnreadableFileError, match="more than 1000 bytes"):
        read_bytes(tmp_path / "a", 1000)


def test_loop_of_links_is_no_path(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(UnreadableFileError):
        read_bytes(tmp_path / "a")
    with pytest.raises(UnreadableFileError, match="links"):
        resolved(tmp_path / "a" / "x")


@pytest.mark.parametrize("name", ["none", "a\0b", "x" * 5000])
def test_name_that_leads_nowhere(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableFileError):
        read_bytes(tmp_path / name)
