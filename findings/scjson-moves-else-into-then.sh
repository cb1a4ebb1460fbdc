#!/bin/sh
# scjson moves what stands in `<else>` into the branch before it, and sorts a block by kinds of element.
#
# scjson 0.4.2 with xsdata-pydantic 24.5, which it needs; python-statemachine 3.2.2 to run the documents.
#
# SCXML is carried out in the order of the document, and the branches of `<if>` are told apart by the empty
# elements `<elseif/>` and `<else/>` between them. scjson writes a document as JSON, for tools that would rather
# read that, and back as SCXML. It keeps the children of an element in one list for each kind: first what is
# raised, then conditions, assignments, logs. So an assignment between two logs comes before both, and what
# stands after `<else/>` is carried out after what stands before it, under the same condition. Nothing is
# reported: both documents are valid, and `scjson validate`, which makes the round trip, is content.
#
# Seen: what the document logs, and the state in which it ends, before and after the way to JSON and back
#   before: 1 2 'then'; taken
#   after:  2 2 'then' 'else'; refused
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check scjson==0.4.2 xsdata-pydantic==24.5 \
    python-statemachine==3.2.2
cat >"$folder/before.scxml" <<'XML'
<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript" initial="asked">
  <datamodel>
    <data id="amount" expr="1"/>
    <data id="answer" expr="'none'"/>
  </datamodel>
  <state id="asked">
    <onentry>
      <log expr="amount"/>
      <assign location="amount" expr="amount + 1"/>
      <log expr="amount"/>
    </onentry>
    <onentry>
      <if cond="amount == 2">
        <log expr="'then'"/>
        <assign location="answer" expr="'yes'"/>
        <else/>
        <log expr="'else'"/>
        <assign location="answer" expr="'no'"/>
      </if>
    </onentry>
    <transition cond="answer == 'yes'" target="taken"/>
    <transition cond="answer == 'no'" target="refused"/>
    <transition target="unknown"/>
  </state>
  <final id="taken"/>
  <final id="refused"/>
  <final id="unknown"/>
</scxml>
XML
cat >"$folder/seen.py" <<'PYTHON'
import contextlib
import io
import sys

from statemachine.io.scxml.processor import SCXMLProcessor

logged = io.StringIO()
with contextlib.redirect_stdout(logged):
    processor = SCXMLProcessor()
    processor.parse_scxml("document", open(sys.argv[1]).read())
    machine = processor.start()
print(f"{' '.join(logged.getvalue().split())}; {', '.join(state.id for state in machine.configuration)}")
PYTHON
"$folder/venv/bin/scjson" json "$folder/before.scxml" -o "$folder/document.json" >/dev/null
"$folder/venv/bin/scjson" xml "$folder/document.json" -o "$folder/after.scxml" >/dev/null
{
    printf 'before: %s\n' "$("$folder/venv/bin/python" "$folder/seen.py" "$folder/before.scxml")"
    printf 'after: %s\n' "$("$folder/venv/bin/python" "$folder/seen.py" "$folder/after.scxml")"
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
before: 1 2 'then'; taken
after: 2 2 'then' 'else'; refused
EXPECTED
