#!/bin/sh
# Python's YAML libraries change what Python's own json.dumps writes: an emoji, a large number, a line end.
#
# PyYAML 6.0.3, its loader in Python and the one of libyaml, ruamel.yaml 0.19.1; js-yaml 5.5.0 and yaml 2.9.1
# (JavaScript) beside them, Node 20.
#
# YAML 1.2 was made so that JSON is YAML, and tools read both with one loader. `json.dumps` writes an emoji
# as two escapes, of which JSON makes one character: PyYAML and ruamel.yaml make a text of two halves, which
# cannot be encoded and fails somewhere else, much later; PyYAML with libyaml rejects it. 1e16 is written
# `1e+16` and 0.0000001 `1e-07`, which to PyYAML are texts. U+0085 between quotes becomes a blank. Tabs as
# indentation are rejected by PyYAML, and taken by PyYAML with libyaml. Both JavaScript libraries read all
# of it as JSON does.
#
# Seen: what is read of what json.dumps wrote
#                         emoji         1e16   0.0000001  U+0085  indent="\t"  {"a":1,"b":[]}
#   PyYAML:               half + half,  text,  text,      blank,  error,       same
#   PyYAML with libyaml:  error,        text,  text,      blank,  same,        same
#   ruamel.yaml:          half + half,  same,  same,      blank,  same,        same
#   js-yaml:              same,         same,  same,      same,   same,        same
#   yaml:                 same,         same,  same,      same,   same,        same
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check PyYAML==6.0.3 ruamel.yaml==0.19.1
cat >"$folder/seen.py" <<'PYTHON'
import json
import sys

import yaml
from ruamel.yaml import YAML

VALUES = ["\U0001f600", 1e16, 0.0000001, {"a": "x\u0085y"}, {"a": {"b": 1}}, {"a": 1, "b": []}]
OPTIONS = [{}, {}, {}, {"ensure_ascii": False}, {"indent": "\t"}, {"separators": (",", ":")}]
texts = [json.dumps(value, **options) for value, options in zip(VALUES, OPTIONS, strict=True)]
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump(texts, file)
LOADERS = {
    "PyYAML": lambda text: yaml.load(text, yaml.SafeLoader),
    "PyYAML with libyaml": lambda text: yaml.load(text, yaml.CSafeLoader),
    "ruamel.yaml": lambda text: YAML(typ="safe", pure=True).load(text),
}


def outcome(load, text, value):
    try:
        found = load(text)
    except Exception:
        return "error"
    if found == value:
        return "same"
    if found == "\ud83d\ude00":
        return "half + half"
    if found == {"a": "x y"}:
        return "blank"
    return "text" if isinstance(found, str) else repr(found)


for name, load in LOADERS.items():
    seen = (outcome(load, text, value) for text, value in zip(texts, VALUES, strict=True))
    print(f"{name}: {', '.join(seen)}")
PYTHON
cat >"$folder/seen.mjs" <<'NODE'
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import * as jsYaml from "js-yaml";
import * as yaml from "yaml";

const texts = JSON.parse(readFileSync("texts.json", "utf8"));
for (const [name, load] of Object.entries({ "js-yaml": jsYaml.load, yaml: yaml.parse })) {
  const seen = texts.map((text) => {
    try {
      return isDeepStrictEqual(load(text), JSON.parse(text)) ? "same" : "different";
    } catch {
      return "error";
    }
  });
  console.log(`${name}: ${seen.join(", ")}`);
}
NODE
(cd "$folder" && npm install --silent --no-audit --no-fund js-yaml@5.5.0 yaml@2.9.1 >/dev/null)
{
    "$folder/venv/bin/python" "$folder/seen.py" "$folder/texts.json"
    (cd "$folder" && node seen.mjs)
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
PyYAML: half + half, text, text, blank, error, same
PyYAML with libyaml: error, text, text, blank, same, same
ruamel.yaml: half + half, same, same, blank, same, same
js-yaml: same, same, same, same, same, same
yaml: same, same, same, same, same, same
EXPECTED
