"""Decompress the bodies of recorded responses, within bounds."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType

from cs_simulator.har.exchanges import Headers

MAX_BODY = 64 * 2**20
"""The number of bytes of a body kept for the recording; all bytes are passed on."""
_MOST_MEMBERS = 1_000
"""The maximum number of members of a compressed body; more are kept as they were sent."""


def decoded_body(body: bytes, headers: Headers, notes: list[str]) -> bytes | None:
    """Return a body as HAR wants it: decoded, while the header is kept; None if it is too large."""
    coding = next((value for name, value in headers if name.lower() == "content-encoding"), "")
    coding = coding.strip().lower()
    if not body or coding in ("", "identity"):
        return body
    for bits in _BITS.get(coding, ()):
        with suppress(zlib.error):
            return _unpacked(body, bits)
    notes.append(f"the response's body is as it was sent, in {coding}")
    return body


_BITS: Mapping[str, Sequence[int]] = MappingProxyType(
    {
        "gzip": (zlib.MAX_WBITS | 16,),
        "x-gzip": (zlib.MAX_WBITS | 16,),
        "deflate": (zlib.MAX_WBITS, -zlib.MAX_WBITS),
    }
)
"""The forms of each coding; servers send deflate with its header and without it."""


def _unpacked(body: bytes, bits: int) -> bytes | None:
    """Return what was compressed, in one member or several; None if it is too large to keep.

    Of a body that breaks off, what came of it.
    """
    content = b""
    for _ in range(_MOST_MEMBERS):
        member = zlib.decompressobj(bits)
        content += member.decompress(body, MAX_BODY + 1 - len(content))
        if len(content) > MAX_BODY:
            return None
        body = member.unused_data if bits > zlib.MAX_WBITS else b""
        if not body:
            return content
    raise zlib.error("too many members")
