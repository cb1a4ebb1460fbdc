#!/bin/sh
# In JSONPath filters, two Python libraries keep true and 1 apart only at the top level.
#
# jsonpath-rfc9535 1.0.1, python-jsonpath 2.2.2; json-p3 2.3.1 (JavaScript) beside them.
#
# RFC 9535, section 2.3.5.2.2: values of different types are never equal, and arrays and objects are
# equal where their elements are. Both Python libraries guard the scalar case, so `@.a == true` does
# not select 1. Inside an array or an object the guard is gone, since Python compares [1] == [True]
# and {"x": 0} == {"x": False} as equal: the filter `@.a == @.b` selects documents that differ in type.
# json-p3, in JavaScript, whose equality is strict, does not.
#
# Seen:
#   jsonpath-rfc9535: scalar 0, array 1, object 1
#   python-jsonpath:  scalar 0, array 1, object 1
#   json-p3:          scalar 0, array 0, object 0
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check jsonpath-rfc9535==1.0.1 python-jsonpath==2.2.2
cat >"$folder/seen.py" <<'PYTHON'
import jsonpath
import jsonpath_rfc9535

CASES = [
    ("scalar", {"a": 1, "b": True}),
    ("array", {"a": [1], "b": [True]}),
    ("object", {"a": {"x": 0}, "b": {"x": False}}),
]
FINDERS = [
    ("jsonpath-rfc9535", lambda data: jsonpath_rfc9535.find("$[?@.a == @.b]", data)),
    ("python-jsonpath", lambda data: jsonpath.findall("$[?@.a == @.b]", data)),
]
for name, find in FINDERS:
    print(f"{name}:", ", ".join(f"{case} {len(find([item]))}" for case, item in CASES))
PYTHON
cat >"$folder/seen.mjs" <<'NODE'
import { query } from "json-p3";

const cases = {
  scalar: { a: 1, b: true },
  array: { a: [1], b: [true] },
  object: { a: { x: 0 }, b: { x: false } },
};
const counts = Object.entries(cases).map(
  ([name, item]) => `${name} ${query("$[?@.a == @.b]", [item]).values().length}`,
);
console.log(`json-p3: ${counts.join(", ")}`);
NODE
(cd "$folder" && npm install --silent --no-audit --no-fund json-p3@2.3.1 >/dev/null)
{
    "$folder/venv/bin/python" "$folder/seen.py"
    (cd "$folder" && node seen.mjs)
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
jsonpath-rfc9535: scalar 0, array 1, object 1
python-jsonpath: scalar 0, array 1, object 1
json-p3: scalar 0, array 0, object 0
EXPECTED
