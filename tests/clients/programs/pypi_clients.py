"""Libraries from PyPI in their default settings: ``pypi_clients.py NAME`` runs one."""

from __future__ import annotations

import os
import sys

URL = f"{os.environ['CONTEXT_SERVICES_URL']}/services/start"
HEADERS = {"Content-Type": "application/json"}


def httplib2_as_it_is() -> None:
    """httplib2, once."""
    import httplib2  # type: ignore[import-not-found,import-untyped,unused-ignore]

    response, _ = httplib2.Http().request(URL, "POST", '{"contact_key": "a"}', HEADERS)
    assert response.status == 201


def pycurl_as_it_is() -> None:
    """pycurl, twice on one handle, and so on one connection."""
    import pycurl  # type: ignore[import-not-found,import-untyped,unused-ignore]

    handle = pycurl.Curl()
    for key in "ab":
        handle.setopt(pycurl.URL, URL)
        handle.setopt(pycurl.HTTPHEADER, ["Content-Type: application/json"])
        handle.setopt(pycurl.POSTFIELDS, f'{{"contact_key": "{key}"}}')
        handle.perform()
    handle.close()


CLIENTS = {"httplib2": httplib2_as_it_is, "pycurl": pycurl_as_it_is}

if __name__ == "__main__":
    CLIENTS[sys.argv[1]]()
