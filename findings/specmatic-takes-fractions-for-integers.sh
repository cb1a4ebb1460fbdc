#!/bin/sh
# Specmatic passes a service that answers 1.5 where an integer is due, and an empty list where minItems is 1.
#
# specmatic 2.55.3 (PyPI; a jar for Java 17 or newer); jsonschema 4.26.0 beside it.
#
# Specmatic takes an OpenAPI document for a contract: it tests a service by it, and stands in for one. It allows no
# member that the document does not name, where JSON Schema does; that is in its manual, and lets one think that it
# is strict. But it has one kind of number, so an integer may be a fraction, and int32 as large as it likes. What
# is said of a list, by minItems, maxItems and uniqueItems, is not asked, nor is multipleOf, though maximum,
# maxLength and minProperties are. The 30th of February is a date. Neither the stub nor the test, which says that
# it has passed, tells of a keyword that was left out.
#
# Seen: whether a stub of Specmatic, and jsonschema, take the value; what a test comes to where a service answers it
#   integer 1.5:             yes, no; passed
#   int32 3000000000:        yes, yes; passed
#   minItems 1 []:           yes, no; passed
#   maxItems 1 [1,2]:        yes, no; passed
#   uniqueItems [1,1]:       yes, no; passed
#   multipleOf 5 6:          yes, no; passed
#   date "2026-02-30":       yes, no; passed
#   maximum 10 11:           no, no; failed
#   maxLength 2 "abc":       no, no; failed
#   minProperties 1 {}:      no, no; failed
#   a further member {"a":1}: no, yes; failed
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check jsonschema==4.26.0
"$folder/venv/bin/pip" install -q --disable-pip-version-check --no-deps specmatic==2.55.3
cat >"$folder/seen.py" <<'PYTHON'
import json
import re
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import jsonschema

folder = Path(__file__).parent
(jar,) = folder.glob("venv/lib/*/site-packages/specmatic/core/specmatic.jar")
java = ["java", f"-Duser.home={folder}", "-jar", jar]
integers = {"type": "array", "items": {"type": "integer"}}
CASES = {
    "integer": ({"type": "integer"}, "1.5"),
    "int32": ({"type": "integer", "format": "int32"}, "3000000000"),
    "minItems 1": (integers | {"minItems": 1}, "[]"),
    "maxItems 1": (integers | {"maxItems": 1}, "[1,2]"),
    "uniqueItems": (integers | {"uniqueItems": True}, "[1,1]"),
    "multipleOf 5": ({"type": "integer", "multipleOf": 5}, "6"),
    "date": ({"type": "string", "format": "date"}, '"2026-02-30"'),
    "maximum 10": ({"type": "integer", "maximum": 10}, "11"),
    "maxLength 2": ({"type": "string", "maxLength": 2}, '"abc"'),
    "minProperties 1": (
        {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 1},
        "{}",
    ),
    "a further member": ({"type": "object", "properties": {"b": {"type": "integer"}}}, '{"a":1}'),
}
paths = {f"/{name.split()[0] + str(number)}": case for number, (name, case) in enumerate(CASES.items())}


def written(method):
    operations = {}
    for path, (schema, _) in paths.items():
        holder = {"type": "object", "required": ["value"], "properties": {"value": schema}}
        content = {"content": {"application/json": {"schema": holder}}}
        answer = {"description": "OK"} | (content if method == "get" else {})
        asked = {} if method == "get" else {"requestBody": content | {"required": True}}
        operations[path] = {method: asked | {"responses": {"200": answer}}}
    info = {"title": "Values", "version": "1"}
    file = folder / f"{method}.json"
    file.write_text(json.dumps({"openapi": "3.0.3", "info": info, "paths": operations}))
    return file


def body(path):
    return f'{{"value":{paths[path][1]}}}'.encode()


class Service(BaseHTTPRequestHandler):
    def do_GET(self):
        known = self.path in paths
        answer = body(self.path) if known else b""
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments):
        pass


def stubbed(path, port):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body(path), {"Content-Type": "application/json"})
    try:
        urllib.request.urlopen(request).close()
    except urllib.error.HTTPError as error:
        assert error.code == 400, error
        return "no"
    return "yes"


with socket.create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]
stub = subprocess.Popen(
    [*java, "stub", written("post"), "--port", str(port)], cwd=folder, stdout=subprocess.PIPE, text=True
)
try:
    for line in stub.stdout:
        if "Press Ctrl" in line:
            break
    threading.Thread(target=stub.stdout.read).start()
    time.sleep(1)
    stubs = {path: stubbed(path, port) for path in paths}
finally:
    stub.terminate()

service = ThreadingHTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=service.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{service.server_port}"
tested = subprocess.run(
    [*java, "test", written("get"), "--testBaseURL", url], cwd=folder, capture_output=True, text=True
).stdout
results = dict(re.findall(r"Scenario: GET (\S+) -> 200 has (\w+)", tested))
checker = jsonschema.FormatChecker()
for name, path in zip(CASES, paths):
    schema, value = paths[path]
    valid = jsonschema.Draft202012Validator(schema, format_checker=checker).is_valid(json.loads(value))
    result = {"SUCCEEDED": "passed", "FAILED": "failed"}[results[path]]
    print(f"{name} {value}: {stubs[path]}, {'yes' if valid else 'no'}; {result}")
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
integer 1.5: yes, no; passed
int32 3000000000: yes, yes; passed
minItems 1 []: yes, no; passed
maxItems 1 [1,2]: yes, no; passed
uniqueItems [1,1]: yes, no; passed
multipleOf 5 6: yes, no; passed
date "2026-02-30": yes, no; passed
maximum 10 11: no, no; failed
maxLength 2 "abc": no, no; failed
minProperties 1 {}: no, no; failed
a further member {"a":1}: no, yes; failed
EXPECTED
