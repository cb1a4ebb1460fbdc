#!/bin/sh
# One response that is lost blinds nginx for ten seconds, where it has two servers: 502 for everything.
#
# nginx 1.22.1 of Debian 12 (1.22.1-9+deb12u11), its defaults.
#
# Each part is in the manual: a GET whose connection closes is tried on the next server, and a server
# that fails once (`max_fails=1`) is left out for ten seconds. Together they do what nobody expects of
# either: the one request that breaks goes to both servers, both are left out, and from then on every
# request for any path is a 502 that no server ever sees. `max_fails=0` and `proxy_next_upstream off`
# keep it from that; one server instead of two does as well.
#
# Seen: after one GET that two servers close the connection on, five GETs that they would answer
#   defaults:        502 502 502 502 502, of which 0 arrive
#   max_fails=0 and proxy_next_upstream off: 200 200 200 200 200, of which 5 arrive
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
apt-get download -qq nginx=1.22.1-9+deb12u11 2>/dev/null || apt-get download -qq nginx
dpkg-deb -x nginx_*.deb .
cat >seen.py <<'PYTHON'
import subprocess
import sys
import time
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

folder = sys.argv[1]
arrived = []


def server():
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            arrived.append(self.path)
            if self.path == "/lost":
                self.close_connection = True
                return
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    found = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=found.serve_forever, daemon=True).start()
    return found.server_port


def get(port, path):
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    return status


def seen(server_option, location_option):
    free = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    port = free.server_port
    free.server_close()
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    servers = "".join(f"server 127.0.0.1:{server()} {server_option};" for _ in range(2))
    with open(f"{folder}/nginx.conf", "w") as file:
        file.write(
            f"daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;"
            f"events {{}} http {{ access_log off; {temporary} upstream two {{ {servers} }}"
            f"server {{ listen 127.0.0.1:{port};"
            f"location / {{ proxy_pass http://two; {location_option} }} }} }}"
        )
    command = [f"{folder}/usr/sbin/nginx", "-e", f"{folder}/begin.log", "-p", folder]
    nginx = subprocess.Popen([*command, "-c", f"{folder}/nginx.conf"], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                get(port, "/begin")
                break
            except OSError:
                time.sleep(0.1)
        get(port, "/lost")
        arrived.clear()
        return [get(port, "/fine") for _ in range(5)], len(arrived)
    finally:
        nginx.terminate()
        nginx.wait()


both = {
    "defaults": seen("", ""),
    "max_fails=0 and proxy_next_upstream off": seen("max_fails=0", "proxy_next_upstream off;"),
}
for name, (statuses, count) in both.items():
    print(f"{name}: {' '.join(map(str, statuses))}, of which {count} arrive")
sys.exit(list(both.values()) != [([502] * 5, 0), ([200] * 5, 5)])
PYTHON
python3 seen.py "$folder"
