#!/bin/sh
# Genesys Cloud's Python client sends a POST eleven times when its answer is lost, or when Retry-After is there.
#
# PureCloudPlatformClientV2 269.0.0 with urllib3 2.8.0; purecloud-platform-client-v2 262.0.0 (JavaScript) beside it,
# Node 20.
#
# Its manual does not mention that it tries again. The client gives urllib3 a `Retry()` without arguments, of
# which the default is ten, and widens the methods that it holds for, which urllib3 keeps to the
# idempotent ones with care, by POST and PATCH. So a POST that creates a contact and whose answer is lost
# creates it ten times more, within milliseconds; one that is answered 413, 429 or 503 with a Retry-After is
# sent again after each wait, and with `Retry-After: 30` the call takes five minutes before it raises an error.
# After a lost answer that is urllib3's `MaxRetryError` and not the `ApiException` that one handles. The client in
# JavaScript sends each once.
#
# Seen: requests that arrived for one call, and what is raised
#   Python, lost:                       GET 11, PUT 11, POST 11, DELETE 11, MaxRetryError
#   Python, 429 with Retry-After 0:     GET 11, PUT 11, POST 11, DELETE 11, ApiException
#   Python, 503 with Retry-After 0:     GET 11, PUT 11, POST 11, DELETE 11, ApiException
#   Python, 503:                        GET 1, PUT 1, POST 1, DELETE 1, ApiException
#   Python, 500:                        GET 1, PUT 1, POST 1, DELETE 1, ApiException
#   JavaScript, lost:                   GET 1, PUT 1, POST 1, DELETE 1
#   JavaScript, 429 with Retry-After 0: GET 1, PUT 1, POST 1, DELETE 1
#   JavaScript, 503 with Retry-After 0: GET 1, PUT 1, POST 1, DELETE 1
#   JavaScript, 503:                    GET 1, PUT 1, POST 1, DELETE 1
#   JavaScript, 500:                    GET 1, PUT 1, POST 1, DELETE 1
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check PureCloudPlatformClientV2==269.0.0 urllib3==2.8.0
(cd "$folder" && npm install --silent --no-audit --no-fund purecloud-platform-client-v2@262.0.0 >/dev/null)
cat >"$folder/server.mjs" <<'NODE'
// Counts the requests of each method; /answer/WHAT sets what they are answered, and tells the counts so far.
import http from "node:http";

let seen = {};
let answer = "200";
const server = http.createServer((request, response) => {
  if (request.url.startsWith("/answer/")) {
    answer = request.url.slice(8);
    response.end(JSON.stringify(seen));
    seen = {};
    return;
  }
  seen[request.method] = (seen[request.method] ?? 0) + 1;
  request.resume().on("end", () => {
    if (answer === "lost") return request.socket.destroy();
    const [status, seconds] = answer.split("-");
    const wait = seconds ? { "Retry-After": seconds } : {};
    response.writeHead(status, { "Content-Type": "application/json", ...wait }).end("{}");
  });
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
NODE
cat >"$folder/seen.py" <<'PYTHON'
import json
import sys
import urllib.request

import PureCloudPlatformClientV2 as genesys

client = genesys.api_client.ApiClient(host=sys.argv[1])
client.access_token = "token"
contacts = genesys.ExternalContactsApi(client)
calls = {
    "GET": lambda: contacts.get_externalcontacts_contact("1"),
    "PUT": lambda: contacts.put_externalcontacts_contact("1", {"firstName": "Ada"}),
    "POST": lambda: contacts.post_externalcontacts_contacts({"firstName": "Ada"}),
    "DELETE": lambda: contacts.delete_externalcontacts_contact("1"),
}


def set_answer(answer):
    with urllib.request.urlopen(f"{sys.argv[1]}/answer/{answer}") as seen:
        return json.load(seen)


for answer in ("lost", "429-0", "503-0", "503", "500"):
    seen = []
    for method, call in calls.items():
        set_answer(answer)
        try:
            call()
        except Exception as error:
            raised = type(error).__name__
        seen.append(f"{method} {set_answer(answer)[method]}")
    print(f"Python, {answer.replace('-', ' with Retry-After ')}: {', '.join(seen)}, {raised}")
PYTHON
cat >"$folder/seen.mjs" <<'NODE'
import genesys from "purecloud-platform-client-v2";

const client = genesys.ApiClient.instance;
client.config.basePath = process.argv[2];
client.setAccessToken("token");
const contacts = new genesys.ExternalContactsApi();
const calls = {
  GET: () => contacts.getExternalcontactsContact("1"),
  PUT: () => contacts.putExternalcontactsContact("1", { firstName: "Ada" }),
  POST: () => contacts.postExternalcontactsContacts({ firstName: "Ada" }),
  DELETE: () => contacts.deleteExternalcontactsContact("1"),
};
const setAnswer = async (answer) => (await fetch(`${process.argv[2]}/answer/${answer}`)).json();
for (const answer of ["lost", "429-0", "503-0", "503", "500"]) {
  const seen = [];
  for (const [method, call] of Object.entries(calls)) {
    await setAnswer(answer);
    await call().catch(() => {});
    seen.push(`${method} ${(await setAnswer(answer))[method]}`);
  }
  console.log(`JavaScript, ${answer.replace("-", " with Retry-After ")}: ${seen.join(", ")}`);
}
process.exit(0);
NODE
node "$folder/server.mjs" >"$folder/address" &
server=$!
trap 'kill "$server"; rm -rf "$folder"' EXIT
until [ -s "$folder/address" ]; do sleep 0.1; done
{
    "$folder/venv/bin/python" "$folder/seen.py" "$(cat "$folder/address")" 2>/dev/null
    (cd "$folder" && node seen.mjs "$(cat "$folder/address")")
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
Python, lost: GET 11, PUT 11, POST 11, DELETE 11, MaxRetryError
Python, 429 with Retry-After 0: GET 11, PUT 11, POST 11, DELETE 11, ApiException
Python, 503 with Retry-After 0: GET 11, PUT 11, POST 11, DELETE 11, ApiException
Python, 503: GET 1, PUT 1, POST 1, DELETE 1, ApiException
Python, 500: GET 1, PUT 1, POST 1, DELETE 1, ApiException
JavaScript, lost: GET 1, PUT 1, POST 1, DELETE 1
JavaScript, 429 with Retry-After 0: GET 1, PUT 1, POST 1, DELETE 1
JavaScript, 503 with Retry-After 0: GET 1, PUT 1, POST 1, DELETE 1
JavaScript, 503: GET 1, PUT 1, POST 1, DELETE 1
JavaScript, 500: GET 1, PUT 1, POST 1, DELETE 1
EXPECTED
