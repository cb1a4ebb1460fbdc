"""What bytes that should be UTF-8 look like instead, judged by their beginning."""

from __future__ import annotations

_SIGNS: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"PK\x03\x04", "a ZIP archive, as workbooks of Excel are"),
    (b"\xff\xfe\0\0", "UTF-32"),
    (b"\0\0\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_LOOKED_AT = 4096
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f")


def resemblance(raw: bytes) -> str:
    """Return what bytes that are not valid UTF-8 look like, or an empty string."""
    for sign, name in _SIGNS:
        if raw.startswith(sign):
            return name
    if raw[:1] == b"\x78" and len(raw) > 1 and int.from_bytes(raw[:2]) % 31 == 0:
        return "deflate"
    if wide := wide_text(raw[:4]):
        return wide
    beginning = raw[:_LOOKED_AT]
    if _CONTROLS.isdisjoint(beginning) and beginning.decode("utf-8", "ignore").isascii():
        return "ISO 8859-1 or Windows-1252"
    return ""


def wide_text(beginning: bytes | str) -> str:
    """Return the encoding of text whose characters take two or four bytes, or an empty string."""
    zeros = [each in (0, "\0") for each in beginning]
    if zeros in ([False, True, True, True], [True, True, True, False]):
        return "UTF-32"
    if zeros in ([False, True, False, True], [True, False, True, False]):
        return "UTF-16"
    return ""
