#!/bin/sh
# Told to try an order again that failed, arazzo-runner goes on to pay for it, and says that the workflow is complete.
#
# arazzo-runner 0.9.6 (PyPI); @redocly/cli 2.77.0 (Respect) beside it, Node 20.
#
# In a document of Arazzo a step may have an action for its failure: to end, to go elsewhere, or to be tried again
# so many times, and when none of them has helped the workflow has failed. Without an action arazzo-runner ends
# there. With `retry` it notes that the step is still to be done, and takes the one after it: nothing is tried again,
# what depends on the step is done without it, and the result is that of a success. So a line that should make a
# workflow sturdier takes its check away. Respect tries again as often as it is told; the header Retry-After, which
# should overrule the time that the document gives, it does not heed.
#
# Seen of a workflow that orders, which the service answers with 503 and `Retry-After: 3`, to be tried again twice after
# 0.1 seconds, and then pays: orders that arrived, whether they waited for 3 seconds, whether it paid, the result
#   Respect, with retry:       3, no, no, failed
#   arazzo-runner, with retry: 1, no, yes, complete
#   Respect, without:          1, no, no, failed
#   arazzo-runner, without:    1, no, no, failed
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
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from arazzo_runner import ArazzoRunner

asked = []


class Service(BaseHTTPRequestHandler):
    def do_POST(self):
        asked.append((self.path, time.monotonic()))
        self.send_response(503 if self.path == "/order" else 200)
        self.send_header("Retry-After", "3")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *arguments):
        pass


def seen(status):
    orders = [at for path, at in asked if path == "/order"]
    waited = len(orders) > 1 and orders[1] - orders[0] > 2.5
    paid = any(path == "/pay" for path, at in asked)
    asked.clear()
    return f"{len(orders)}, {'yes' if waited else 'no'}, {'yes' if paid else 'no'}, {status}"


logging.disable()
server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=server.serve_forever, daemon=True).start()
answers = {"200": {"description": "done"}, "503": {"description": "later"}}
service = {
    "openapi": "3.1.0",
    "info": {"title": "service", "version": "1"},
    "servers": [{"url": f"http://127.0.0.1:{server.server_port}"}],
    "paths": {f"/{name}": {"post": {"operationId": name, "responses": answers}} for name in ("order", "pay")},
}
again = {"name": "again", "type": "retry", "retryAfter": 0.1, "retryLimit": 2}
done = [{"condition": "$statusCode == 200"}]
steps = [
    {"stepId": "order", "operationId": "order", "successCriteria": done, "onFailure": [again]},
    {"stepId": "pay", "operationId": "pay", "successCriteria": done},
]
document = {
    "arazzo": "1.0.1",
    "info": {"title": "workflows", "version": "1"},
    "sourceDescriptions": [{"name": "service", "url": "./openapi.json", "type": "openapi"}],
    "workflows": [{"workflowId": "buy", "steps": steps}],
}
with open("openapi.json", "w") as file:
    json.dump(service, file)

quiet = os.environ | {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
command = ["node_modules/.bin/redocly", "respect", "workflows.arazzo.json"]
for kind, actions in (("with retry", [again]), ("without", [])):
    steps[0]["onFailure"] = actions
    with open("workflows.arazzo.json", "w") as file:
        json.dump(document, file)
    failed = subprocess.run(command, env=quiet, capture_output=True).returncode
    print(f"Respect, {kind}:", seen("failed" if failed else "complete"))
    result = ArazzoRunner.from_arazzo_path("workflows.arazzo.json").execute_workflow("buy", {})
    print(f"arazzo-runner, {kind}:", seen("complete" if result.status == "workflow_complete" else "failed"))
PYTHON
cd "$folder"
"$folder/venv/bin/python" "$folder/seen.py" | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
Respect, with retry: 3, no, no, failed
arazzo-runner, with retry: 1, no, yes, complete
Respect, without: 1, no, no, failed
arazzo-runner, without: 1, no, no, failed
EXPECTED
