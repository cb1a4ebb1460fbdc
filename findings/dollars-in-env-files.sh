#!/bin/sh
# A secret with a dollar cannot be written in a .env file so that dotenv and dotenv-expand both read it.
#
# dotenv 18.0.10, dotenv-expand 1000.0.0, Node 20 (as for `--env-file`), python-dotenv 1.2.4, django-environ 0.14.0;
# sh beside them.
#
# Tests in several languages share one file with addresses and secrets, and it looks like a piece of shell. In the shell
# single quotes keep a dollar; dotenv-expand, with which many tools of JavaScript read the file, no longer knows of
# the quotes when it looks for names, and wants a backslash within them as well. dotenv and Node leave that
# backslash in the secret. To the two a # ends the value also where no space is before it, so that half a secret
# is sent, while Python's readers and the shell keep it whole; and each reader of Python knows other escapes. Only
# what is in quotes and has neither dollar nor backslash is the same for all.
#
# Seen with USER_NAME=ada: whether the value is read as pa#ss, pa$ss, ada, two lines, and two columns by dotenv,
# dotenv-expand, Node, python-dotenv, django-environ and sh, or what it is instead
#   pa#ss:        "pa", "pa", "pa", yes, yes, yes
#   "pa#ss":      yes, yes, yes, yes, yes, yes
#   'pa#ss':      yes, yes, yes, yes, yes, yes
#   pa$ss:        yes, "pa", yes, yes, yes, "pa"
#   "pa$ss":      yes, "pa", yes, yes, yes, "pa"
#   'pa$ss':      yes, "pa", yes, yes, yes, yes
#   pa\$ss:       "pa\\$ss", yes, "pa\\$ss", "pa\\$ss", "pa\\$ss", yes
#   "pa\$ss":     "pa\\$ss", yes, "pa\\$ss", "pa\\$ss", yes, yes
#   'pa\$ss':     "pa\\$ss", yes, "pa\\$ss", "pa\\$ss", "pa\\$ss", "pa\\$ss"
#   ${USER_NAME}: "${USER_NAME}", yes, "${USER_NAME}", yes, "${USER_NAME}", yes
#   "a\nb":       yes, yes, yes, yes, "a\\nb", "a\\nb"
#   "a\tb":       "a\\tb", "a\\tb", "a\\tb", yes, "a\\tb", "a\\tb"
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check python-dotenv==1.2.4 django-environ==0.14.0
(cd "$folder" && npm install --silent --no-audit --no-fund dotenv@18.0.10 dotenv-expand@1000.0.0 >/dev/null)
cat >"$folder/settings.env" <<'ENV'
HASH1=pa#ss
HASH2="pa#ss"
HASH3='pa#ss'
DOLLAR1=pa$ss
DOLLAR2="pa$ss"
DOLLAR3='pa$ss'
DOLLAR4=pa\$ss
DOLLAR5="pa\$ss"
DOLLAR6='pa\$ss'
NAME=${USER_NAME}
LINES="a\nb"
TAB="a\tb"
ENV
cat >"$folder/seen.mjs" <<'NODE'
import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import dotenv from "dotenv";
import { expand } from "dotenv-expand";

const text = readFileSync("settings.env", "utf8");
const readers = {
  dotenv: dotenv.parse(text),
  "dotenv-expand": expand({ parsed: dotenv.parse(text), processEnv: { USER_NAME: "ada" } }).parsed,
  Node: parseEnv(text),
};
console.log(JSON.stringify(readers));
NODE
cat >"$folder/seen.py" <<'PYTHON'
import json
import os
import subprocess

os.environ["USER_NAME"] = "ada"
import dotenv
import environ

readers = json.loads(subprocess.run(["node", "seen.mjs"], capture_output=True, text=True, check=True).stdout)
readers["python-dotenv"] = dotenv.dotenv_values("settings.env")
environ.Env.read_env("settings.env")
readers["django-environ"] = dict(os.environ)
command = ["sh", "-c", "set -a; . ./settings.env; env -0"]
exported = subprocess.run(command, capture_output=True, text=True, check=True).stdout
readers["sh"] = dict(variable.split("=", 1) for variable in exported.split("\0") if variable)
MEANT = {"HASH": "pa#ss", "DOLLAR": "pa$ss", "NAME": "ada", "LINES": "a\nb", "TAB": "a\tb"}
for line in open("settings.env").read().splitlines():
    name, text = line.split("=", 1)
    meant = MEANT[name.rstrip("123456")]
    seen = ["yes" if read[name] == meant else json.dumps(read[name]) for read in readers.values()]
    print(f"{text}: {', '.join(seen)}")
PYTHON
cd "$folder"
"$folder/venv/bin/python" seen.py | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
pa#ss: "pa", "pa", "pa", yes, yes, yes
"pa#ss": yes, yes, yes, yes, yes, yes
'pa#ss': yes, yes, yes, yes, yes, yes
pa$ss: yes, "pa", yes, yes, yes, "pa"
"pa$ss": yes, "pa", yes, yes, yes, "pa"
'pa$ss': yes, "pa", yes, yes, yes, yes
pa\$ss: "pa\\$ss", yes, "pa\\$ss", "pa\\$ss", "pa\\$ss", yes
"pa\$ss": "pa\\$ss", yes, "pa\\$ss", "pa\\$ss", yes, yes
'pa\$ss': "pa\\$ss", yes, "pa\\$ss", "pa\\$ss", "pa\\$ss", "pa\\$ss"
${USER_NAME}: "${USER_NAME}", yes, "${USER_NAME}", yes, "${USER_NAME}", yes
"a\nb": yes, yes, yes, yes, "a\\nb", "a\\nb"
"a\tb": "a\\tb", "a\\tb", "a\\tb", yes, "a\\tb", "a\\tb"
EXPECTED
