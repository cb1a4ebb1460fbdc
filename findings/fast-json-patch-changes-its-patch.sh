#!/bin/sh
# fast-json-patch changes the patch that it applies, so that a second document gets more than the first.
#
# fast-json-patch 3.1.1, Node 20; rfc6902 5.4.0 and jsonpatch 1.48 (Python) beside it.
#
# A patch that adds an empty list and then an element to it is what one writes once, as a constant, for many
# documents. fast-json-patch puts the very list of the patch into the document and then adds to that: the patch
# has an element now, and the next document gets two. `mutateDocument: false`, after which one would think that
# nothing is shared, copies the document alone; both documents have one list, and what is added to one is in the
# other. An index of `01` or `-1`, which RFC 6901 does not allow, is taken for 1, and for nothing at all, without
# an error; with `validate`, `01` is still taken.
#
# Seen: what two documents `{}` become of one patch, and the elements of the first after one is added to the
# second; what `[1,2]` becomes when 9 is added at /01, and at /-1, ! where an error is raised
#   fast-json-patch:                        {"tags":["a"]} {"tags":["a","a"]} 3; [1,9,2] [1,2]
#   fast-json-patch, mutateDocument: false: {"tags":["a"]} {"tags":["a","a"]} 3; [1,9,2] [1,2]
#   fast-json-patch, validate:              {"tags":["a"]} {"tags":["a","a"]} 3; [1,9,2] !
#   rfc6902:                                {"tags":["a"]} {"tags":["a"]} 1; ! !
#   jsonpatch:                              {"tags":["a"]} {"tags":["a"]} 1; ! !
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check jsonpatch==1.48
(cd "$folder" && npm install --silent --no-audit --no-fund rfc6902@5.4.0 fast-json-patch@3.1.1 >/dev/null)
cat >"$folder/seen.mjs" <<'NODE'
import fast from "fast-json-patch";
import { applyPatch } from "rfc6902";

function rfc6902(document, patch) {
  const errors = applyPatch(document, patch).filter(Boolean);
  if (errors.length) throw errors[0];
  return document;
}

const libraries = {
  "fast-json-patch": (document, patch) => fast.applyPatch(document, patch).newDocument,
  "fast-json-patch, mutateDocument: false": (document, patch) =>
    fast.applyPatch(document, patch, false, false).newDocument,
  "fast-json-patch, validate": (document, patch) => fast.applyPatch(document, patch, true).newDocument,
  rfc6902,
};
for (const [name, apply] of Object.entries(libraries)) {
  const patch = [
    { op: "add", path: "/tags", value: [] },
    { op: "add", path: "/tags/-", value: "a" },
  ];
  const first = apply({}, patch);
  const seen = [JSON.stringify(first)];
  const second = apply({}, patch);
  seen.push(JSON.stringify(second));
  second.tags.push("b");
  seen.push(`${first.tags.length};`);
  for (const path of ["/01", "/-1"]) {
    try {
      seen.push(JSON.stringify(apply([1, 2], [{ op: "add", path, value: 9 }])));
    } catch {
      seen.push("!");
    }
  }
  console.log(`${name}: ${seen.join(" ")}`);
}
NODE
cat >"$folder/seen.py" <<'PYTHON'
import json

from jsonpatch import apply_patch
from jsonpointer import JsonPointerException


def text(document):
    return json.dumps(document, separators=(",", ":"))


patch = [{"op": "add", "path": "/tags", "value": []}, {"op": "add", "path": "/tags/-", "value": "a"}]
first = apply_patch({}, patch)
seen = [text(first)]
second = apply_patch({}, patch)
seen.append(text(second))
second["tags"].append("b")
seen.append(f"{len(first['tags'])};")
for path in ("/01", "/-1"):
    try:
        seen.append(text(apply_patch([1, 2], [{"op": "add", "path": path, "value": 9}])))
    except JsonPointerException:
        seen.append("!")
print("jsonpatch:", *seen)
PYTHON
{
    (cd "$folder" && node seen.mjs)
    "$folder/venv/bin/python" "$folder/seen.py"
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
fast-json-patch: {"tags":["a"]} {"tags":["a","a"]} 3; [1,9,2] [1,2]
fast-json-patch, mutateDocument: false: {"tags":["a"]} {"tags":["a","a"]} 3; [1,9,2] [1,2]
fast-json-patch, validate: {"tags":["a"]} {"tags":["a","a"]} 3; [1,9,2] !
rfc6902: {"tags":["a"]} {"tags":["a"]} 1; ! !
jsonpatch: {"tags":["a"]} {"tags":["a"]} 1; ! !
EXPECTED
