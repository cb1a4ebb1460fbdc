"""Addresses: where a server listens, and the URL at which it is found."""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

_LOOPBACK: Mapping[str, str] = MappingProxyType({"0.0.0.0": "127.0.0.1", "::": "::1"})  # noqa: S104 - not bound here
"""The wildcard address of each family, and the address at which such a server is found."""


BACKLOG = 1024
"""The backlog of connections to be accepted: several hundred clients may come at once."""


_ADDRESSES = Path("/proc/net/if_inet6")
"""Where Linux lists the machine's IPv6 addresses."""


class AddressError(Exception):
    """An address cannot be listened on; the text says which, why, and how to fix it."""


class _NoFamilyError(AddressError):
    """An address family that the machine does not have."""


def url_of(host: str, port: int) -> str:
    """Return the URL of a server; a wildcard address is shown as loopback."""
    return f"http://{_joined(_LOOPBACK.get(host, host), port)}"


def bind(hosts: Sequence[str], port: int) -> tuple[list[socket.socket], list[str]]:
    """Return a listening socket for every host, and the hosts that were left out.

    With port 0 the operating system chooses a port for the first, and the others use the same. A
    wildcard address, ``::`` or ``0.0.0.0``, is left out if the machine does not have its family and
    another address can be used: a container asks for both, wherever it runs.

    Raises :exc:`AddressError` if one cannot be bound; then none is.
    """
    sockets: list[socket.socket] = []
    without: list[str] = []
    missing: AddressError | None = None
    try:
        for host in dict.fromkeys(hosts):
            try:
                listening = _bind_one(host, port, sockets)
            except _NoFamilyError as error:
                if host not in _LOOPBACK:
                    raise
                missing = error
                without.append(host)
                continue
            sockets.append(listening)
            port = listening.getsockname()[1]
        if missing is not None and not sockets:
            raise missing
    except AddressError:
        for each in sockets:
            each.close()
        raise
    return sockets, without


def _bind_one(host: str, port: int, others: Sequence[socket.socket]) -> socket.socket:
    # An address in figures needs none of what encodes names, which every start would import.
    is_figures = host.isascii() and (":" in host or host.replace(".", "").isdigit())
    name = host.encode("ascii") if is_figures else host
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressError(_unresolved(host, port, error)) from None
    family, kind, _, _, address = found[0]
    try:
        listening = socket.socket(family, kind)
        try:
            if sys.platform != "win32":  # pragma: no branch - Windows
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                if host == "::" and _has_no_address():
                    raise OSError(errno.EAFNOSUPPORT, os.strerror(errno.EAFNOSUPPORT))
            listening.bind(address)
            # Two sockets can be bound to one address, but only one of them can listen.
            listening.listen(BACKLOG)
            listening.setblocking(False)
        except OSError:
            listening.close()
            raise
    except OSError as error:
        if error.errno == errno.EAFNOSUPPORT:
            kinds, other = ("IPv6", "0.0.0.0") if family == socket.AF_INET6 else ("IPv4", "::")  # noqa: S104
            text = f"this machine has no {kinds}; remove the address or use {other}"
            raise _NoFamilyError(f"cannot listen on {_joined(host, port)}: {text}") from None
        own = [each.getsockname()[0] for each in others if each.family == family]
        raise AddressError(f"cannot listen on {_joined(host, port)}: {_why(error, own)}") from None
    return listening


def _has_no_address() -> bool:
    """Tell whether the machine supports IPv6 but has no IPv6 address, as in many containers.

    A server could listen on the wildcard address, and would never be found.
    """
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            with suppress(OSError):
                return not _ADDRESSES.read_text(encoding="ascii").strip()
            return True
    return False


def _joined(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _unresolved(host: str, port: int, error: OSError | UnicodeError) -> str:
    why = (isinstance(error, OSError) and error.strerror) or "not a valid host name"
    fix = "use an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them"
    return f"cannot listen on {_joined(host, port)}: {why}; {fix}"


def _why(error: OSError, own: Sequence[str]) -> str:
    """Return what is wrong with an address, and the fix; ``own`` are bound already."""
    text = error.strerror or str(error)
    if error.errno == errno.EADDRINUSE:
        if own:
            return f"{text}, by --host {own[0]} of this server; remove one of the two"
        return f"{text}; choose another with --port or CS_SIMULATOR_PORT, or 0 for a free one"
    if error.errno == errno.EADDRNOTAVAIL:
        return "this machine does not have that address; use one of its own, or 0.0.0.0 for all"
    if error.errno == errno.EACCES:
        return f"{text}; choose a port from 1024 on with --port, or 0 for a free one"
    return text
