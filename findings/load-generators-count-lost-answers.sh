#!/bin/sh
# ab counts answers that never came as complete, none as failed; hey and siege do so of those that were cut.
#
# ab of apache2-utils 2.4.71, hey 0.1.4 and siege 4.0.7, all of Debian 12, autocannon 9.0.0; wrk 4.1.0 of Debian 12 and
# loadtest 8.2.1 beside them, Node 20.
#
# Each request is closed without a byte, or within its body. One expects a tool that measures a server to notice. To ab
# a connection that was closed is an answer that ended: its throughput is the better the sooner the server hangs up,
# and the length of a first answer that was cut is what it expects of all. hey asks for the status alone, and
# sums up the bytes that were announced; siege has an availability of 100 %. autocannon has counters for errors and for
# resets, all of which stay 0: of 20 closed connections it says "20 requests", and of 20 that are cut it drops 6
# and reports 6 of the rest. Who compares two servers by these finds the broken one the faster.
#
# Seen of 20 requests: how many count as answered and as failed; of answers without a byte, and of answers cut
#   ab:         20 and 0; 20 and 0
#   hey:        0 and 20; 20 and 0
#   siege:      0 and 20; 20 and 0
#   autocannon: 0 and 0; 6 and 0
#   wrk:        none and some; none and some
#   loadtest:   0 and 20; 0 and 20
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for package in apache2-utils libapr1 libaprutil1 hey siege wrk; do
    apt-get download -qq "$package" 2>&1 | sed '/unsandboxed/d' >&2
done
for package in *.deb; do
    dpkg-deb -x "$package" .
done
npm install --silent --no-audit --no-fund autocannon@9.0.0 loadtest@8.2.1 >/dev/null
cat >seen.py <<'PYTHON'
import json
import os
import re
import socketserver
import subprocess
import threading

CUT = b'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"a":'
libraries = ":".join(root for root, _, names in os.walk("usr/lib") if any(".so" in name for name in names))
environment = os.environ | {"LD_LIBRARY_PATH": f"{libraries}:{os.environ.get('LD_LIBRARY_PATH', '')}", "HOME": "."}


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        while self.rfile.readline() not in (b"\r\n", b""):
            pass
        self.wfile.write(self.server.answer)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 100


def run(*command):
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60).stdout


def number(pattern, text):
    found = re.search(pattern, text)
    return int(found[1]) if found else 0


def ab(url):
    said = run("usr/bin/ab", "-n", "20", "-c", "2", url)
    return number(r"Complete requests: +(\d+)", said), number(r"Failed requests: +(\d+)", said)


def hey(url):
    said = run("usr/bin/hey", "-n", "20", "-c", "2", url)
    return number(r"\[200\]\s+(\d+) responses", said), number(r"Error distribution:\s+\[(\d+)\]", said)


def siege(url):
    said = run("usr/bin/siege", "-b", "-c", "2", "-r", "10", url)
    return number(r'"successful_transactions":\s*(\d+)', said), number(r'"failed_transactions":\s*(\d+)', said)


def autocannon(url):
    said = json.loads(run("npx", "autocannon", "--json", "-a", "20", "-c", "2", url))
    return said["2xx"], said["errors"] + said["timeouts"] + said["resets"] + said["mismatches"] + said["non2xx"]


def wrk(url):
    said = run("usr/bin/wrk", "-t1", "-c2", "-d1s", url)
    return number(r"(\d+) requests in", said) or "none", "some" if number(r"read (\d+),", said) else "none"


def loadtest(url):
    said = run("npx", "loadtest", "-n", "20", "-c", "2", url)
    failed = number(r"Total errors: +(\d+)", said)
    return number(r"Completed requests: +(\d+)", said) - failed, failed


for tool in (ab, hey, siege, autocannon, wrk, loadtest):
    seen = []
    for answer in (b"", CUT):
        with Server(("127.0.0.1", 0), Handler) as server:
            server.answer = answer
            threading.Thread(target=server.serve_forever, daemon=True).start()
            seen.append("{} and {}".format(*tool(f"http://127.0.0.1:{server.server_address[1]}/")))
            server.shutdown()
    print(f"{tool.__name__}: {'; '.join(seen)}")
PYTHON
python3 seen.py | tee seen
diff - seen <<'EXPECTED'
ab: 20 and 0; 20 and 0
hey: 0 and 20; 20 and 0
siege: 0 and 20; 20 and 0
autocannon: 0 and 0; 6 and 0
wrk: none and some; none and some
loadtest: 0 and 20; 0 and 20
EXPECTED
