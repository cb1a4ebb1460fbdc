// A request in other words: as a command, as a test, as a rule.

import { jsonOf, member, parse, rulesOf, tree, yamlOf } from "./json.js";
import { lasted } from "./store.js";

const LEFT_OUT = /^(host|content-length|connection|accept-encoding|transfer-encoding|expect|te|upgrade)$/i;
const MASK = "***";

/** Return headers as pairs, one for each line. */
export const linesOf = (headers = {}) => Object.entries(headers).flatMap(([name, value]) => [value].flat().map((each) => [name, each]));

const headersOf = ({ request }) => linesOf(request.headers).filter(([name]) => !LEFT_OUT.test(name));

/** Quote a text for a shell; what no terminal shows is written in escapes. */
export function quoted(text) {
	const whole = String(text);
	if (/^[\w@%+=:,./-]+$/.test(whole)) return whole;
	if (!/(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/u.test(whole)) return `'${whole.replaceAll("'", "'\\''")}'`;
	const escaped = whole.replace(/[\\']/g, "\\$&").replaceAll("\n", "\\n")
		.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, (found) => [...new TextEncoder().encode(found)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join(""));
	return `$'${escaped}'`;
}

export function asCurl(entry, base) {
	const { method, path, body, body_encoding: encoding, body_cut: cut } = entry.request;
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
	const note = (hidden.length ? `# ${hidden.join(", ")}: sent, and never kept in the journal\n` : "") + (cut ? `# Kept of the body: ${cut}\n` : "");
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
const FORCED = /^x-simulator-fault$/i;
const WORDS = { true: "True", false: "False", null: "None" };

/** Return a node as a literal of Python, in lines where it is long. */
function literal(node, indent = "    ") {
	if (!node.map && !node.list) return WORDS[node.word] ?? (node.word[0] === '"' ? python(JSON.parse(node.word)) : node.word);
	const inside = `${indent}    `;
	const items = (node.map ?? node.list).map((each) => (node.map ? `${python(each[0])}: ${literal(each[1], inside)}` : literal(each, inside)));
	const [open, close] = node.map ? "{}" : "[]";
	const line = `${open}${items.join(", ")}${close}`;
	return line.length < 80 && !line.includes("\n") ? line : `${open}\n${items.map((each) => `${inside}${each},\n`).join("")}${indent}${close}`;
}

const below = (path) => path.replace(/^\/_world\/[^/]*/, "");

function sending({ request }, more = "", leftOut = /^$/) {
	const { method, path, body, body_encoding: encoding } = request;
	const headers = headersOf({ request }).filter(([name, value]) => value !== MASK && !/^(user-agent|accept|x-simulator-world)$/i.test(name) && !leftOut.test(name));
	const data = !body ? "None" : encoding === "base64" ? `b64decode(${python(body)})` : `${python(body)}.encode()`;
	return `send(${python(method)}, ${python(below(path))}, ${data}, {${headers.map(([key, value]) => `${python(key)}: ${python(value)}`).join(", ")}}${more})`;
}

/** Return lines that make a world what it was before a request. */
async function stateBefore(entry, { source, store }) {
	const before = store.entries.filter((each) => each.id < entry.id && each.effects?.length);
	if (store.dropped || before.length > MOST_BEFORE || before.some((each) => each.request.body_cut)) {
		return ["    # This needs the world as it was then; a snapshot of it can be loaded here:", '    # context_services.load_scenario("snapshot.yaml")'];
	}
	const scenario = tree(await source.scenarioText());
	const document = member(scenario, "document");
	const text = jsonOf(document);
	return [
		`    context_services.load_scenario(${text.length > MOST_SCENARIO ? jsonOf(member(scenario, "reference")) : literal(document)})`,
		...(/"(?:faults|stages|extends)":/.test(text) ? ["    context_services.remove_faults()"] : []),
		...before.flatMap((each, place) => [...clockBefore(each, before[place - 1]), `    ${sending(each, "", FORCED)}.close()`]),
		...clockBefore(entry, before.at(-1)),
	];
}

/** Return a line that moves the clock where it was moved between two requests. */
function clockBefore(entry, before) {
	const gap = Date.parse(entry.time) - Date.parse(before?.time);
	return gap && Math.abs(gap - entry.arrived_ms + before.arrived_ms) > 1000 ? [`    context_services.freeze_clock(${python(entry.time)})`] : [];
}

/** Return the rules that acted on a request where they are known, else one that does the same. */
async function rulesFor(entry, source) {
	const document = member(tree(await source.scenarioText()), "document");
	const written = [document, ...member(document, "stages")?.list ?? []].flatMap((each) => member(each, "faults")?.list ?? []);
	const there = new Map(written.map((node) => [JSON.parse(member(node, "name")?.word ?? "null"), node]));
	for (const rule of rulesOf(await source.faults())) there.set(rule.name, rule.node);
	const names = entry.faults ?? [];
	const known = names.flatMap((name) => there.get(name) ?? []);
	return known.length && known.length === names.length ? known : [tree(JSON.stringify(ruleLike(entry)))];
}

const CHOOSES = ["between", "skip", "every", "probability", "above_rate"];

/** Return lines that put the rules in force that acted on a request. */
async function rulesBefore(entry, source) {
	if (!entry.faults?.length) return [];
	const forced = headersOf(entry).find(([name]) => FORCED.test(name))?.[1];
	if (/^\s*\{/.test(forced ?? "") && entry.faults.length === 1) return []; // it brings its rule itself
	const rules = await rulesFor(entry, source);
	const fit = rules.some((rule) => member(rule, "sequence")) ? [tree(JSON.stringify(ruleLike(entry)))] : rules;
	return [`    # A rule acted on it: ${entry.faults.map(python).join(", ")}`,
		...fit.toReversed().map(({ map }) => `    context_services.add_fault(**${literal({ map: map.filter(([name]) => !CHOOSES.includes(name)) })})`)];
}

/** Return lines that send a request, and expect what its client got. */
function expecting(entry) {
	const status = entry.shown?.status;
	if (entry.state === "aborted") {
		const wait = Math.round(lasted(entry) ?? 0);
		if (entry.faults?.length) return [`    # Its client gave up after ${wait} ms.`, "    with pytest.raises(TimeoutError):", `        ${sending(entry, `, ${Math.max(wait, 100) / 1000}`)}.read()`];
		return [`    # Its client gave up after ${wait} ms, and no rule made it wait.`, `    ${sending(entry)}.close()`];
	}
	if (status === undefined || entry.shown.broken) {
		return ["    with pytest.raises((OSError, HTTPException)) as caught:", `        ${sending(entry)}.read()`, "    assert not isinstance(caught.value, HTTPError)"];
	}
	if (status >= 400) return ["    with pytest.raises(HTTPError) as caught:", `        ${sending(entry)}`, `    assert caught.value.code == ${status}`, "    caught.value.close()"];
	return [`    with ${sending(entry)} as response:`, `        assert response.status == ${status}`];
}

/** Return a request as a test, which makes the world what it was. */
export async function asPytest(entry, app) {
	const text = [...await stateBefore(entry, app), ...await rulesBefore(entry, app.source), ...expecting(entry)].join("\n");
	const imports = [["from base64 import b64decode", " b64decode("], ["from http.client import HTTPException", "HTTPException)"], ["from urllib.error import HTTPError", "HTTPError)"],
		["from urllib.request import Request, urlopen", ""], ["\nimport pytest", "pytest.raises"]];
	return [
		...imports.filter(([, sign]) => text.includes(sign)).map(([line]) => line), "", "",
		`def test_${entry.operation.replace(/\W/g, "_")}_${entry.id}(context_services):`,
		"    def send(method, path, data, headers, timeout=5):",
		"        url = context_services.root_url + path",
		"        return urlopen(Request(url, data, headers, method=method), timeout=timeout)",
		"", text, "",
	].join("\n");
}

/** Return a rule that does to such a request what was done to this one. */
function ruleLike(entry) {
	const rule = { name: `like-request-${entry.id}`, on: entry.operation };
	const { waited_ms: waited, response, shown, faults } = entry;
	const path = below(entry.request.path.replace(/\?.*$/s, ""));
	if (path.length <= 500) rule.where = { path };
	if (entry.state === "aborted") return { ...rule, delay: `${2 * Math.round(lasted(entry) ?? 0) + 1000}ms` };
	if (waited) rule.delay = `${Math.ceil(waited)}ms`;
	if (shown?.broken) rule.connection = shown.broken;
	else {
		const headers = Object.fromEntries(Object.entries(response?.headers ?? {})
			.filter(([name]) => /^(content-type|retry-after|location)$/i.test(name)).map(([name, value]) => [name, [value].flat()[0]]));
		rule.response = { status: Number(response?.status ?? 503), headers };
		if (response?.body && !response.body_encoding) rule.response.body = asValue(response.body);
	}
	const isDone = entry.effects?.length || entry.real_status !== undefined || (shown?.broken && response);
	return faults?.length && isDone ? { ...rule, effect: "applied" } : rule;
}

/** Return the rules for a request as YAML. */
export async function asRule(entry, source) {
	return `${(await rulesFor(entry, source)).map((rule) => yamlOf(rule)).join("\n---\n")}\n`;
}

/** Return a body as a value where that loses nothing. */
function asValue(body) {
	try {
		const value = parse(body);
		return typeof value === "object" && value !== null && JSON.stringify(value) === JSON.stringify(JSON.parse(body)) ? value : body;
	} catch {
		return body;
	}
}
