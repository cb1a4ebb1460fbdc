#!/bin/sh
# Genesys Cloud's Python client makes two segments of an id with a slash; its JavaScript client, one.
#
# PureCloudPlatformClientV2 269.0.0 with urllib3 2.8.0; purecloud-platform-client-v2 262.0.0 (JavaScript), Node 20.
#
# Both are generated from one document, by one vendor, and encode what is put into a path: a blank, a question mark,
# a percent sign. Python's `quote` leaves the slash as it is unless it is told otherwise, and here it is not, so
# an id such as "EU/4711", as other systems have them, asks for what is below the contact "EU". And since neither
# encodes a dot, the deletion of a contact whose id is `..` is a DELETE of /externalcontacts, which both clients'
# libraries make of it before it is sent.
#
# Seen: what arrives below /api/v2/externalcontacts for the deletion of a contact
#   Python:     /contacts/EU/4711 /contacts/EU%204711 /contacts/EU%3F4711 /contacts/EU%252F4711 /
#   JavaScript: /contacts/EU%2F4711 /contacts/EU%204711 /contacts/EU%3F4711 /contacts/EU%252F4711 /
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check PureCloudPlatformClientV2==269.0.0 urllib3==2.8.0
(cd "$folder" && npm install --silent --no-audit --no-fund purecloud-platform-client-v2@262.0.0 >/dev/null)
cat >"$folder/server.mjs" <<'NODE'
// Answers every request, and tells at /seen what the last one asked for.
import http from "node:http";

let seen = "";
const server = http.createServer(({ url }, response) => {
  if (url === "/seen") return response.end(seen);
  seen = url.replace("/api/v2/externalcontacts", "");
  response.writeHead(200, { "Content-Type": "application/json" }).end("{}");
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
NODE
cat >"$folder/seen.py" <<'PYTHON'
import sys
import urllib.request

import PureCloudPlatformClientV2 as genesys

client = genesys.api_client.ApiClient(host=sys.argv[1])
client.access_token = "token"
contacts = genesys.ExternalContactsApi(client)
seen = []
for contact in ("EU/4711", "EU 4711", "EU?4711", "EU%2F4711", ".."):
    contacts.delete_externalcontacts_contact(contact)
    seen.append(urllib.request.urlopen(f"{sys.argv[1]}/seen").read().decode())
print(f"Python: {' '.join(seen)}")
PYTHON
cat >"$folder/seen.mjs" <<'NODE'
import genesys from "purecloud-platform-client-v2";

const client = genesys.ApiClient.instance;
client.config.basePath = process.argv[2];
client.setAccessToken("token");
const contacts = new genesys.ExternalContactsApi();
const seen = [];
for (const contact of ["EU/4711", "EU 4711", "EU?4711", "EU%2F4711", ".."]) {
  await contacts.deleteExternalcontactsContact(contact);
  seen.push(await (await fetch(`${process.argv[2]}/seen`)).text());
}
console.log(`JavaScript: ${seen.join(" ")}`);
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
Python: /contacts/EU/4711 /contacts/EU%204711 /contacts/EU%3F4711 /contacts/EU%252F4711 /
JavaScript: /contacts/EU%2F4711 /contacts/EU%204711 /contacts/EU%3F4711 /contacts/EU%252F4711 /
EXPECTED
