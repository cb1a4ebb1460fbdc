#!/bin/sh
# Of eleven conditions of Arazzo the two programs that run its documents agree on four, on three of them wrongly.
#
# @redocly/cli 2.77.0 (Respect), Node 20; arazzo-runner 0.9.6 (PyPI).
#
# A document of Arazzo says which calls of a service follow each other, and by which conditions a call has succeeded.
# The standard names the operators, among them the logical not and parentheses, and wants texts compared without
# regard to upper and lower case. Neither program does that, and neither knows the not. Respect takes a condition
# that begins with a parenthesis, and a negative number, for an expression that is not valid, so that the call has
# failed. For arazzo-runner nothing equals false or null, and no header any text; but a member that is false, or is
# not there, holds, and the workflow is complete. So what one passes the other fails, and the other way round.
#
# Seen of an answer with {"name": "Ada", "flag": false, "nothing": null, "change": -1, "items": [{"id": 1}, {"id": 2}]}
# and X-Kind: a: whether the condition, all but the last two of which should hold, does with Respect and arazzo-runner
#   $statusCode == 200 && $response.body#/items/1/id == 2: holds, holds
#   $response.body#/name == 'ADA': fails, fails
#   ($statusCode == 404 || $statusCode == 200) && $response.body#/name == 'Ada': fails, holds
#   !($statusCode == 404): fails, fails
#   $response.body#/change == -1: fails, holds
#   $response.body#/flag == false: holds, fails
#   $response.body#/nothing == null: holds, fails
#   $response.header.X-Kind == 'a': holds, fails
#   $method == 'GET': fails, fails
#   $response.body#/flag: fails, holds
#   $response.body#/missing: fails, holds
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check arazzo-runner==0.9.6
(cd "$folder" && npm install --silent --no-audit --no-fund @redocly/cli@2.77.0 >/dev/null)
cat >"$folder/seen.py" <<'PYTHON'
import json
import logging
import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from arazzo_runner import ArazzoRunner

CONTACT = {"name": "Ada", "nothing": None, "flag": False, "change": -1, "items": [{"id": 1}, {"id": 2}]}
BODY = json.dumps(CONTACT).encode()
CONDITIONS = [
    "$statusCode == 200 && $response.body#/items/1/id == 2",
    "$response.body#/name == 'ADA'",
    "($statusCode == 404 || $statusCode == 200) && $response.body#/name == 'Ada'",
    "!($statusCode == 404)",
    "$response.body#/change == -1",
    "$response.body#/flag == false",
    "$response.body#/nothing == null",
    "$response.header.X-Kind == 'a'",
    "$method == 'GET'",
    "$response.body#/flag",
    "$response.body#/missing",
]


class Service(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(BODY)))
        self.send_header("X-Kind", "a")
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *arguments):
        pass


logging.disable()
server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=server.serve_forever, daemon=True).start()
json_answer = {"description": "found", "content": {"application/json": {"schema": {"type": "object"}}}}
service = {
    "openapi": "3.1.0",
    "info": {"title": "service", "version": "1"},
    "servers": [{"url": f"http://127.0.0.1:{server.server_port}"}],
    "paths": {"/contact": {"get": {"operationId": "look", "responses": {"200": json_answer}}}},
}
workflows = [
    {
        "workflowId": f"case{number}",
        "steps": [{"stepId": "look", "operationId": "look", "successCriteria": [{"condition": condition}]}],
    }
    for number, condition in enumerate(CONDITIONS)
]
document = {
    "arazzo": "1.0.1",
    "info": {"title": "workflows", "version": "1"},
    "sourceDescriptions": [{"name": "service", "url": "./openapi.json", "type": "openapi"}],
    "workflows": workflows,
}
for name, content in (("openapi.json", service), ("workflows.arazzo.json", document)):
    with open(name, "w") as file:
        json.dump(content, file)

quiet = os.environ | {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
command = ["node_modules/.bin/redocly", "respect", "workflows.arazzo.json", "--json-output", "respect.json"]
subprocess.run(command, env=quiet, capture_output=True)
(ran,) = json.load(open("respect.json"))["files"].values()
respect = {workflow["workflowId"]: workflow["status"] == "success" for workflow in ran["executedWorkflows"]}
runner = ArazzoRunner.from_arazzo_path("workflows.arazzo.json")
for number, condition in enumerate(CONDITIONS):
    name = f"case{number}"
    completed = runner.execute_workflow(name, {}).status == "workflow_complete"
    print(f"{condition}: {', '.join('holds' if held else 'fails' for held in (respect[name], completed))}")
PYTHON
cd "$folder"
"$folder/venv/bin/python" "$folder/seen.py" | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
$statusCode == 200 && $response.body#/items/1/id == 2: holds, holds
$response.body#/name == 'ADA': fails, fails
($statusCode == 404 || $statusCode == 200) && $response.body#/name == 'Ada': fails, holds
!($statusCode == 404): fails, fails
$response.body#/change == -1: fails, holds
$response.body#/flag == false: holds, fails
$response.body#/nothing == null: holds, fails
$response.header.X-Kind == 'a': holds, fails
$method == 'GET': fails, fails
$response.body#/flag: fails, holds
$response.body#/missing: fails, holds
EXPECTED
