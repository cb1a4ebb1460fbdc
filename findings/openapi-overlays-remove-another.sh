#!/bin/sh
# Told by an overlay to remove the tags a and b of a, b, c and d, openapi-format removes a and c.
#
# openapi-format 1.33.6, openapi-overlays-js 0.2.0, Node 20; oas-patch 0.6.0 beside them.
#
# An overlay changes an OpenAPI document by JSONPath, so that one file serves several tools. openapi-format removes what
# a path selects one after the other, each at the place that it had before the others went: of two neighbours the
# second stays, and the one behind it goes in its stead, though nobody named it. What an overlay appends to a list
# it does not append, and says that it was successful. To openapi-overlays-js a list is an object: what is appended
# becomes a member beside "0" and "1", so that the document is no longer valid; a filter as RFC 9535 has it, without
# brackets round it, is an error there. oas-patch does what the specification of overlays says.
#
# Seen: what is left of the tags a, b, c and d after the removal of all, of those named a or b, and after e was
# appended
#   openapi-format:      b d; b d; a b c d
#   openapi-overlays-js: none; error; an object with 0 1 2 3 name
#   oas-patch:           none; c d; a b c d e
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check oas-patch==0.6.0 PyYAML==6.0.3
(cd "$folder" && npm install --silent --no-audit --no-fund openapi-format@1.33.6 openapi-overlays-js@0.2.0 >/dev/null)
cat >"$folder/seen.py" <<'PYTHON'
import json
import subprocess
import sys
from pathlib import Path

import yaml

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Contacts", "version": "1"},
    "tags": [{"name": name} for name in "abcd"],
    "paths": {},
}
ACTIONS = (
    {"target": "$.tags[*]", "remove": True},
    {"target": "$.tags[?@.name == 'a' || @.name == 'b']", "remove": True},
    {"target": "$.tags", "update": {"name": "e"}},
)
folder = Path(sys.argv[1])
bin = folder / "node_modules" / ".bin"
document, overlay, made = (folder / name for name in ("document.json", "overlay.json", "made.json"))
document.write_text(json.dumps(DOCUMENT))
tools = {
    "openapi-format": [bin / "openapi-format", document, "--overlayFile", overlay, "--no-sort", "-o", made],
    "openapi-overlays-js": [bin / "overlayjs", "--openapi", document, "--overlay", overlay],
    "oas-patch": [folder / "venv" / "bin" / "oas-patch", "overlay", document, overlay, "-o", made],
}


def tags(command, action):
    made.unlink(missing_ok=True)
    overlay.write_text(json.dumps({"overlay": "1.0.0", "info": {"title": "O", "version": "1"}, "actions": [action]}))
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode:
        return "error"
    found = yaml.safe_load(made.read_text() if made.exists() else ran.stdout)["tags"]
    if isinstance(found, dict):
        return "an object with " + " ".join(found)
    return " ".join(tag["name"] for tag in found) or "none"


for name, command in tools.items():
    print(f"{name}: {'; '.join(tags(command, action) for action in ACTIONS)}")
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" "$folder" | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
openapi-format: b d; b d; a b c d
openapi-overlays-js: none; error; an object with 0 1 2 3 name
oas-patch: none; c d; a b c d e
EXPECTED
