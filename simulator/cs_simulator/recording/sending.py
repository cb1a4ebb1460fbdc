"""Send requests to a real server, one at a time, and record each whatever happens."""

from __future__ import annotations

import base64
import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cs_simulator.clock import stopwatch, system_time
from cs_simulator.har.exchanges import (
    Header,
    RecordedExchange,
    RecordedRequest,
    RecordedResponse,
)
from cs_simulator.recording.decoding import decoded_body


class NoServerError(Exception):
    """No request reaches the server; the text says why, and how to fix it."""


@dataclass(frozen=True, slots=True)
class Trust:
    """Which certificates are accepted."""

    ca_file: Path | None = None
    insecure: bool = False

    def context(self) -> ssl.SSLContext:
        """Return the context that checks the certificate of a server.

        Raises :exc:`NoServerError` if the file of authorities cannot be read.
        """
        try:
            context = ssl.create_default_context(cafile=self.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise NoServerError(
                f"cannot read {self.ca_file} as PEM certificates: {error}"
            ) from None
        if self.insecure:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


def no_connection(origin: str, error: OSError, timeout: float) -> NoServerError:
    """Return the error for a server that cannot be connected to."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return NoServerError(
            f"the certificate of {origin} is not trusted: {error.verify_message}; pass the "
            "certificate of its authority with --ca-file, or use --insecure to trust any"
        )
    if isinstance(error, ssl.SSLError):
        return NoServerError(
            f"{origin} does not speak TLS: {error.reason or error}; is it http instead?"
        )
    if isinstance(error, TimeoutError):
        return NoServerError(
            f"{origin} does not answer within {timeout:g} s; is the address right?"
        )
    if isinstance(error, socket.gaierror):
        return NoServerError(f"cannot resolve the host of {origin}: {error.strerror}")
    return NoServerError(
        f"cannot connect to {origin}: {error.strerror or error}; is the server running?"
    )


@dataclass(frozen=True, slots=True)
class Sender:
    """How requests are sent."""

    timeout: float = 10.0
    trust: Trust = field(default_factory=Trust)
    headers: tuple[Header, ...] = ()
    """Headers of every request."""

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, number: int
    ) -> RecordedExchange:
        """Send one request and return the exchange; a failed one has no response.

        Raises :exc:`NoServerError` if no connection is possible.
        """
        sent = tuple(Header(name, value) for name, value in headers.items()) + self.headers
        request = RecordedRequest(method, url, sent, body)
        started, begun = system_time(), stopwatch()
        response: RecordedResponse | None = None
        error: str | None = None
        notes: list[str] = []
        try:
            response = self._response(request, notes)
        except TimeoutError:
            error = f"no response within {self.timeout:g} s"
        except (http.client.HTTPException, ConnectionError) as problem:
            error = f"the connection broke: {str(problem) or type(problem).__name__}"
        elapsed = (stopwatch() - begun) * 1000
        return RecordedExchange(number, started, elapsed, request, response, error, tuple(notes))

    def _response(self, request: RecordedRequest, notes: list[str]) -> RecordedResponse:
        parts = urlsplit(request.url)
        host, port = parts.hostname or "", parts.port
        connection: http.client.HTTPConnection
        if parts.scheme == "https":
            connection = http.client.HTTPSConnection(
                host, port, timeout=self.timeout, context=self.trust.context()
            )
        else:
            connection = http.client.HTTPConnection(host, port, timeout=self.timeout)
        try:
            try:
                connection.connect()
            except OSError as error:
                raise no_connection(request.origin, error, self.timeout) from None
            body = request.body if request.body or request.method != "GET" else None
            connection.request(request.method, request.target, body, dict(request.headers))
            response = connection.getresponse()
            headers = tuple(Header(name, value) for name, value in response.getheaders())
            body = decoded_body(response.read(), headers, notes)
            return RecordedResponse(response.status, headers, body, response.reason)
        finally:
            connection.close()


def basic(user: str) -> Header:
    """Return the header of Basic authentication for NAME:PASSWORD."""
    return Header("Authorization", f"Basic {base64.b64encode(user.encode()).decode('ascii')}")
