"""A small client of Context Services, as a callback desk has one.

It tries again where that helps, waits no longer than it may, and goes on where a caller left off:
a start whose answer was lost is looked for by its contact key, and not simply repeated.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

import requests

CUSTOMER_SUPPORT = 100
WAITING_FOR_AGENT = 4
DELIVERING = 8
SUCCESS = 10


class Unavailable(Exception):  # noqa: N818 - it is no mistake of anyone here
    """Context Services did not answer, or not well, as often as it was tried."""


class Refused(Exception):  # noqa: N818
    """Context Services refused a request; to try again would change nothing."""


class Conversation(NamedTuple):
    """A service of a caller, and whether it was there before."""

    service_id: int
    is_resumed: bool


class Desk:
    """Take calls."""

    def __init__(
        self, base_url: str, *, timeout: float = 2.0, attempts: int = 3, pause: float = 0.01
    ) -> None:
        self._base_url = base_url
        self._timeout = timeout
        self._attempts = attempts
        self._pause = pause

    def answer(self, number: str) -> Conversation:
        """Take a call: go on with the caller's active service, or start one."""
        is_first = True

        def resume_or_start() -> Conversation:
            nonlocal is_first
            tried_before, is_first = not is_first, False
            active = self._active(number)
            if active:
                # What an attempt of this very call has started is no older conversation.
                return Conversation(active[-1]["service_id"], is_resumed=not tried_before)
            body = {"contact_key": number, "service_type": CUSTOMER_SUPPORT}
            started = self._once("POST", "services/start", body)
            return Conversation(started["service_id"], is_resumed=False)

        conversation: Conversation = self._patiently(resume_or_start)
        return conversation

    def deliver(self, service_id: int) -> int:
        """Let an agent take over; return the id of the new state."""
        where = f"services/{service_id}/states"
        waiting = self._patiently(lambda: self._once("GET", f"{where}/active"))
        if waiting:
            body = {"from": {"state_id": waiting[-1]["state_id"]}, "to": {"state_type": DELIVERING}}
            moved = self._once("POST", f"{where}/transition", body)
        else:
            moved = self._once("POST", f"{where}/start", {"state_type": DELIVERING})
        return int(moved["state_id"])

    def finish(self, service_id: int) -> None:
        """End a service well; to end it twice does no harm."""
        body = {"disposition": SUCCESS}
        self._patiently(lambda: self._once("POST", f"services/{service_id}/end", body))

    def _active(self, number: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._once(
            "GET", f"services/anonymous/{quote(number, safe='')}/active"
        )
        return found

    def _patiently(self, do: Callable[[], Any]) -> Any:
        """Do something that may be done again, as often as is allowed."""
        reason: Exception | None = None
        for attempt in range(self._attempts):
            if attempt:
                time.sleep(self._pause)
            try:
                return do()
            except Unavailable as error:
                reason = error
        raise Unavailable(f"tried {self._attempts} times, the last time: {reason}")

    def _once(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        url = f"{self._base_url}/{path}"
        try:
            reply = requests.request(method, url, json=body, timeout=self._timeout)
        except requests.RequestException as error:
            raise Unavailable(type(error).__name__) from error
        if reply.status_code >= 500:
            raise Unavailable(f"{reply.status_code} {reply.reason}")
        if reply.status_code >= 400:
            raise Refused(reply.json()["message"])
        return reply.json() if reply.content else None
