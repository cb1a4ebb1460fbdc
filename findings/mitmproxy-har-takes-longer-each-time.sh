#!/bin/sh
# Each time that mitmproxy reads a HAR file and writes it, the requests take twice as long, and wait less than nothing.
#
# mitmproxy 11.0.2, the last for Python 3.11.
#
# mitmproxy opens a HAR file like one of its own, and writes one with `hardump`, so it is what one takes to filter a
# recording, or to mask it. It takes the whole time of an exchange for that of sending the request, and again for
# that of receiving the answer. Nothing is left for the wait, which was nearly all of it: that is written as a
# negative number, where HAR has none but -1, for what does not apply, and the sum that goes into `time` is twice
# what it was. `h2`, as browsers write it, becomes HTTP/1.1. A form that has its fields in `params` alone, as HAR
# means it, which has either those or `text`, makes the whole file one that is not valid, the entries before it too.
#
# Seen of an exchange of 50 ms, with send 5, wait 40 and receive 5: time, send, wait and receive after one time, two
# and three; the version for h2; entries written of one with `text` and one with `params`
#   50, 5, 40, 5
#   100, 50, -50, 50
#   200, 100, -100, 100
#   400, 200, -200, 200
#   h2: HTTP/1.1
#   text: 2 of 2
#   params: not read
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check mitmproxy==11.0.2
cat >"$folder/seen.py" <<'PYTHON'
import json
import subprocess
import sys
from pathlib import Path

command, folder = Path(sys.argv[1]), Path(sys.argv[2])


def entry(post, version="HTTP/1.1"):
    body = {"mimeType": "application/x-www-form-urlencoded"} | post
    common = {"httpVersion": version, "cookies": [], "headers": [], "headersSize": -1, "bodySize": -1}
    content = {"size": 2, "mimeType": "application/json", "text": "{}"}
    return {
        "startedDateTime": "2026-11-29T10:00:00.000Z",
        "time": 50,
        "request": common | {"method": "POST", "url": "http://a.example/", "queryString": [], "postData": body},
        "response": common | {"status": 200, "statusText": "OK", "content": content, "redirectURL": ""},
        "cache": {},
        "timings": {"send": 5, "wait": 40, "receive": 5},
    }


def written(*entries):
    read, out = folder / "read.har", folder / "written.har"
    out.unlink(missing_ok=True)
    log = {"version": "1.2", "creator": {"name": "a", "version": "1"}, "entries": entries}
    read.write_text(json.dumps({"log": log}))
    options = ["--set", f"confdir={folder}", "--set", f"hardump={out}"]
    run = subprocess.run([command, "-n", "-r", read, *options], capture_output=True, text=True)
    if run.returncode:
        assert "Please provide a valid HAR file" in run.stdout + run.stderr
        return []
    return json.loads(out.read_text())["log"]["entries"]


def times(entry):
    timings = entry["timings"]
    return [round(time) for time in (entry["time"], timings["send"], timings["wait"], timings["receive"])]


text = {"text": "name=Ada"}
exchange = entry(text)
print(*times(exchange), sep=", ")
for _ in range(3):
    (exchange,) = written(exchange)
    print(*times(exchange), sep=", ")
(exchange,) = written(entry(text, "h2"))
print("h2:", exchange["request"]["httpVersion"])
for name, post in (("text", text), ("params", {"params": [{"name": "name", "value": "Ada"}]})):
    entries = written(entry(text), entry(post))
    print(f"{name}:", f"{len(entries)} of 2" if entries else "not read")
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" "$folder/venv/bin/mitmdump" "$folder" | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
50, 5, 40, 5
100, 50, -50, 50
200, 100, -100, 100
400, 200, -200, 200
h2: HTTP/1.1
text: 2 of 2
params: not read
EXPECTED
