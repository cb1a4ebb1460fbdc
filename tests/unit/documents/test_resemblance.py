"""Bytes that should be UTF-8 and are not: what they are is told."""

from __future__ import annotations

import gzip
import zlib

import pytest

from cs_simulator.documents.json_text import EncodingError, decoded, resemblance

TEXT = '{"contact_key": "Zo\u00eb"}'


@pytest.mark.parametrize(
    ("raw", "like"),
    [
        (TEXT.encode("utf-16"), "UTF-16"),
        (TEXT.encode("utf-16-le"), "UTF-16"),
        (TEXT.encode("utf-16-be"), "UTF-16"),
        (TEXT.encode("utf-32"), "UTF-32"),
        (TEXT.encode("utf-32-le"), "UTF-32"),
        (TEXT.encode("utf-32-be"), "UTF-32"),
        (TEXT.encode("latin-1"), "ISO 8859-1 or Windows-1252"),
        (gzip.compress(TEXT.encode(), mtime=0), "gzip"),
        (zlib.compress(TEXT.encode()), "deflate"),
        (b"\x28\xb5\x2f\xfd\x04\x00", "zstd"),
        (b"PK\x03\x04\x14\xff", "a ZIP archive, as workbooks of Excel are"),
        (b"\x01\x02\xff", ""),
    ],
)
def test_bytes_that_are_not_utf8_are_told_by_how_they_begin(raw: bytes, like: str) -> None:
    assert resemblance(raw) == like
    with pytest.raises(EncodingError) as error:
        decoded(raw)
    assert (f"(it looks like {like})" in error.value.problem.text) is bool(like)


@pytest.mark.parametrize("raw", [b"", b"a", b"\0", b"a\0", TEXT.encode(), TEXT.encode("utf-8-sig")])
def test_utf8_is_read_as_it_is(raw: bytes) -> None:
    assert decoded(raw) == raw.decode("utf-8-sig")
