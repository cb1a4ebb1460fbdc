#!/bin/sh
# nginx hands requests whose hash key is empty to its servers by turns, and not to one of them.
#
# nginx 1.22.1 of Debian 12 (1.22.1-9+deb12u11).
#
# `hash $key` sends requests of one key to one server; the manual says nothing of a key without text,
# and one would think that no text is a key like any other. It is none: such requests go round. So a
# hash of a header or of a part of the path holds together what has a name, and scatters what has none.
#
# Seen: servers that 12 requests with one key reached
#   key a:     1
#   key b:     1
#   empty key: 3
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
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.request import urlopen


def server():
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = str(self.server.server_port).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    found = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=found.serve_forever, daemon=True).start()
    return found.server_port


ports = [server() for _ in range(3)]
free = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
port = free.server_port
free.server_close()
folder = sys.argv[1]
temporary = "".join(
    f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
)
servers = "".join(f"server 127.0.0.1:{each};" for each in ports)
with open(f"{folder}/nginx.conf", "w") as file:
    file.write(
        f"daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;"
        f"events {{}} http {{ access_log off; {temporary}"
        f"upstream three {{ hash $arg_key; {servers} }}"
        f"server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://three; }} }} }}"
    )
nginx = subprocess.Popen(
    [f"{folder}/usr/sbin/nginx", "-e", f"{folder}/begin.log", "-p", folder, "-c", f"{folder}/nginx.conf"],
    stderr=subprocess.DEVNULL,
)
seen = {}
try:
    for _ in range(100):
        try:
            urlopen(f"http://127.0.0.1:{port}/?key=x").read()
            break
        except OSError:
            time.sleep(0.1)
    for key in ("a", "b", ""):
        reached = {urlopen(f"http://127.0.0.1:{port}/?key={key}").read() for _ in range(12)}
        seen[key] = len(reached)
        print(f"{'key ' + key if key else 'empty key'}: {len(reached)}")
finally:
    nginx.terminate()
    nginx.wait()
sys.exit(seen != {"a": 1, "b": 1, "": 3})
PYTHON
python3 seen.py "$folder"
