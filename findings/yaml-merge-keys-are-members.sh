#!/bin/sh
# Four YAML readers make of `<<: *base` a member named "<<", without a word; to Jackson any alias is the text "base".
#
# js-yaml 5.5.0, yaml 2.9.1, @apidevtools/swagger-parser 13.0.0, Node 20, and Jackson's YAML 2.20.1 in the jar of npm
# `wiremock` 3.13.2, for Java 17 or newer; SnakeYAML in that jar, js-yaml 4.3.2, @redocly/openapi-core 1.34.24,
# PyYAML 6.0.3 and ruamel.yaml 0.19.1 beside them.
#
# Anchors and merge keys keep a long YAML file short: OpenAPI documents, Compose files, sets of test data. `<<` is of
# YAML 1.1, and who leaves that behind would be expected to reject it. Instead it is a name like any other. js-yaml
# merged up to version 4, and 5 does not; swagger-parser uses version 4, and not the part of it that merges, while
# openapi-core takes that part as well: so two readers of OpenAPI find different operations in one document, the
# one without its responses. Jackson's tree and maps, made from what is parsed piece by piece, have for each
# alias its own name, as a text: the copy of a list or of a number is "base".
#
# Seen of base: &base {retry: 3, wait: 5}: what is read of `*base`, and of {<<: *base, retry: 9}
#   js-yaml 5:      {"retry":3,"wait":5} {"<<":{"retry":3,"wait":5},"retry":9}
#   js-yaml 4:      {"retry":3,"wait":5} {"retry":9,"wait":5}
#   yaml:           {"retry":3,"wait":5} {"<<":{"retry":3,"wait":5},"retry":9}
#   swagger-parser: {"retry":3,"wait":5} {"<<":{"retry":3,"wait":5},"retry":9}
#   openapi-core:   {"retry":3,"wait":5} {"retry":9,"wait":5}
#   PyYAML:         {"retry":3,"wait":5} {"retry":9,"wait":5}
#   ruamel.yaml:    {"retry":3,"wait":5} {"retry":9,"wait":5}
#   SnakeYAML:      {"retry":3,"wait":5} {"retry":9,"wait":5}
#   Jackson:        "base" {"<<":"base","retry":9}
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check pyyaml==6.0.3 ruamel.yaml==0.19.1
(cd "$folder" && npm install --silent --no-audit --no-fund js-yaml@5.5.0 js-yaml-4@npm:js-yaml@4.3.2 yaml@2.9.1 \
    @apidevtools/swagger-parser@13.0.0 @redocly/openapi-core@1.34.24 wiremock@3.13.2 >/dev/null)
jar=$(echo "$folder"/node_modules/wiremock/build/wiremock-standalone-*.jar)
cat >"$folder/read.yaml" <<'YAML'
openapi: 3.0.3
info: {title: Contacts, version: "1"}
paths: {}
x-base: &base {retry: 3, wait: 5}
x-copy: *base
x-merged: {<<: *base, retry: 9}
YAML
cat >"$folder/seen.mjs" <<'NODE'
import fs from "node:fs";
import SwaggerParser from "@apidevtools/swagger-parser";
import { bundle, createConfig } from "@redocly/openapi-core";
import * as five from "js-yaml";
import four from "js-yaml-4";
import YAML from "yaml";

const text = fs.readFileSync("read.yaml", "utf8");
const readers = {
  "js-yaml 5": () => five.load(text),
  "js-yaml 4": () => four.load(text),
  yaml: () => YAML.parse(text),
  "swagger-parser": () => SwaggerParser.parse("read.yaml"),
  "openapi-core": async () => (await bundle({ ref: "read.yaml", config: await createConfig({}) })).bundle.parsed,
};
for (const [name, read] of Object.entries(readers)) {
  const document = await read();
  // in the order of the names, as merging readers differ in that
  const merged = Object.fromEntries(Object.entries(document["x-merged"]).sort());
  console.log(`${name}: ${JSON.stringify(document["x-copy"])} ${JSON.stringify(merged)}`);
}
NODE
cat >"$folder/seen.py" <<'PYTHON'
import json

import ruamel.yaml
import yaml


def text(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


with open("read.yaml") as file:
    source = file.read()
for name, read in (("PyYAML", yaml.safe_load), ("ruamel.yaml", ruamel.yaml.YAML(typ="safe", pure=True).load)):
    document = read(source)
    print(f"{name}:", text(document["x-copy"]), text(document["x-merged"]))
PYTHON
cat >"$folder/Seen.java" <<'JAVA'
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import wiremock.com.fasterxml.jackson.databind.ObjectMapper;
import wiremock.com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import wiremock.org.yaml.snakeyaml.Yaml;

public class Seen {
    static void show(String name, Map<String, Object> document) throws Exception {
        ObjectMapper json = new ObjectMapper();
        var merged = new TreeMap<>((Map<String, Object>) document.get("x-merged"));
        String copy = json.writeValueAsString(document.get("x-copy"));
        System.out.println(name + ": " + copy + " " + json.writeValueAsString(merged));
    }

    public static void main(String[] arguments) throws Exception {
        String text = Files.readString(Path.of("read.yaml"));
        show("SnakeYAML", new Yaml().load(text));
        show("Jackson", new ObjectMapper(new YAMLFactory()).readValue(text, Map.class));
    }
}
JAVA
cd "$folder"
{
    node seen.mjs
    venv/bin/python seen.py
    java -cp "$jar" Seen.java 2>log
} | tee seen
diff - seen <<'EXPECTED'
js-yaml 5: {"retry":3,"wait":5} {"<<":{"retry":3,"wait":5},"retry":9}
js-yaml 4: {"retry":3,"wait":5} {"retry":9,"wait":5}
yaml: {"retry":3,"wait":5} {"<<":{"retry":3,"wait":5},"retry":9}
swagger-parser: {"retry":3,"wait":5} {"<<":{"retry":3,"wait":5},"retry":9}
openapi-core: {"retry":3,"wait":5} {"retry":9,"wait":5}
PyYAML: {"retry":3,"wait":5} {"retry":9,"wait":5}
ruamel.yaml: {"retry":3,"wait":5} {"retry":9,"wait":5}
SnakeYAML: {"retry":3,"wait":5} {"retry":9,"wait":5}
Jackson: "base" {"<<":"base","retry":9}
EXPECTED
