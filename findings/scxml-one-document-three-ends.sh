#!/bin/sh
# An SCXML document that tells `order.failed` from the rest ends elsewhere in XState, one that computes in Python.
#
# xstate 4.38.3 (`xstate/lib/scxml`, with xml-js 1.6.11), python-statemachine 3.2.2; @scion-scxml/scxml 4.3.27 beside
# them, Node 20.
#
# The W3C has tests for SCXML, so that an orchestration should take the same way with each that runs it. An event
# descriptor names what begins with it: `order` takes `order.failed` as well, and "paid refused" are two. To XState's
# reader each is one whole name, so the transition for what is left, `*`, is taken instead. It also has a name of its
# own for the end of a state, where `done.state.ask` is due. An error of a condition, which should be an event, ends
# the document with XState. python-statemachine reads the conditions as Python, also where the document says
# `datamodel="ecmascript"`: an empty list is false, "1" is not 1, -7 % 3 is 2, and data that stand in the document
# as JSON are not read. No log tells that another way was taken than the one that was written.
#
# Seen: whether the document ends as the standard says, or in the other state
#                             XState, python-statemachine, SCION
#   event order.failed:       other, yes, yes
#   events "paid refused":    other, yes, yes
#   done.state.ask:           other, yes, yes
#   error of a condition:     error, yes, yes
#   if an empty list:         yes, other, yes
#   '1' == 1:                 yes, other, yes
#   -7 % 3:                   yes, other, yes
#   data in JSON:             error, other, yes
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check python-statemachine==3.2.2
(cd "$folder" && npm install --silent --no-audit --no-fund xstate@4.38.3 xml-js@1.6.11 @scion-scxml/scxml@4.3.27 >/dev/null)
cat >"$folder/documents.py" <<'PYTHON'
import json

HEAD = '<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript" initial="ask">'


def document(state, data=""):
    ends = '<final id="expected"/><final id="other"/>'
    model = f"<datamodel>{data}</datamodel>" if data else ""
    return f"{HEAD}{model}{state}{ends}</scxml>"


def event(name, descriptor):
    raised = f'<onentry><raise event="{name}"/></onentry>'
    return document(f'<state id="ask">{raised}{on(descriptor)}</state>')


def on(descriptor):
    return f'<transition event="{descriptor}" target="expected"/><transition event="*" target="other"/>'


def condition(text, data=""):
    ways = f'<transition cond="{text}" target="expected"/><transition target="other"/>'
    return document(f'<state id="ask">{ways}</state>', data)


inner = '<state id="begun"><transition target="done"/></state><final id="done"/>'
wrong = '<transition cond="nothing.here" target="other"/>'
documents = {
    "event order.failed": event("order.failed", "order"),
    'events "paid refused"': event("refused", "paid refused"),
    "done.state.ask": document(f'<state id="ask" initial="begun">{inner}{on("done.state.ask")}</state>'),
    "error of a condition": document(f'<state id="ask">{wrong}{on("error.execution")}</state>'),
    "if an empty list": condition("list", '<data id="list" expr="[]"/>'),
    "'1' == 1": condition("text == 1", '<data id="text" expr="\'1\'"/>'),
    "-7 % 3": condition("number % 3 == -1", '<data id="number" expr="-7"/>'),
    "data in JSON": condition("order.id == 7", '<data id="order">{"id": 7}</data>'),
}
print(json.dumps(documents))
PYTHON
cat >"$folder/seen.py" <<'PYTHON'
import contextlib
import json
import os
import sys

from statemachine.io.scxml.processor import SCXMLProcessor

seen = {}
for name, text in json.load(open(sys.argv[1])).items():
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        try:
            processor = SCXMLProcessor()
            processor.parse_scxml("document", text)
            seen[name] = ", ".join(state.id for state in processor.start().configuration)
        except Exception:
            seen[name] = "error"
print(json.dumps(seen))
PYTHON
cat >"$folder/seen.cjs" <<'NODE'
const fs = require("node:fs");
const scion = require("@scion-scxml/scxml");
const { interpret } = require("xstate");
const { toMachine } = require("xstate/lib/scxml.js");

for (const method of ["log", "warn", "error"]) console[method] = () => {};
const documents = JSON.parse(fs.readFileSync("documents.json"));
const python = JSON.parse(fs.readFileSync("python.json"));
const wait = () => new Promise((pass) => setTimeout(pass, 200));

async function withXState(text) {
  const service = interpret(toMachine(text, { delimiter: "$" })).start();
  await wait();
  return service.state.toStrings().join(", ");
}

async function withScion(text) {
  const model = await new Promise((pass) => scion.documentStringToModel("http://localhost/", text, (_, made) => pass(made)));
  const prepared = await new Promise((pass) => model.prepare((_, made) => pass(made)));
  const chart = new scion.core.Statechart(prepared);
  chart.on("onError", () => {});
  chart.start();
  await wait();
  return chart.getConfiguration().join(", ");
}

async function main() {
  for (const [name, text] of Object.entries(documents)) {
    const ends = [await withXState(text).catch(() => "error"), python[name], await withScion(text)];
    process.stdout.write(`${name}: ${ends.join(", ").replaceAll("expected", "yes")}\n`);
  }
  process.exit(0);
}

main();
NODE
python3 "$folder/documents.py" >"$folder/documents.json"
"$folder/venv/bin/python" "$folder/seen.py" "$folder/documents.json" >"$folder/python.json"
(cd "$folder" && node seen.cjs) | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
event order.failed: other, yes, yes
events "paid refused": other, yes, yes
done.state.ask: other, yes, yes
error of a condition: error, yes, yes
if an empty list: yes, other, yes
'1' == 1: yes, other, yes
-7 % 3: yes, other, yes
data in JSON: error, other, yes
EXPECTED
