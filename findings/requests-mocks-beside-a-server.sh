#!/bin/sh
# With requests-mock a session keeps no cookie and tries nothing again, and a body that is cut is whole.
#
# requests-mock 1.12.1, responses 0.26.3, requests 2.34.2, urllib3 2.8.0.
#
# Both stand in for a server within one process, and one expects that all above the connection is real. It is
# not, and each leaves out something else. requests-mock answers in place of the adapter: the Retry that is
# mounted there is never asked, Content-Length is not compared with the body, HEAD and 204 come with the body
# that was written for them, and `Set-Cookie` reaches the response but not the session, so that a login holds
# for no second request. responses does the first three as a server does, and takes the body that was written
# for HEAD or 204, which a server would not send, for one that was cut.
#
# Seen with a server, with responses, with requests-mock
#   cookie of the second request: a=1, a=1, none
#   requests where 503 is tried again: 4, 4, 1
#   3 bytes of 10: error, error, 'abc'
#   body of HEAD: '', error, 'abc'
#   body of 204: '', error, 'abc'
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    requests==2.34.2 urllib3==2.8.0 responses==0.26.3 requests-mock==1.12.1
cat >"$folder/seen.py" <<'PYTHON'
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import requests
import requests_mock
import responses
from requests.adapters import HTTPAdapter
from urllib3.util import Retry


@contextmanager
def server(method, status, headers, body):
    count = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            count.append(self.headers.get("Cookie", "none"))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body if method == "GET" and status != 204 else b"")

        do_GET = do_HEAD = answer

        def log_message(self, *_):
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}/", lambda: count
    running.shutdown()


@contextmanager
def with_responses(method, status, headers, body):
    with responses.RequestsMock() as mock:
        mock.add(
            method,
            "http://127.0.0.1:1/",
            status=status,
            headers=headers,
            body=body,
            auto_calculate_content_length="Content-Length" not in headers,
        )
        yield "http://127.0.0.1:1/", lambda: [c.request.headers.get("Cookie", "none") for c in mock.calls]


@contextmanager
def with_requests_mock(method, status, headers, body):
    with requests_mock.Mocker() as mock:
        mock.request(method, "http://127.0.0.1:1/", status_code=status, headers=headers, content=body)
        yield (
            "http://127.0.0.1:1/",
            lambda: [request.headers.get("Cookie", "none") for request in mock.request_history],
        )


def body(method, url):
    try:
        return repr(requests.request(method, url).text)
    except requests.RequestException:
        return "error"


def second_cookie(url, sent):
    with requests.Session() as session:
        session.get(url)
        session.get(url)
    return sent()[1]


def tries(url, sent):
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=Retry(3, status_forcelist=[503])))
        try:
            session.get(url)
        except requests.exceptions.RetryError:
            pass
    return str(len(sent()))


ROWS = {
    "cookie of the second request": (second_cookie, "GET", 200, {"Set-Cookie": "a=1; Path=/"}, b""),
    "requests where 503 is tried again": (tries, "GET", 503, {}, b""),
    "3 bytes of 10": (lambda url, _: body("GET", url), "GET", 200, {"Content-Length": "10"}, b"abc"),
    "body of HEAD": (lambda url, _: body("HEAD", url), "HEAD", 200, {}, b"abc"),
    "body of 204": (lambda url, _: body("GET", url), "GET", 204, {}, b"abc"),
}
for name, (look, *answer) in ROWS.items():
    seen = []
    for play in (server, with_responses, with_requests_mock):
        with play(*answer) as (url, sent):
            seen.append(look(url, sent))
    print(f"{name}: {', '.join(seen)}")
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
cookie of the second request: a=1, a=1, none
requests where 503 is tried again: 4, 4, 1
3 bytes of 10: error, error, 'abc'
body of HEAD: '', error, 'abc'
body of 204: '', error, 'abc'
EXPECTED
