"""Where a server listens, and what is said where it cannot."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cs_simulator.http import addresses
from cs_simulator.http.addresses import AddressError, bind, url_of

NEEDS_IPV6 = pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")

FREE = "; choose another with --port or CS_SIMULATOR_PORT, or 0 for a free one"
OF_THIS_MACHINE = "; use an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them"


def refused(*hosts: str, port: int = 0) -> str:
    """Return what is said of addresses that cannot be listened on."""
    with pytest.raises(AddressError) as info:
        bind(hosts, port)
    return str(info.value)


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Take the support for some families of addresses away, as a kernel may lack it."""
    real = socket.socket

    def without(*missing: int) -> None:
        def make(family: int = -1, *rest: Any, **more: Any) -> socket.socket:
            if family in missing:
                raise OSError(errno.EAFNOSUPPORT, os.strerror(errno.EAFNOSUPPORT))
            return real(family, *rest, **more)

        monkeypatch.setattr(socket, "socket", make)

    return without


def test_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = refused("127.0.0.1", port=port)
    assert told == f"cannot listen on 127.0.0.1:{port}: Address already in use{FREE}"


def test_address_that_another_option_has_taken() -> None:
    told = refused("0.0.0.0", "127.0.0.1")
    assert told.startswith("cannot listen on 127.0.0.1:")
    assert told.endswith(
        ": Address already in use, by --host 0.0.0.0 of this server; remove one of the two"
    )


def test_address_that_is_given_twice_counts_once() -> None:
    sockets, _ = bind(["127.0.0.1", "127.0.0.1"], 0)
    assert len(sockets) == 1
    sockets[0].close()


def test_address_of_another_machine() -> None:
    assert refused("192.0.2.1") == (
        "cannot listen on 192.0.2.1:0: this machine does not have that address; "
        "use one of its own, or 0.0.0.0 for all"
    )


@pytest.mark.parametrize("host", ["nowhere.invalid", "300.1.1.1", "a..b", "x" * 70])
def test_name_that_no_machine_has(host: str) -> None:
    told = refused(host)
    assert told.startswith(f"cannot listen on {host}:0: ")
    assert told.endswith(OF_THIS_MACHINE)


def test_why_a_name_is_not_one_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    too_long = "x" * 70
    assert refused(too_long) == (
        f"cannot listen on {too_long}:0: not a valid host name{OF_THIS_MACHINE}"
    )

    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert refused("sim.test") == (
        f"cannot listen on sim.test:0: Name or service not known{OF_THIS_MACHINE}"
    )


@pytest.mark.parametrize(
    ("host", "is_figures"), [("127.0.0.1", True), ("::1", True), ("localhost", False)]
)
def test_address_in_figures_is_not_encoded_as_a_name(
    monkeypatch: pytest.MonkeyPatch, host: str, *, is_figures: bool
) -> None:
    """Every start would import what encodes names."""
    asked: list[bytes | str] = []

    def unknown(name: bytes | str, *_: Any, **__: Any) -> None:
        asked.append(name)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    refused(host)
    assert asked == [host.encode() if is_figures else host]


def test_stream_is_wanted_whatever_the_system_names_first(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def reversed_(name: Any, port: int, type: int = 0) -> list[Any]:  # noqa: A002 - its name
        return real(name, port, type=type)[::-1]

    monkeypatch.setattr(socket, "getaddrinfo", reversed_)
    [listening], _ = bind(["127.0.0.1"], 0)
    assert listening.type == socket.SOCK_STREAM
    listening.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may take every port")
def test_port_of_root() -> None:
    told = refused("127.0.0.1", port=1)
    assert "from 1024 on" in told or "in use" in told


def test_port_that_needs_a_permission(monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: Any) -> None:
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(socket.socket, "bind", denied)
    assert refused("127.0.0.1", port=80) == (
        "cannot listen on 127.0.0.1:80: Permission denied; "
        "choose a port from 1024 on with --port, or 0 for a free one"
    )


def test_no_ipv6_here(without: Callable[..., None]) -> None:
    without(socket.AF_INET6)
    assert refused("::", port=8080) == (
        "cannot listen on [::]:8080: this machine has no IPv6; remove the address or use 0.0.0.0"
    )


def test_no_ipv4_here(without: Callable[..., None]) -> None:
    without(socket.AF_INET)
    assert refused("127.0.0.1", port=8080) == (
        "cannot listen on 127.0.0.1:8080: this machine has no IPv4; remove the address or use ::"
    )


def test_port_of_a_server_before_is_free_at_once() -> None:
    """Though the system still keeps the connections that that server closed."""
    with socket.create_server(("127.0.0.1", 0)) as before:
        address = before.getsockname()
        with socket.create_connection(address):
            before.accept()[0].close()
    [again], _ = bind(["127.0.0.1"], address[1])
    again.close()


def test_no_address_of_ipv6_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Containers often speak IPv6 and have no address of it: nobody would find the server."""
    bind_one = socket.socket.bind

    def bound(self: socket.socket, address: Any) -> None:
        if address == ("::1", 0):
            raise OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))
        bind_one(self, address)

    monkeypatch.setattr(socket.socket, "bind", bound)
    listed = tmp_path / "if_inet6"
    monkeypatch.setattr(addresses, "_ADDRESSES", listed)
    for text in (None, ""):
        if text is not None:
            listed.write_text(text)
        assert "this machine has no IPv6" in refused("::", port=8080)
        sockets, left_out = bind(["0.0.0.0", "::"], 0)
        sockets[0].close()
        assert left_out == ["::"]
    listed.write_text("fe800000000000000000000000000001 02 40 20 80 eth0\n")
    sockets, left_out = bind(["::"], 0)
    sockets[0].close()
    assert left_out == []


@NEEDS_IPV6
def test_address_that_can_be_bound_is_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Not every system lists its addresses in a file."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no address of IPv6 here")
    (tmp_path / "if_inet6").touch()
    monkeypatch.setattr(addresses, "_ADDRESSES", tmp_path / "if_inet6")
    sockets, left_out = bind(["::"], 0)
    sockets[0].close()
    assert left_out == []


def test_all_of_a_family_that_is_missing_is_left_out_beside_another(
    without: Callable[..., None],
) -> None:
    without(socket.AF_INET6)
    for hosts in (["0.0.0.0", "::"], ["::", "0.0.0.0"]):
        sockets, left_out = bind(hosts, 0)
        assert [each.family for each in sockets] == [socket.AF_INET]
        assert left_out == ["::"]
        sockets[0].close()


def test_one_address_of_a_family_that_is_missing_is_refused(without: Callable[..., None]) -> None:
    without(socket.AF_INET6)
    assert "[::1]:" in refused("127.0.0.1", "::1")


def test_neither_family(without: Callable[..., None]) -> None:
    without(socket.AF_INET, socket.AF_INET6)
    assert "no IPv6" in refused("0.0.0.0", "::")


@NEEDS_IPV6
def test_both_families_share_a_port() -> None:
    sockets, left_out = bind(["0.0.0.0", "::"], 0)
    assert len({each.getsockname()[1] for each in sockets}) == 1
    assert left_out == []
    for each in sockets:
        each.close()


def test_a_refusal_leaves_nothing_bound() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    refused("127.0.0.1", "192.0.2.1", port=port)
    [again], _ = bind(["127.0.0.1"], port)
    again.close()


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("sim.test", "http://sim.test:80"),
    ],
)
def test_url_is_where_a_client_goes(host: str, url: str) -> None:
    assert url_of(host, 80) == url


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOBUFS, "No buffer space available"), "No buffer space available"),
        (OSError("without a number"), "without a number"),
    ],
)
def test_reason_of_the_system_is_told(
    monkeypatch: pytest.MonkeyPatch, error: OSError, told: str
) -> None:
    class Full(socket.socket):
        def listen(self, _backlog: int = 0, /) -> None:
            raise error

    monkeypatch.setattr(socket, "socket", Full)
    assert refused("127.0.0.1") == f"cannot listen on 127.0.0.1:0: {told}"
