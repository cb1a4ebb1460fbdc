#!/bin/sh
# Two libraries that compare JSON documents miss that a number became a boolean.
#
# dictdiffer 0.10.0, deepdiff 9.1.0; jsonpatch 1.48 beside them.
#
# Whoever compares documents, such as snapshots of a server, with dictdiffer is told of no difference
# between 1 and true, at any depth: it compares by Python's ==. deepdiff, which names a change of type
# as its strength, names it for a member of an object, and for an element of a list only where the
# order is ignored: otherwise it aligns lists with difflib, to which 1 and True are equal elements.
# jsonpatch, which compares the JSON text of scalars, makes an operation of each.
#
# Seen: differences found for 1 -> true, 0.0 -> false, [1] -> [true], [{"x": 1}] -> [{"x": true}]
#   dictdiffer:             0 0 0 0
#   deepdiff:               1 1 0 1
#   deepdiff, ignore_order: 1 1 1 1
#   jsonpatch:              1 1 1 1
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check dictdiffer==0.10.0 deepdiff==9.1.0 jsonpatch==1.48
cat >"$folder/seen.py" <<'PYTHON'
import dictdiffer
import jsonpatch
from deepdiff import DeepDiff

PAIRS = [(1, True), (0.0, False), ([1], [True]), ([{"x": 1}], [{"x": True}])]
COUNTS = {
    "dictdiffer": lambda old, new: len(list(dictdiffer.diff(old, new))),
    "deepdiff": lambda old, new: sum(map(len, DeepDiff(old, new).values())),
    "deepdiff, ignore_order": lambda old, new: sum(
        map(len, DeepDiff(old, new, ignore_order=True).values())
    ),
    "jsonpatch": lambda old, new: len(jsonpatch.make_patch(old, new).patch),
}
for name, count in COUNTS.items():
    print(f"{name}:", *(count({"a": old}, {"a": new}) for old, new in PAIRS))
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
dictdiffer: 0 0 0 0
deepdiff: 1 1 0 1
deepdiff, ignore_order: 1 1 1 1
jsonpatch: 1 1 1 1
EXPECTED
