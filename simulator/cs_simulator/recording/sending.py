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


def certificate_advice(host: str, error: ssl.SSLCertVerificationError) -> str:
    """Return what is wrong with a certificate, and how to fix it."""
    return (
        f"the certificate of {host} is not trusted: {error.verify_message}; pass the "
        "certificate of its authority with --ca-file, or use --insecure to trust any"
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
        try:
            response = self._response(request)
        except TimeoutError:
            error = f"no response within {self.timeout:g} s"
        except (http.client.HTTPException, ConnectionError) as problem:
            error = f"the connection broke: {str(problem) or type(problem).__name__}"
        elapsed = (stopwatch() - begun) * 1000
        return RecordedExchange(number, started, elapsed, request, response, error)

    def _response(self, request: RecordedRequest) -> RecordedResponse:
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
            _connect(connection, request.origin)
            body = request.body if request.body or request.method != "GET" else None
            connection.request(request.method, request.target, body, dict(request.headers))
            answer = connection.getresponse()
            headers = tuple(Header(name, value) for name, value in answer.getheaders())
            return RecordedResponse(answer.status, headers, answer.read(), answer.reason)
        finally:
            connection.close()


def _connect(connection: http.client.HTTPConnection, origin: str) -> None:
    try:
        connection.connect()
    except ssl.SSLCertVerificationError as error:
        raise NoServerError(certificate_advice(origin, error)) from None
    except ssl.SSLError as error:
        raise NoServerError(
            f"{origin} does not speak TLS: {error.reason or error}; is it http instead?"
        ) from None
    except TimeoutError:
        raise NoServerError(
            f"{origin} does not answer within {connection.timeout:g} s; is the address right?"
        ) from None
    except socket.gaierror as error:
        raise NoServerError(f"cannot resolve the host of {origin}: {error.strerror}") from None
    except OSError as error:
        raise NoServerError(
            f"cannot connect to {origin}: {error.strerror or error}; is the server running?"
        ) from None


def basic(user: str) -> Header:
    """Return the header of Basic authentication for NAME:PASSWORD."""
    return Header("Authorization", f"Basic {base64.b64encode(user.encode()).decode('ascii')}")
