#!/bin/sh
# A second stub for one address is never heard, or takes over, or waits for its turn: so three kinds of tools.
#
# requests-mock 1.12.1 and responses 0.26.3 with requests 2.34.2, respx 0.23.1 with httpx 0.28.1, pytest-httpserver
# 1.2.0; nock 14.0.10, msw 2.15.0, undici 7.30.2, fetch-mock 12.6.0 and axios-mock-adapter 2.1.0 with axios 1.21.1,
# Node 20.
#
# A fixture answers for `/items`, and a test that wants something else there adds a stub of its own. Whether
# that one is ever heard depends on the tool, and within msw and nock on how it is added. With responses it
# follows the first after one request and stays, with nock and undici's MockAgent it does and is gone after
# another. Nor do they agree on what the address is: all four of Python's answer `/items?page=2` from a
# stub for `/items`, none of JavaScript's but msw does; and msw answers `/ITEMS` and `/items/`, requests-mock
# `/ITEMS`, as few servers would.
#
# Seen: answers to four requests after stubs 1 and 2, where - is none; whether a stub for /items answers
# /items?page=2, /ITEMS and /items/
#   requests-mock:      2 2 2 2; yes, yes, no
#   responses:          1 2 2 2; yes, no, no
#   respx:              2 2 2 2; yes, no, no
#   pytest-httpserver:  1 1 1 1; yes, no, no
#   nock:               1 2 - -; no, no, no
#   nock, persist:      1 1 1 1; no, no, no
#   undici's MockAgent: 1 2 - -; no, no, no
#   fetch-mock:         1 1 1 1; no, no, no
#   axios-mock-adapter: 2 2 2 2; no, no, no
#   msw:                1 1 1 1; yes, yes, yes
#   msw, use:           2 2 2 2; yes, yes, yes
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check requests-mock==1.12.1 responses==0.26.3 \
    requests==2.34.2 respx==0.23.1 httpx==0.28.1 pytest-httpserver==1.2.0
(cd "$folder" && npm install --silent --no-audit --no-fund nock@14.0.10 msw@2.15.0 undici@7.30.2 fetch-mock@12.6.0 \
    axios-mock-adapter@2.1.0 axios@1.21.1 >/dev/null)
cat >"$folder/seen.py" <<'PYTHON'
import contextlib

import httpx
import pytest_httpserver
import requests
import requests_mock
import responses
import respx

HOST = "http://stub.test"


@contextlib.contextmanager
def with_requests_mock():
    with requests_mock.Mocker() as stubs:
        yield lambda answer: stubs.get(f"{HOST}/items", text=answer), lambda path: requests.get(HOST + path).text


@contextlib.contextmanager
def with_responses():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as stubs:
        yield lambda answer: stubs.get(f"{HOST}/items", body=answer), lambda path: requests.get(HOST + path).text


@contextlib.contextmanager
def with_respx():
    with respx.mock(assert_all_called=False) as stubs:
        yield lambda answer: stubs.get(f"{HOST}/items").respond(text=answer), lambda path: httpx.get(HOST + path).text


@contextlib.contextmanager
def with_pytest_httpserver():
    with pytest_httpserver.HTTPServer() as server:

        def get(path):
            answer = httpx.get(server.url_for("/").rstrip("/") + path)
            answer.raise_for_status()
            return answer.text

        yield lambda answer: server.expect_request("/items").respond_with_data(answer), get


def answered(get, path):
    try:
        return get(path)
    except Exception:
        return "-"


for tool in (with_requests_mock, with_responses, with_respx, with_pytest_httpserver):
    with tool() as (stub, get):
        stub("1")
        stub("2")
        order = " ".join(answered(get, "/items") for _ in range(4))
    taken = []
    for path in ("/items?page=2", "/ITEMS", "/items/"):
        with tool() as (stub, get):
            stub("1")
            taken.append("yes" if answered(get, path) == "1" else "no")
    print(f"{tool.__name__.removeprefix('with_').replace('_', '-')}: {order}; {', '.join(taken)}")
PYTHON
cat >"$folder/seen.mjs" <<'NODE'
const HOST = "http://stub.test";
// by name: makes a tool with the answers as its stubs for /items, and gives what asks it and what ends it
const tools = {
  async nock(answers) {
    const { default: nock } = await import("nock");
    const { default: axios } = await import("axios");
    for (const answer of answers) nock(HOST).get("/items").reply(200, answer);
    const get = async (path) => (await axios.get(HOST + path, { adapter: "http" })).data;
    return [get, () => nock.cleanAll()];
  },
  async "nock, persist"(answers) {
    const { default: nock } = await import("nock");
    const { default: axios } = await import("axios");
    for (const answer of answers) nock(HOST).persist().get("/items").reply(200, answer);
    const get = async (path) => (await axios.get(HOST + path, { adapter: "http" })).data;
    return [get, () => nock.cleanAll()];
  },
  async "undici's MockAgent"(answers) {
    const { MockAgent, request } = await import("undici");
    const dispatcher = new MockAgent();
    dispatcher.disableNetConnect();
    for (const answer of answers) dispatcher.get(HOST).intercept({ path: "/items" }).reply(200, answer);
    return [async (path) => (await request(HOST + path, { dispatcher })).body.text(), () => {}];
  },
  async "fetch-mock"(answers) {
    const { default: fetchMock } = await import("fetch-mock");
    const stubs = fetchMock.createInstance();
    for (const answer of answers) stubs.route(`${HOST}/items`, answer);
    return [async (path) => (await stubs.fetchHandler(HOST + path)).text(), () => {}];
  },
  async "axios-mock-adapter"(answers) {
    const { default: axios } = await import("axios");
    const { default: Adapter } = await import("axios-mock-adapter");
    const client = axios.create();
    const stubs = new Adapter(client);
    for (const answer of answers) stubs.onGet(`${HOST}/items`).reply(200, answer);
    return [async (path) => (await client.get(HOST + path)).data, () => {}];
  },
  async msw(answers) {
    const { http, HttpResponse } = await import("msw");
    const { setupServer } = await import("msw/node");
    const server = setupServer(...answers.map((answer) => http.get(`${HOST}/items`, () => HttpResponse.text(answer))));
    server.listen({ onUnhandledRequest: "error" });
    return [async (path) => (await fetch(HOST + path)).text(), () => server.close()];
  },
  async "msw, use"(answers) {
    const { http, HttpResponse } = await import("msw");
    const { setupServer } = await import("msw/node");
    const server = setupServer();
    server.listen({ onUnhandledRequest: "error" });
    for (const answer of answers) server.use(http.get(`${HOST}/items`, () => HttpResponse.text(answer)));
    return [async (path) => (await fetch(HOST + path)).text(), () => server.close()];
  },
};
console.error = () => {};
const tool = tools[process.argv[2]];
const order = [];
let [get, end] = await tool(["1", "2"]);
for (let request = 0; request < 4; request++) order.push(String(await get("/items").catch(() => "-")));
end();
const taken = [];
for (const path of ["/items?page=2", "/ITEMS", "/items/"]) {
  [get, end] = await tool(["1"]);
  taken.push(String(await get(path).catch(() => "-")) === "1" ? "yes" : "no");
  end();
}
console.log(`${process.argv[2]}: ${order.join(" ")}; ${taken.join(", ")}`);
process.exit(0);
NODE
{
    "$folder/venv/bin/python" "$folder/seen.py" 2>/dev/null
    cd "$folder"
    for tool in nock "nock, persist" "undici's MockAgent" fetch-mock axios-mock-adapter msw "msw, use"; do
        node seen.mjs "$tool"
    done
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
requests-mock: 2 2 2 2; yes, yes, no
responses: 1 2 2 2; yes, no, no
respx: 2 2 2 2; yes, no, no
pytest-httpserver: 1 1 1 1; yes, no, no
nock: 1 2 - -; no, no, no
nock, persist: 1 1 1 1; no, no, no
undici's MockAgent: 1 2 - -; no, no, no
fetch-mock: 1 1 1 1; no, no, no
axios-mock-adapter: 2 2 2 2; no, no, no
msw: 1 1 1 1; yes, yes, yes
msw, use: 2 2 2 2; yes, yes, yes
EXPECTED
