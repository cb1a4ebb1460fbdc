// A request in other words: as a command, as a test, as a scenario.

import { parse } from "./json.js";
import { statusOf } from "./store.js";

const LEFT_OUT = new Set(["host", "content-length", "connection", "accept-encoding", "transfer-encoding", "expect", "te", "upgrade"]);
const MASK = "***";

function headersOf(entry) {
  return Object.entries(entry.request.headers ?? {}).flatMap(([name, value]) => [value].flat().map((each) => [name, each]))
    .filter(([name]) => !LEFT_OUT.has(name.toLowerCase()));
}

/** Quote a text for a shell; what no terminal shows is written in escapes. */
export function quoted(text) {
  const whole = String(text);
  if (/^[\w@%+=:,./-]+$/.test(whole)) return whole;
  if (!/(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/u.test(whole)) return `'${whole.replaceAll("'", "'\\''")}'`;
  const escaped = whole.replace(/[\\']/g, "\\$&").replaceAll("\n", "\\n")
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, (found) => [...new TextEncoder().encode(found)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join(""));
  return `$'${escaped}'`;
}

/** Return a request as a command of curl. */
export function asCurl(entry, base) {
  const { method, path, body, body_encoding: encoding } = entry.request;
  const parts = ["curl -i"];
  if (method !== (body ? "POST" : "GET")) parts.push(method === "HEAD" ? "--head" : `-X ${quoted(method)}`);
  parts.push(quoted(base + path));
  const hidden = [];
  for (const [name, value] of headersOf(entry)) {
    if (value === MASK) hidden.push(name);
    else if (!/^(user-agent|accept)$/i.test(name)) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  }
  if (body && encoding === "base64") return `echo ${body} | base64 -d | ${[...parts, "--data-binary @-"].join(" \\\n  ")}`;
  if (body) parts.push(`--data-binary ${quoted(body)}`);
  const note = hidden.length ? `# ${hidden.join(", ")}: sent, and never kept in the journal\n` : "";
  return note + parts.join(" \\\n  ");
}

/** Return a text as a literal of Python. */
export function python(text) {
  const escaped = JSON.stringify(String(text)).replace(/(?![ -~])[\s\S]/g, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`);
  // Two halves of a pair are one character in Python.
  return escaped.replace(/\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})/gi,
    (_, high, low) => `\\U${(0x10000 + ((parseInt(high, 16) - 0xd800) << 10) + parseInt(low, 16) - 0xdc00).toString(16).padStart(8, "0")}`);
}

/** Return a request as a test that sends it, and expects what was answered. */
export function asPytest(entry) {
  const { method, path, body, body_encoding: encoding } = entry.request;
  const below = path.replace(/^\/_world\/[^/]*/, "");
  const headers = headersOf(entry).filter(([name, value]) => value !== MASK && !/^(user-agent|accept|x-simulator-world)$/i.test(name));
  const data = !body ? "None" : encoding === "base64" ? `b64decode(${python(body)})` : `${python(body)}.encode()`;
  const name = `test_${entry.operation.replace(/\W/g, "_")}_${entry.id}`;
  const status = entry.shown?.status;
  const request = [
    "    request = Request(",
    `        context_services.root_url + ${python(below)},`,
    `        data=${data},`,
    `        headers={${headers.map(([key, value]) => `${python(key)}: ${python(value)}`).join(", ")}},`,
    `        method=${python(method)},`,
    "    )",
  ];
  const imports = [encoding === "base64" ? "from base64 import b64decode" : null];
  let expects;
  if (status === undefined) {
    imports.push("from http.client import HTTPException");
    expects = ["    with pytest.raises((OSError, HTTPException)):", "        urlopen(request, timeout=5).read()"];
  } else if (status >= 400) {
    imports.push("from urllib.error import HTTPError");
    expects = ["    with pytest.raises(HTTPError) as caught:", "        urlopen(request, timeout=5)", `    assert caught.value.code == ${status}`, "    caught.value.close()"];
  } else {
    expects = ["    with urlopen(request, timeout=5) as response:", `        assert response.status == ${status}`];
  }
  imports.push("from urllib.request import Request, urlopen");
  if (status === undefined || status >= 400) imports.push("", "import pytest");
  return [...imports.filter((each) => each !== null), "", "", `def ${name}(context_services):`, ...request, ...expects, ""].join("\n");
}

/** Return a scenario with a rule that answers a request like this one as it was answered. */
export function asScenario(entry) {
  const { path } = entry.request;
  const rule = { name: `like-request-${entry.id}`, on: entry.operation === "unrouted" ? "unrouted" : entry.operation };
  const below = path.replace(/\?.*$/s, "").replace(/^\/_world\/[^/]*/, "");
  if (below.length <= 500) rule.where = { path: below };
  if (entry.shown?.broken) rule.connection = entry.shown.broken;
  else {
    const headers = Object.fromEntries(Object.entries(entry.response?.headers ?? {})
      .filter(([name]) => /^(content-type|retry-after|location)$/i.test(name)).map(([name, value]) => [name, [value].flat()[0]]));
    rule.response = { status: Number(entry.response?.status ?? 503), headers };
    const { body, body_encoding: encoding } = entry.response ?? {};
    if (body && !encoding) rule.response.body = asValue(body);
  }
  const lines = JSON.stringify({ description: `Answers like request ${entry.id}, ${statusOf(entry)}`, faults: [rule] }, null, 2);
  return lines + "\n";
}

/** Return a body as a value where nothing is lost by it, else as text. */
function asValue(body) {
  try {
    const value = parse(body);
    return typeof value === "object" && value !== null && JSON.stringify(value) === JSON.stringify(JSON.parse(body)) ? value : body;
  } catch {
    return body;
  }
}
