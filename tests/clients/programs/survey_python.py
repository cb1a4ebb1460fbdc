"""``survey_python.py CLIENT METHOD URL CALLS``: calls through one client, whatever comes of it."""

from __future__ import annotations

import http.client
import importlib
import sys
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

HEADERS = {"Content-Type": "application/json"}
Call = Callable[[str, str, "bytes | None"], Any]


def _http_client() -> Call:
    connections: dict[str, http.client.HTTPConnection] = {}

    def call(method: str, url: str, body: bytes | None) -> None:
        parts = urlsplit(url)
        connection = connections.setdefault("it", http.client.HTTPConnection(parts.netloc))
        connection.request(method, parts.path, body, HEADERS)
        connection.getresponse().read()

    return call


def _urllib() -> Call:
    def call(method: str, url: str, body: bytes | None) -> None:
        request = urllib.request.Request(url, body, HEADERS, method=method)
        urllib.request.urlopen(request).read()

    return call


def _requests() -> Call:
    session = importlib.import_module("requests").Session()
    return lambda method, url, body: session.request(method, url, data=body, headers=HEADERS)


def _httpx() -> Call:
    client = importlib.import_module("httpx").Client(trust_env=False)
    return lambda method, url, body: client.request(method, url, content=body, headers=HEADERS)


def _urllib3() -> Call:
    pool = importlib.import_module("urllib3").PoolManager()
    return lambda method, url, body: pool.request(method, url, body=body, headers=HEADERS)


def _httplib2() -> Call:
    client = importlib.import_module("httplib2").Http()
    return lambda method, url, body: client.request(url, method, body, HEADERS)


def _pycurl() -> Call:
    pycurl = importlib.import_module("pycurl")
    handle = pycurl.Curl()

    def call(method: str, url: str, body: bytes | None) -> None:
        handle.setopt(pycurl.URL, url)
        handle.setopt(pycurl.HTTPHEADER, [f"{name}: {HEADERS[name]}" for name in HEADERS])
        if method == "POST":
            handle.setopt(pycurl.POSTFIELDS, body)
        handle.perform()

    return call


def _aiohttp() -> Call:
    asyncio = importlib.import_module("asyncio")
    aiohttp = importlib.import_module("aiohttp")
    loop = asyncio.new_event_loop()
    sessions: list[Any] = []

    async def ask(method: str, url: str, body: bytes | None) -> None:
        if not sessions:
            sessions.append(aiohttp.ClientSession())
        async with sessions[0].request(method, url, data=body, headers=HEADERS) as response:
            await response.read()

    return lambda method, url, body: loop.run_until_complete(ask(method, url, body))


CLIENTS: dict[str, Callable[[], Call]] = {
    "http.client": _http_client,
    "urllib.request": _urllib,
    "requests": _requests,
    "httpx": _httpx,
    "urllib3": _urllib3,
    "httplib2": _httplib2,
    "pycurl": _pycurl,
    "aiohttp": _aiohttp,
}

if __name__ == "__main__":
    client, method, url, calls = sys.argv[1:]
    call = CLIENTS[client]()
    for number in range(int(calls)):
        body = b'{"contact_key": "k%d"}' % number if method == "POST" else None
        with suppress(Exception):
            call(method, url, body)
