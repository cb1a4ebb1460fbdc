#!/bin/sh
# A JSON Patch whose `test` fails is carried out all the same by rfc6902, and by halves by fast-json-patch.
#
# rfc6902 5.4.0, fast-json-patch 3.1.1, Node 20; jsonpatch 1.48 (Python) beside them.
#
# RFC 6902 begins a patch with `test` to say "only if it is still so", and stops at the first operation that
# fails; RFC 5789 wants all of a patch or nothing. rfc6902, named after it, raises nothing: it returns a list
# of what each operation came to, goes on after a failure, and the document has been changed in place.
# fast-json-patch stops, and leaves what came before the failure, in the document that it was handed. It takes
# operations that must fail as well (`replace` of what is not there, `add` beyond the end) unless it is
# called with `validate`, and then stops at them in the middle. jsonpatch works on a copy, unless it is told
# `in_place`.
#
# Seen: what is left of the document, ! where an error is raised, of
#   {"a":1} after test /a is 2, replace /a by 3
#   {"a":1} after replace /a by 3, test /a is 2
#   {"a":1} after replace /a by 3, replace /b by 4
#   [1] after add /0 of 0, add /5 of 6
#   rfc6902:                   {"a":3} {"a":3} {"a":3} [0,1]
#   fast-json-patch:           {"a":1}! {"a":3}! {"a":3,"b":4} [0,1,6]
#   fast-json-patch, validate: {"a":1}! {"a":3}! {"a":3}! [0,1]!
#   jsonpatch:                 {"a":1}! {"a":1}! {"a":1}! [1]!
#   jsonpatch, in_place:       {"a":1}! {"a":3}! {"a":3}! [0,1]!
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check jsonpatch==1.48
(cd "$folder" && npm install --silent --no-audit --no-fund rfc6902@5.4.0 fast-json-patch@3.1.1 >/dev/null)
cat >"$folder/cases.json" <<'JSON'
[
  [{"a": 1}, [{"op": "test", "path": "/a", "value": 2}, {"op": "replace", "path": "/a", "value": 3}]],
  [{"a": 1}, [{"op": "replace", "path": "/a", "value": 3}, {"op": "test", "path": "/a", "value": 2}]],
  [{"a": 1}, [{"op": "replace", "path": "/a", "value": 3}, {"op": "replace", "path": "/b", "value": 4}]],
  [[1], [{"op": "add", "path": "/0", "value": 0}, {"op": "add", "path": "/5", "value": 6}]]
]
JSON
cat >"$folder/seen.mjs" <<'NODE'
import fs from "node:fs";
import fast from "fast-json-patch";
import { applyPatch } from "rfc6902";

const libraries = {
  rfc6902: applyPatch,
  "fast-json-patch": (document, patch) => fast.applyPatch(document, patch),
  "fast-json-patch, validate": (document, patch) => fast.applyPatch(document, patch, true),
};
for (const [name, apply] of Object.entries(libraries)) {
  const seen = [];
  for (const [document, patch] of JSON.parse(fs.readFileSync(process.argv[2]))) {
    let raised = "";
    try {
      apply(document, patch);
    } catch {
      raised = "!";
    }
    seen.push(JSON.stringify(document) + raised);
  }
  console.log(`${name}: ${seen.join(" ")}`);
}
NODE
cat >"$folder/seen.py" <<'PYTHON'
import json
import sys

import jsonpatch

for name, options in (("jsonpatch", {}), ("jsonpatch, in_place", {"in_place": True})):
    seen = []
    for document, patch in json.load(open(sys.argv[1])):
        raised = ""
        try:
            jsonpatch.apply_patch(document, patch, **options)
        except jsonpatch.JsonPatchException:
            raised = "!"
        seen.append(json.dumps(document, separators=(",", ":")) + raised)
    print(f"{name}: {' '.join(seen)}")
PYTHON
{
    (cd "$folder" && node seen.mjs cases.json)
    "$folder/venv/bin/python" "$folder/seen.py" "$folder/cases.json"
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
rfc6902: {"a":3} {"a":3} {"a":3} [0,1]
fast-json-patch: {"a":1}! {"a":3}! {"a":3,"b":4} [0,1,6]
fast-json-patch, validate: {"a":1}! {"a":3}! {"a":3}! [0,1]!
jsonpatch: {"a":1}! {"a":1}! {"a":1}! [1]!
jsonpatch, in_place: {"a":1}! {"a":3}! {"a":3}! [0,1]!
EXPECTED
