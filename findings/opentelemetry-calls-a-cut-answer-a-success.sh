#!/bin/sh
# To OpenTelemetry an answer that was cut is a success with httpx, aiohttp and Node's http, and a failure with others.
#
# opentelemetry-instrumentation-httpx, -aiohttp-client, -requests and -urllib3 0.66b1 with opentelemetry-sdk 1.45.1,
# httpx 0.28.1, aiohttp 3.14.5, requests 2.34.2 and urllib3 2.8.0; @opentelemetry/instrumentation-http 0.223.0 and
# -instrumentation-undici 0.33.0 with got 14.6.6 and undici 7.30.2, Node 20.
#
# A span is thought to be one request, with how long it took and how it ended, whichever client is measured. It ends at
# the headers with httpx and aiohttp: a body that stalls for half a second took no time, and one that breaks off is
# a 200 without an error, while the program beside it handles an exception. Node's http measures the whole, and
# says the same of a broken one; got, which then tries again, leaves four good spans for one failed call. fetch and
# undici report the error. requests and urllib3 report it too, and what they do not know is a request: the tries of
# a Retry are one span, so that two answers of 503 are nowhere, and all of them arrive with one id in
# `traceparent`, for which the server's spans are siblings that nobody can tell apart.
#
# Seen of a cut answer: requests, the status of their spans; whether a pause in the body counts; of 503, 503, 200:
# requests and the status of their spans, where the client tries again
#   httpx:      1 unset 200; no
#   aiohttp:    1 unset 200; no
#   requests:   1 error; yes; 3 unset 200
#   urllib3:    4 error; yes; 3 unset 200
#   http:       1 unset 200; yes
#   got:        4 unset 200, unset 200, unset 200, unset 200; yes; 3 error 503, error 503, unset 200
#   fetch:      1 error 200; yes
#   RetryAgent: 2 error 200, error 200; yes; 3 error 503, error 503, unset 200
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check opentelemetry-sdk==1.45.1 \
    opentelemetry-instrumentation-httpx==0.66b1 opentelemetry-instrumentation-aiohttp-client==0.66b1 \
    opentelemetry-instrumentation-requests==0.66b1 opentelemetry-instrumentation-urllib3==0.66b1 \
    httpx==0.28.1 aiohttp==3.14.5 requests==2.34.2 urllib3==2.8.0
(cd "$folder" && npm install --silent --no-audit --no-fund @opentelemetry/sdk-trace-base@2.12.1 \
    @opentelemetry/sdk-trace-node@2.12.1 @opentelemetry/instrumentation@0.223.0 \
    @opentelemetry/instrumentation-http@0.223.0 @opentelemetry/instrumentation-undici@0.33.0 got@14.6.6 \
    undici@7.30.2 >/dev/null)
cat >"$folder/seen.py" <<'PYTHON'
import asyncio
import contextlib
import socketserver
import threading
import time

import aiohttp
import httpx
import requests
import urllib3
from opentelemetry import trace
from opentelemetry.instrumentation.aiohttp_client import AioHttpClientInstrumentor
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.instrumentation.urllib3 import URLLib3Instrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

PAUSE = 0.5
exporter = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(exporter))
trace.set_tracer_provider(provider)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


def make_handler(answer, parents):
    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            while head := list(iter(self.rfile.readline, b"\r\n")):
                if head[-1] == b"":
                    return
                parents.extend(line.split(b"-")[2] for line in head if line.lower().startswith(b"traceparent"))
                if not answer(len(parents), self.wfile):
                    return

    return Handler


def cut(_, out):
    out.write(b'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"a":')


def paused(_, out):
    out.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
    time.sleep(PAUSE)
    out.write(b"{}")
    return True


def busy(number, out):
    if number < 3:
        out.write(b"HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n")
    else:
        out.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    return True


def with_httpx(url):
    with httpx.Client(trust_env=False) as client:
        client.get(url)


def with_aiohttp(url):
    async def call():
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            await response.read()

    asyncio.run(call())


def with_requests(url):
    with requests.Session() as session:
        retries = urllib3.Retry(3, status_forcelist=[503])
        session.mount("http://", requests.adapters.HTTPAdapter(max_retries=retries))
        session.get(url)


def with_urllib3(url):
    urllib3.PoolManager(retries=urllib3.Retry(3, status_forcelist=[503])).request("GET", url)


def call(client, answer):
    """Make one call; return the ids of the requests that arrived, and the spans."""
    exporter.clear()
    parents = []
    with Server(("127.0.0.1", 0), make_handler(answer, parents)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with contextlib.suppress(Exception):
            client(f"http://127.0.0.1:{server.server_address[1]}/")
        server.shutdown()
    return parents, exporter.get_finished_spans()


def statuses(spans):
    words = ((span.status.status_code.name.lower(), span.attributes.get("http.status_code")) for span in spans)
    return ", ".join(" ".join(str(word) for word in pair if word) for pair in words)


HTTPXClientInstrumentor().instrument()
AioHttpClientInstrumentor().instrument()
RequestsInstrumentor().instrument()
for client in (with_httpx, with_aiohttp, with_requests, with_urllib3):
    if client is with_urllib3:
        URLLib3Instrumentor().instrument()
    arrived, spans = call(client, cut)
    _, (span,) = call(client, paused)
    counts = "yes" if span.end_time - span.start_time >= PAUSE * 1e9 else "no"
    seen = f"{len(arrived)} {statuses(spans)}; {counts}"
    arrived, spans = call(client, busy)
    if len(arrived) > 1:
        assert len(set(arrived)) == 1, "the requests of one call have several ids"
        seen += f"; {len(arrived)} {statuses(spans)}"
    print(f"{client.__name__.removeprefix('with_')}: {seen}")
PYTHON
cat >"$folder/seen.cjs" <<'NODE'
const http = require("node:http");
const net = require("node:net");
const { InMemorySpanExporter, SimpleSpanProcessor } = require("@opentelemetry/sdk-trace-base");
const { NodeTracerProvider } = require("@opentelemetry/sdk-trace-node");
const { registerInstrumentations } = require("@opentelemetry/instrumentation");
const { HttpInstrumentation } = require("@opentelemetry/instrumentation-http");
const { UndiciInstrumentation } = require("@opentelemetry/instrumentation-undici");

const PAUSE = 500;
const exporter = new InMemorySpanExporter();
new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
registerInstrumentations({ instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()] });

const answers = {
  cut: (number, socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"a":'),
  paused(number, socket) {
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
    setTimeout(() => socket.write("{}"), PAUSE);
  },
  busy(number, socket) {
    const busy = "HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n";
    socket.write(number < 3 ? busy : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
  },
};

/** Make one call; return the number of requests that arrived, and the spans. */
async function call(client, answer) {
  exporter.reset();
  let arrived = 0;
  const server = net.createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", () => answer(++arrived, socket));
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  await client(`http://127.0.0.1:${server.address().port}/`).catch(() => {});
  await new Promise((pass) => setTimeout(pass, 200));
  return [arrived, exporter.getFinishedSpans()];
}

const WORDS = ["unset", "ok", "error"];
const code = ({ attributes }) => attributes["http.response.status_code"] ?? attributes["http.status_code"];
const statuses = (spans) => spans.map((span) => `${WORDS[span.status.code]} ${code(span) ?? ""}`.trim()).join(", ");
const milliseconds = ({ duration }) => duration[0] * 1e3 + duration[1] / 1e6;

async function main() {
  const { default: got } = await import("got");
  const undici = await import("undici");
  const dispatcher = new undici.RetryAgent(new undici.Agent(), { minTimeout: 10 });
  const clients = {
    http: (url) =>
      new Promise((end, error) => {
        http.get(url, (response) => response.on("error", error).on("end", end).resume()).on("error", error);
      }),
    got: (url) => got(url, { retry: { limit: 3, backoffLimit: 10 } }).text(),
    fetch: async (url) => (await fetch(url)).text(),
    RetryAgent: async (url) => (await undici.request(url, { dispatcher })).body.text(),
  };
  for (const [name, client] of Object.entries(clients)) {
    const [cut, cutSpans] = await call(client, answers.cut);
    const [, [span]] = await call(client, answers.paused);
    const counts = milliseconds(span) >= PAUSE - 5 ? "yes" : "no";
    const [busy, busySpans] = await call(client, answers.busy);
    const again = busy > 1 ? `; ${busy} ${statuses(busySpans)}` : "";
    console.log(`${name}: ${cut} ${statuses(cutSpans)}; ${counts}${again}`);
  }
  process.exit(0);
}

main();
NODE
{
    "$folder/venv/bin/python" "$folder/seen.py"
    (cd "$folder" && node seen.cjs)
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
httpx: 1 unset 200; no
aiohttp: 1 unset 200; no
requests: 1 error; yes; 3 unset 200
urllib3: 4 error; yes; 3 unset 200
http: 1 unset 200; yes
got: 4 unset 200, unset 200, unset 200, unset 200; yes; 3 error 503, error 503, unset 200
fetch: 1 error 200; yes
RetryAgent: 2 error 200, error 200; yes; 3 error 503, error 503, unset 200
EXPECTED
