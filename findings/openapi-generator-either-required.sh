#!/bin/sh
# A Python client of openapi-generator sends an empty body where one of two members is required.
#
# openapi-generator-cli 7.26.0 (PyPI), -g python, with a JRE.
#
# JSON Schema says "email or phone is required, and not empty" by an `anyOf` beside the properties of an
# object: `[{required: [email], properties: {email: {type: string, minLength: 1}}}, ...]`. The generator
# makes a class of each alternative, which knows no other member, and of the object a wrapper that holds
# one of them. Its constructor takes every member by name, says nothing, and keeps none of them: the body
# that is sent is empty. Where the alternatives have `required` alone, or there is no `anyOf`, it is sent
# as it was set.
#
# Seen, of Contact(email="a@b.example", name="Ada")
#   anyOf of required:  {}
#   nothing of it:      {"email": "a@b.example", "name": "Ada"}
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check openapi-generator-cli==7.26.0 \
    pydantic==2.12.5 python-dateutil==2.9.0.post0 urllib3==2.6.2 typing-extensions==4.15.0
jar=$(echo "$folder"/venv/lib/*/site-packages/openapi_generator_cli/*.jar)
cat >"$folder/seen.py" <<'PYTHON'
import json
import subprocess
import sys
from pathlib import Path

folder, jar = Path(sys.argv[1]), sys.argv[2]
EITHER = {
    "anyOf": [
        {"required": [name], "properties": {name: {"type": "string", "minLength": 1}}}
        for name in ("email", "phone")
    ]
}
USE = """
import json, warnings
warnings.simplefilter("ignore")
import openapi_client as api
contact = api.Contact(email="a@b.example", name="Ada")
print(json.dumps(api.ApiClient().sanitize_for_serialization(contact) or {}))
"""
for name, more in (("anyOf of required", EITHER), ("nothing of it", {})):
    text = {"type": "string"}
    members = {"email": text, "phone": text, "name": text}
    schema = {"$ref": "#/components/schemas/Contact"}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Contacts", "version": "1"},
        "paths": {
            "/contacts": {
                "post": {
                    "operationId": "create_contact",
                    "requestBody": {"content": {"application/json": {"schema": schema}}},
                    "responses": {"204": {"description": "Done"}},
                }
            }
        },
        "components": {"schemas": {"Contact": {"type": "object", "properties": members, **more}}},
    }
    source, made = folder / "document.json", folder / name.replace(" ", "-")
    source.write_text(json.dumps(document))
    command = ["java", "-jar", jar, "generate", "-i", source, "-g", "python", "-o", made]
    subprocess.run(command, capture_output=True, check=True)
    used = subprocess.run(
        [sys.executable, "-c", USE], cwd=made, capture_output=True, text=True, check=False
    )
    print(f"{name}: {used.stdout.strip() or used.stderr.strip().splitlines()[-1]}")
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" "$folder" "$jar" | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
anyOf of required: {}
nothing of it: {"email": "a@b.example", "name": "Ada"}
EXPECTED
