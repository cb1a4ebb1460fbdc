#!/bin/sh
# Node's agent heeds `Keep-Alive: timeout=3` only with a timeout of its own, and keeps nothing alive with timeout=1.
#
# Node 20.20's http.Agent, with axios 1.21.1, and fetch; requests 2.34.2, httpx 0.28.1, niquests 3.21.2,
# httplib2 0.32.1, aiohttp 3.14.5, HttpURLConnection and java.net.http of Java 17.
#
# A server that closes connections which have been idle for three seconds says so, in order that no client sends a
# request into one as it closes, which is an error now and then that nobody can repeat. Python's clients and
# java.net.http do not look. Node's agent, with `keepAlive`, does, and takes the shorter of that and its own timeout;
# where it has none that counts as 0, which is the shorter, and means without end. It holds back a second, fetch
# two: a server that says one second, for its tests, gets each request of Node in a connection of its own.
#
# Seen of answers with timeout=1 and timeout=3: connections for three requests, the second 0.2 and the third 3.5
# seconds after the one before it
#   requests:          1, 1
#   httpx:             1, 1
#   niquests:          1, 1
#   httplib2:          1, 1
#   aiohttp:           1, 1
#   fetch:             3, 2
#   axios:             3, 1
#   axios, timeout:    3, 2
#   HttpURLConnection: 2, 2
#   java.net.http:     1, 1
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check requests==2.34.2 httpx==0.28.1 aiohttp==3.14.5 \
    niquests==3.21.2 httplib2==0.32.1
(cd "$folder" && npm install --silent --no-audit --no-fund axios@1.21.1 >/dev/null)
cat >"$folder/seen.mjs" <<'NODE'
import http from "node:http";
import axios from "axios";

const withAgent = (settings) => {
  const client = axios.create({ httpAgent: new http.Agent({ keepAlive: true, ...settings }) });
  return (url) => client.get(url);
};
const clients = {
  fetch: () => async (url) => (await fetch(url)).text(),
  axios: () => withAgent({}),
  "axios,timeout": () => withAgent({ timeout: 60000 }),
};
for (const [name, make] of Object.entries(clients)) {
  const get = make();
  const url = `${process.argv[2]}/${name}`;
  for (const wait of [0, 200, 3500]) {
    await new Promise((passed) => setTimeout(passed, wait));
    await get(url);
  }
}
process.exit(0);
NODE
cat >"$folder/Seen.java" <<'JAVA'
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

public class Seen {
    interface Client {
        void get(URI address) throws Exception;
    }

    static void ask(String address, Client client) throws Exception {
        for (int wait : new int[] {0, 200, 3500}) {
            Thread.sleep(wait);
            client.get(URI.create(address));
        }
    }

    public static void main(String[] arguments) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        ask(arguments[0] + "/HttpURLConnection", address -> {
            try (InputStream body = address.toURL().openStream()) {
                body.readAllBytes();
            }
        });
        ask(arguments[0] + "/java.net.http", address ->
            client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString()));
    }
}
JAVA
cat >"$folder/seen.py" <<'PYTHON'
import asyncio
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import aiohttp
import httplib2
import httpx
import niquests
import requests

HEADERS = ("timeout=1", "timeout=3")


def server_with(header, connections):
    class Service(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            connections.setdefault(self.path.strip("/"), []).append(self.client_address)
            self.send_response(200)
            self.send_header("Connection", "keep-alive")
            self.send_header("Keep-Alive", header)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def with_client(origin, name, get):
    for wait in (0, 0.2, 3.5):
        time.sleep(wait)
        get(f"{origin}/{name}")


async def with_aiohttp(origin):
    async with aiohttp.ClientSession() as session:
        for wait in (0, 0.2, 3.5):
            await asyncio.sleep(wait)
            async with session.get(f"{origin}/aiohttp") as answer:
                await answer.text()


def asked(origin):
    with_client(origin, "requests", requests.Session().get)
    with_client(origin, "httpx", httpx.Client().get)
    with_client(origin, "niquests", niquests.Session().get)
    with_client(origin, "httplib2", httplib2.Http().request)
    asyncio.run(with_aiohttp(origin))
    subprocess.run(["node", "seen.mjs", origin], check=True)
    subprocess.run(["java", "Seen.java", origin], check=True)


seen = {header: {} for header in HEADERS}
runs = [threading.Thread(target=asked, args=[server_with(header, seen[header])]) for header in HEADERS]
for run in runs:
    run.start()
for run in runs:
    run.join()
for name in seen[HEADERS[0]]:
    print(f"{name.replace(',', ', ')}: {', '.join(str(len(set(seen[header][name]))) for header in HEADERS)}")
PYTHON
cd "$folder"
"$folder/venv/bin/python" seen.py | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
requests: 1, 1
httpx: 1, 1
niquests: 1, 1
httplib2: 1, 1
aiohttp: 1, 1
fetch: 3, 2
axios: 3, 1
axios, timeout: 3, 2
HttpURLConnection: 2, 2
java.net.http: 1, 1
EXPECTED
