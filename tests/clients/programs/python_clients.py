"""Clients as people write them in Python: ``python_clients.py NAME`` runs one against the URL.

The right ones wait, jitter, keep Retry-After, bound their time and repeat only what is safe; each
of the others has one vice.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

URL = f"{os.environ['CONTEXT_SERVICES_URL']}/services/start"
TIMEOUT = 4.0
ATTEMPTS = 8


def asked_wait(header: str | None, otherwise: float) -> float:
    """Return the seconds that a response asks its client to wait."""
    if header is None:
        return otherwise
    if header.isdigit():
        return float(header)
    return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())


def requests_right(retries: int = 6) -> None:
    """requests with urllib3's Retry, which repeats what was refused and nothing that was lost."""
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.util import Retry

    retry = Retry(
        total=None,
        connect=3,
        read=0,
        status=retries,
        redirect=3,
        other=0,
        backoff_factor=0.4,
        status_forcelist=[429, 503],
        allowed_methods=None,
    )
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=retry))
        for number in range(int(os.environ.get("STARTS", "1"))):
            body = {"contact_key": f"a{number}"}
            session.post(URL, json=body, timeout=TIMEOUT).raise_for_status()


def httpx_right(key: str = "a", wait: Callable[[int], float] | None = None) -> None:
    """httpx in a loop of its own, with full jitter over a floor."""
    import httpx

    wait = wait or (lambda number: 0.2 * 2**number * (0.5 + random.random()))
    with httpx.Client(timeout=TIMEOUT, trust_env=False) as client:
        for number in range(ATTEMPTS):
            response = client.post(URL, json={"contact_key": key})
            if response.status_code not in (429, 503):
                response.raise_for_status()
                return
            time.sleep(asked_wait(response.headers.get("Retry-After"), wait(number)))


def tenacity_right() -> None:
    """tenacity around httpx, which tries again what was refused for now."""
    import httpx
    import tenacity

    class BusyError(Exception):
        pass

    @tenacity.retry(
        retry=tenacity.retry_if_exception_type(BusyError),
        wait=tenacity.wait_exponential_jitter(initial=0.3, max=5, jitter=0.5),
        stop=tenacity.stop_after_attempt(ATTEMPTS),
    )
    def start() -> None:
        response = httpx.post(URL, json={"contact_key": "a"}, timeout=TIMEOUT, trust_env=False)
        if response.status_code in (429, 503):
            raise BusyError
        response.raise_for_status()

    start()


def ends() -> None:
    """Start a service and end it."""
    import requests

    service = requests.post(URL, json={"contact_key": "a"}, timeout=TIMEOUT).json()["service_id"]
    end = URL.removesuffix("start") + f"{service}/end"
    requests.post(end, json={}, timeout=TIMEOUT).raise_for_status()


def herd(wait: Callable[[int], float]) -> None:
    """Fifty at once."""
    with ThreadPoolExecutor(50) as pool:
        list(pool.map(lambda number: httpx_right(f"k{number}", wait), range(50)))


def milliseconds() -> None:
    """Vice: Retry-After is taken for milliseconds."""
    import requests

    for _ in range(ATTEMPTS):
        response = requests.post(URL, json={"contact_key": "a"}, timeout=TIMEOUT)
        if response.status_code != 503:
            return
        time.sleep(int(response.headers.get("Retry-After", "100")) / 1000)


def ignores() -> None:
    """Vice: Retry-After is not looked at."""
    import httpx

    for number in range(ATTEMPTS):
        response = httpx.post(URL, json={"contact_key": "a"}, timeout=TIMEOUT, trust_env=False)
        if response.status_code != 503:
            return
        time.sleep(0.1 * 2**number)


def repeats() -> None:
    """Vice: a start whose answer was lost is sent again."""
    import urllib3
    from urllib3.util import Retry

    retry = Retry(total=3, backoff_factor=0.1, allowed_methods=None)
    urllib3.PoolManager(retries=retry).request("POST", URL, json={"contact_key": "a"})


def tenacity_hammers() -> None:
    """Vice: the bare decorator tries again at once, for ever."""
    import httpx
    import tenacity

    with httpx.Client(timeout=TIMEOUT, trust_env=False) as client:

        @tenacity.retry
        def start() -> None:
            client.post(URL, json={"contact_key": "a"}).raise_for_status()

        start()


def hammers() -> None:
    """Vice: what is refused is tried again at once, for ever."""
    import requests

    with requests.Session() as session:
        while session.post(URL, json={"contact_key": "a"}, timeout=TIMEOUT).status_code == 503:
            pass


CLIENTS: dict[str, Callable[[], Any]] = {
    "requests": requests_right,
    "httpx": httpx_right,
    "tenacity": tenacity_right,
    "ends": ends,
    "herd": lambda: herd(lambda number: (1 + number) * random.random() + 0.1),
    "milliseconds": milliseconds,
    "ignores": ignores,
    "repeats": repeats,
    "tenacity-hammers": tenacity_hammers,
    "hammers": hammers,
}

if __name__ == "__main__":
    CLIENTS[sys.argv[1]]()
