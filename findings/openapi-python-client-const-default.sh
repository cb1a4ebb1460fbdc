#!/bin/sh
# openapi-python-client writes a module that cannot be compiled for an optional boolean constant.
#
# openapi-python-client 0.29.1.
#
# OpenAPI 3.1 takes JSON Schema's `const`. For an optional member `{"const": true}` the generator
# writes `if unique != Trueand not isinstance(unique, Unset):`, without a space, into a client that it
# reports as made. Where ruff is on the PATH, its own step of formatting fails and tells; where it is
# not, the exit code is 0 and the first import of the client raises SyntaxError. `{"type": "boolean"}`
# is written well.
#
# Seen without ruff: exit code, and what compiling the model says
#   {"const": true}:     0, SyntaxError
#   {"type": "boolean"}: 0, compiles
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check openapi-python-client==0.29.1
cat >"$folder/seen.py" <<'PYTHON'
import json
import os
import subprocess
import sys
from pathlib import Path

folder = Path(sys.argv[1])
for number, schema in enumerate(({"const": True}, {"type": "boolean"})):
    key = {"type": "object", "properties": {"unique": schema}}
    reply = {"200": {"description": "OK"}}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Key"}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Keys", "version": "1"},
        "paths": {
            "/keys": {
                "post": {
                    "operationId": "create_key",
                    "requestBody": {"content": content},
                    "responses": reply,
                }
            }
        },
        "components": {"schemas": {"Key": key}},
    }
    source = folder / f"{number}.json"
    source.write_text(json.dumps(document))
    made = folder / f"client{number}"
    command = [f"{folder}/venv/bin/openapi-python-client", "generate"]
    done = subprocess.run(
        [*command, "--path", str(source), "--output-path", str(made)],
        env={**os.environ, "PATH": "/nowhere"},
        capture_output=True,
        check=False,
    )
    [model] = made.rglob("models/key.py")
    try:
        compile(model.read_text(), "key.py", "exec")
        outcome = "compiles"
    except SyntaxError:
        outcome = "SyntaxError"
    print(f"{json.dumps(schema)}: {done.returncode}, {outcome}")
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" "$folder" | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
{"const": true}: 0, SyntaxError
{"type": "boolean"}: 0, compiles
EXPECTED
