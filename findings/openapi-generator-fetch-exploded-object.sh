#!/bin/sh
# A TypeScript client of openapi-generator writes an exploded object of the query as `filter[name]=Ada`.
#
# openapi-generator-cli 7.26.0 (PyPI), -g typescript-fetch, with a JRE; typescript 5.9.3, Node 20.
#
# `style: form, explode: true`, which is the default of OpenAPI, says that each member of an object is a
# parameter of its own: `name=Ada`. The client writes it as `style: deepObject` would, and no option of
# the generator changes that; a server that knows no parameter `filter[name]` finds everything or
# refuses. The axios client of the same generator and @hey-api/openapi-ts write `name=Ada`.
#
# Seen, of {filter: {name: "Ada"}}
#   typescript-fetch: /people?filter%5Bname%5D=Ada
#   typescript-axios: /people?name=Ada
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check openapi-generator-cli==7.26.0
jar=$(echo "$folder"/venv/lib/*/site-packages/openapi_generator_cli/*.jar)
cd "$folder"
echo '{"private": true}' >package.json
npm install --no-audit --no-fund --loglevel error typescript@5.9.3 axios@1.21.1 @types/node@20.9.5 \
    >log 2>&1 || cat log
cat >document.json <<'JSON'
{
  "openapi": "3.1.0",
  "info": {"title": "People", "version": "1"},
  "paths": {"/people": {"get": {
    "operationId": "listPeople",
    "parameters": [{
      "name": "filter", "in": "query", "style": "form", "explode": true,
      "schema": {"type": "object", "properties": {"name": {"type": "string"}}}
    }],
    "responses": {"204": {"description": "Done"}}
  }}}
}
JSON
for language in fetch axios; do
    java -jar "$jar" generate -i document.json -g "typescript-$language" -o "$language" >log 2>&1 ||
        cat log
done
cat >seen.ts <<'TS'
import * as http from "http";
import * as viaFetch from "./fetch";
import * as viaAxios from "./axios";

const asked: (string | undefined)[] = [];
const server = http.createServer((request, response) => {
  asked.push(request.url);
  response.writeHead(204).end();
});

server.listen(0, "127.0.0.1", async () => {
  const { port } = server.address() as { port: number };
  const basePath = `http://127.0.0.1:${port}`;
  await new viaFetch.DefaultApi(new viaFetch.Configuration({ basePath })).listPeople({
    filter: { name: "Ada" },
  });
  await new viaAxios.DefaultApi(new viaAxios.Configuration({ basePath })).listPeople({
    name: "Ada",
  });
  server.closeAllConnections();
  server.close();
  console.log(`typescript-fetch: ${asked[0]}\ntypescript-axios: ${asked[1]}`);
});
TS
npx tsc --target es2022 --lib es2022,dom --types node --module commonjs --skipLibCheck \
    --esModuleInterop --outDir out seen.ts
node out/seen.js | tee seen
diff - seen <<'EXPECTED'
typescript-fetch: /people?filter%5Bname%5D=Ada
typescript-axios: /people?name=Ada
EXPECTED
