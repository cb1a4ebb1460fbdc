// A request in other words: as a command, as a test, as a scenario.

import { jsonOf, member, parse, tree, yamlOf } from "./json.js";
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

const MOST_BEFORE = 30;
const MOST_SCENARIO = 20_000;

/** Return a path without the world it leads to. */
const below = (path) => path.replace(/^\/_world\/[^/]*/, "");

/** Return a request as a call of `send` in a test. */
function sending({ request }) {
	const { method, path, body, body_encoding: encoding } = request;
	const headers = headersOf({ request }).filter(([name, value]) => value !== MASK && !/^(user-agent|accept|x-simulator-world)$/i.test(name));
	const data = !body ? "None" : encoding === "base64" ? `b64decode(${python(body)})` : `${python(body)}.encode()`;
	return `send(${python(method)}, ${python(below(path))}, ${data}, {${headers.map(([key, value]) => `${python(key)}: ${python(value)}`).join(", ")}})`;
}

/** Return lines that make a world what it was before a request: its scenario, and what was done since. */
async function stateBefore(entry, { source, store }) {
	const before = store.entries.filter((each) => each.id < entry.id && each.effects?.length);
	if (store.dropped || before.length > MOST_BEFORE || before.some((each) => each.request.body_cut)) {
		return ["    # This needs the world as it was then; a snapshot of it can be loaded here:", '    # context_services.load_scenario("snapshot.yaml")'];
	}
	const scenario = tree(await source.scenarioText());
	const document = jsonOf(member(scenario, "document"));
	return [
		`    context_services.load_scenario(${document.length > MOST_SCENARIO ? jsonOf(member(scenario, "reference")) : `json.loads(${python(document)})`})`,
		...(/"(?:faults|stages|extends)":/.test(document) ? ["    context_services.remove_faults()"] : []),
		...before.map((each) => `    ${sending(each)}.close()`),
	];
}

/** Return a request as a test that makes the world what it was, sends it, and expects what was answered. */
export async function asPytest(entry, app) {
	const status = entry.shown?.status;
	const isFaulted = entry.faults?.length && !Object.keys(entry.request.headers ?? {}).some((name) => /^x-simulator-fault$/i.test(name));
	const lines = [
		...(isFaulted && entry.real_status === undefined ? [] : await stateBefore(entry, app)),
		...(isFaulted ? [`    # It was answered by a rule: ${entry.faults.map(python).join(", ")}`, `    context_services.add_fault(**json.loads(${python(JSON.stringify(ruleLike(entry)))}))`] : []),
	];
	if (status === undefined) lines.push("    with pytest.raises((OSError, HTTPException)):", `        ${sending(entry)}.read()`);
	else if (status >= 400) lines.push("    with pytest.raises(HTTPError) as caught:", `        ${sending(entry)}`, `    assert caught.value.code == ${status}`, "    caught.value.close()");
	else lines.push(`    with ${sending(entry)} as response:`, `        assert response.status == ${status}`);
	const text = lines.join("\n");
	const imports = [
		["import json", text.includes("json.loads(")], ["from base64 import b64decode", text.includes(" b64decode(")], ["from http.client import HTTPException", status === undefined],
		["from urllib.error import HTTPError", status >= 400], ["from urllib.request import Request, urlopen", true], ["\nimport pytest", text.includes("pytest.raises")],
	];
	return [
		...imports.filter(([, isNeeded]) => isNeeded).map(([line]) => line), "", "",
		`def test_${entry.operation.replace(/\W/g, "_")}_${entry.id}(context_services):`,
		"    def send(method, path, data, headers):",
		"        url = context_services.root_url + path",
		"        return urlopen(Request(url, data, headers, method=method), timeout=5)",
		"", text, "",
	].join("\n");
}

/** Return a rule that answers a request like this one as it was answered. */
function ruleLike(entry) {
	const rule = { name: `like-request-${entry.id}`, on: entry.operation };
	const path = below(entry.request.path.replace(/\?.*$/s, ""));
	if (path.length <= 500) rule.where = { path };
	if (entry.shown?.broken) return { ...rule, connection: entry.shown.broken };
	const headers = Object.fromEntries(Object.entries(entry.response?.headers ?? {})
		.filter(([name]) => /^(content-type|retry-after|location)$/i.test(name)).map(([name, value]) => [name, [value].flat()[0]]));
	rule.response = { status: Number(entry.response?.status ?? 503), headers };
	const { body, body_encoding: encoding } = entry.response ?? {};
	if (body && !encoding) rule.response.body = asValue(body);
	return rule;
}

/** Return a scenario with a rule that answers a request like this one as it was answered. */
export function asRule(entry) {
	const scenario = { description: `Answers like request ${entry.id}, ${statusOf(entry)}`, faults: [ruleLike(entry)] };
	return `${yamlOf(tree(JSON.stringify(scenario)))}\n`;
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
