#!/bin/sh
# pact-python's each_like, "minimum is always 1", takes an empty list, its bool takes "true", its int no -1 in a query.
#
# pact-python 4.2.0 with its core 0.5.12.1; @pact-foundation/pact 16.5.0 beside it, Node 20.
#
# A contract says what a consumer needs, and both libraries check it with one core in Rust, so one expects them to
# agree. JavaScript's `eachLike` writes a minimum of 1 into the contract; Python's writes none unless it is given,
# although its documentation says that it is always 1, so that a contract allows the empty list which it was
# thought to exclude. Python's `bool` writes another kind of matcher, which takes the text "true", too. A list as
# the value of a query parameter becomes a text that looks like one, `["1", "2"]`, where JavaScript means the
# parameter twice. Common to both: an integer of a query has no sign, so -1 is none, though it is one in a body;
# `like({})` takes no member while `like([])` takes elements; a date of yyyy-MM-dd may be 2026-1-1; and a
# regular expression, made for text, takes the number.
#
# Seen: whether the request fulfils the contract
#                                    Python JavaScript
#   each_like(1):     {"a":[]}       yes    no
#   bool(true):       {"a":"true"}   yes    no
#   ["1", "2"]:       ?a=1&a=2       no     yes
#   int(1):           ?a=5           yes    yes
#   int(1):           ?a=-1          no     no
#   int(1):           {"a":-1}       yes    yes
#   int(1):           {"a":1.0}      no     no
#   like({}):         {"a":{"b":1}}  no     no
#   like([]):         {"a":[1]}      yes    yes
#   yyyy-MM-dd:       {"a":"2026-1-1"} yes  yes
#   regex \d+:        {"a":34}       yes    yes
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check pact-python==4.2.0 pact-python-ffi==0.5.12.1
(cd "$folder" && npm install --silent --no-audit --no-fund @pact-foundation/pact@16.5.0 >/dev/null)
cat >"$folder/seen.py" <<'PYTHON'
import sys
import urllib.error
import urllib.request

from pact import Pact, match

CASES = [
    (match.each_like(1), '{"a":[]}'),
    (match.bool(True), '{"a":"true"}'),
    (["1", "2"], "?a=1&a=2"),
    (match.int(1), "?a=5"),
    (match.int(1), "?a=-1"),
    (match.int(1), '{"a":-1}'),
    (match.int(1), '{"a":1.0}'),
    (match.like({}), '{"a":{"b":1}}'),
    (match.like([]), '{"a":[1]}'),
    (match.date("2026-11-29"), '{"a":"2026-1-1"}'),
    (match.regex("12", regex=r"\d+"), '{"a":34}'),
]
for matcher, sent in CASES:
    pact = Pact("consumer", "provider").with_specification("V4")
    asked = pact.upon_receiving("a request")
    query = sent if sent.startswith("?") else ""
    if query:
        asked.with_request("GET", "/").with_query_parameters({"a": matcher}).will_respond_with(200)
    else:
        asked.with_request("POST", "/").with_body({"a": matcher}, "application/json").will_respond_with(200)
    with pact.serve(raises=False) as server:
        body = None if query else sent.encode()
        request = urllib.request.Request(f"{server.url}/{query}", body, {"Content-Type": "application/json"})
        try:
            urllib.request.urlopen(request).close()
            print(f"{sent} yes")
        except urllib.error.HTTPError:
            print(f"{sent} no")
PYTHON
cat >"$folder/seen.mjs" <<'NODE'
import { MatchersV3 as match, PactV4 } from "@pact-foundation/pact";

const cases = [
  [match.eachLike(1), '{"a":[]}'],
  [match.boolean(true), '{"a":"true"}'],
  [["1", "2"], "?a=1&a=2"],
  [match.integer(1), "?a=5"],
  [match.integer(1), "?a=-1"],
  [match.integer(1), '{"a":-1}'],
  [match.integer(1), '{"a":1.0}'],
  [match.like({}), '{"a":{"b":1}}'],
  [match.like([]), '{"a":[1]}'],
  [match.date("yyyy-MM-dd", "2026-11-29"), '{"a":"2026-1-1"}'],
  [match.regex(/\d+/, "12"), '{"a":34}'],
];
for (const [matcher, sent] of cases) {
  const pact = new PactV4({ consumer: "consumer", provider: "provider", dir: process.argv[2], logLevel: "error" });
  const query = sent.startsWith("?") ? sent : "";
  const asked = pact.addInteraction().uponReceiving("a request");
  const answered = query
    ? asked.withRequest("GET", "/", (request) => request.query({ a: matcher })).willRespondWith(200)
    : asked.withRequest("POST", "/", (request) => request.jsonBody({ a: matcher })).willRespondWith(200);
  let status;
  try {
    await answered.executeTest(async ({ url }) => {
      const options = query ? {} : { method: "POST", body: sent, headers: { "Content-Type": "application/json" } };
      status = (await fetch(`${url}/${query}`, options)).status;
    });
  } catch (mismatch) {
    if (status !== 500) throw mismatch;
  }
  console.log(status === 200 ? "yes" : "no");
}
NODE
cd "$folder"
venv/bin/python seen.py >python 2>log || { cat log && exit 1; }
node seen.mjs pacts >javascript 2>log || { cat log && exit 1; }
paste -d ' ' python javascript | tee seen
diff - seen <<'EXPECTED'
{"a":[]} yes no
{"a":"true"} yes no
?a=1&a=2 no yes
?a=5 yes yes
?a=-1 no no
{"a":-1} yes yes
{"a":1.0} no no
{"a":{"b":1}} no no
{"a":[1]} yes yes
{"a":"2026-1-1"} yes yes
{"a":34} yes yes
EXPECTED
