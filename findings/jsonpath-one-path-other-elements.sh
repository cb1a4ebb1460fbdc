#!/bin/sh
# WireMock's JSONPath takes the slice [0:4:2] for all four; with three of seven libraries a filter of 2 finds "2".
#
# json-path (Jayway's, in the jar of npm `wiremock` 3.13.2, for Java 17 or newer), jsonpath-plus 10.4.0, jsonpath 1.3.0,
# Node 20; jsonpath-ng 1.16.0, jsonpath-rfc9535 1.0.1, python-jsonpath 2.2.2 and json-p3 2.3.1 beside them.
#
# A path that was tried in one tool is written into another: a stub's matcher, an assertion, the extraction of an id.
# Those here are valid by RFC 9535, and no library raises an error; three select something else. Jayway leaves the
# step of a slice out. It takes "2" for 2, though not for more than 1, so that `!= 2` misses a record; so do
# the two that hand a filter to JavaScript. To these, null, 0 and an empty text are not there, and what is missing is
# null; and the last element, `[-1]`, is none. In Jayway a filter of an object is asked of the object itself, where
# the others ask its members, and two that are both missing are not equal.
#
# Seen of items with id 1 and name "a", id 2 and name null, id "2" and name "", and id 3; and of `one`, whose member has
# id 1: the ids for [-1]; [0:4:2]; [?(@.id == 2)]; [?(@.id != 2)]; [?(@.id > 1)]; [?(@.name)];
# [?(@.name == null)]; [?(@.x == @.y)]; and of `one` for [?(@.id == 1)]
#   jsonpath-rfc9535: 3; 1 "2"; 2; 1 "2" 3; 2 3; 1 2 "2"; 2; 1 2 "2" 3; 1
#   python-jsonpath:  the same
#   jsonpath-ng:      the same
#   json-p3:          the same
#   jsonpath-plus:    none; 1 "2"; 2 "2"; 1 3; 2 "2" 3; 1; 2 3; 1 2 "2" 3; 1
#   jsonpath:         none; 1 "2"; 2 "2"; 1 3; 2 "2" 3; 1; 2 3; 1 2 "2" 3; 1
#   Jayway:           3; 1 2 "2" 3; 2 "2"; 1 3; 2 3; 1 2 "2"; 2; none; none
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check jsonpath-ng==1.16.0 jsonpath-rfc9535==1.0.1 \
    python-jsonpath==2.2.2
(cd "$folder" && npm install --silent --no-audit --no-fund jsonpath-plus@10.4.0 jsonpath@1.3.0 json-p3@2.3.1 \
    wiremock@3.13.2 >/dev/null)
jar=$(echo "$folder"/node_modules/wiremock/build/wiremock-standalone-*.jar)
cd "$folder"
cat >document.json <<'JSON'
{
  "items": [{"id": 1, "name": "a"}, {"id": 2, "name": null}, {"id": "2", "name": ""}, {"id": 3}],
  "one": {"item": {"id": 1}}
}
JSON
cat >paths <<'PATHS'
$.items[-1].id
$.items[0:4:2].id
$.items[?(@.id == 2)].id
$.items[?(@.id != 2)].id
$.items[?(@.id > 1)].id
$.items[?(@.name)].id
$.items[?(@.name == null)].id
$.items[?(@.x == @.y)].id
$.one[?(@.id == 1)].id
PATHS
cat >seen.py <<'PYTHON'
import json

import jsonpath
import jsonpath_rfc9535
from jsonpath_ng.ext import parse

with open("document.json") as file:
    document = json.load(file)
with open("paths") as file:
    paths = file.read().splitlines()
libraries = {
    "jsonpath-rfc9535": lambda path: [node.value for node in jsonpath_rfc9535.find(path, document)],
    "python-jsonpath": lambda path: jsonpath.findall(path, document),
    "jsonpath-ng": lambda path: [match.value for match in parse(path).find(document)],
}
for name, find in libraries.items():
    seen = [" ".join(map(json.dumps, find(path))) or "none" for path in paths]
    print(f"{name}: {'; '.join(seen)}")
PYTHON
cat >seen.mjs <<'NODE'
import fs from "node:fs";
import { jsonpath as p3 } from "json-p3";
import jp from "jsonpath";
import { JSONPath } from "jsonpath-plus";

const document = JSON.parse(fs.readFileSync("document.json"));
const paths = fs.readFileSync("paths", "utf8").trim().split("\n");
const libraries = {
  "json-p3": (path) => p3.query(path, document).values(),
  "jsonpath-plus": (path) => JSONPath({ path, json: document }),
  jsonpath: (path) => jp.query(document, path),
};
for (const [name, find] of Object.entries(libraries)) {
  const seen = paths.map((path) => find(path).map((id) => JSON.stringify(id)).join(" ") || "none");
  console.log(`${name}: ${seen.join("; ")}`);
}
NODE
cat >Seen.java <<'JAVA'
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import wiremock.com.jayway.jsonpath.JsonPath;

public class Seen {
    public static void main(String[] arguments) throws Exception {
        String document = Files.readString(Path.of("document.json"));
        List<String> seen = new ArrayList<>();
        for (String path : Files.readAllLines(Path.of("paths"))) {
            Object found = JsonPath.read(document, path);
            List<String> ids = new ArrayList<>();
            for (Object id : found instanceof List<?> list ? list : List.of(found)) {
                ids.add(id instanceof String ? "\"" + id + "\"" : id.toString());
            }
            seen.add(ids.isEmpty() ? "none" : String.join(" ", ids));
        }
        System.out.println("Jayway: " + String.join("; ", seen));
    }
}
JAVA
{
    venv/bin/python seen.py
    node seen.mjs
    java -cp "$jar" Seen.java 2>log
} | tee seen
diff - seen <<'EXPECTED'
jsonpath-rfc9535: 3; 1 "2"; 2; 1 "2" 3; 2 3; 1 2 "2"; 2; 1 2 "2" 3; 1
python-jsonpath: 3; 1 "2"; 2; 1 "2" 3; 2 3; 1 2 "2"; 2; 1 2 "2" 3; 1
jsonpath-ng: 3; 1 "2"; 2; 1 "2" 3; 2 3; 1 2 "2"; 2; 1 2 "2" 3; 1
json-p3: 3; 1 "2"; 2; 1 "2" 3; 2 3; 1 2 "2"; 2; 1 2 "2" 3; 1
jsonpath-plus: none; 1 "2"; 2 "2"; 1 3; 2 "2" 3; 1; 2 3; 1 2 "2" 3; 1
jsonpath: none; 1 "2"; 2 "2"; 1 3; 2 "2" 3; 1; 2 3; 1 2 "2" 3; 1
Jayway: 3; 1 2 "2" 3; 2 "2"; 1 3; 2 3; 1 2 "2"; 2; none; none
EXPECTED
