// JSON whose numbers keep all their digits.

const MANY_DIGITS = /\d{16}/;
const STRING_OR_INTEGER = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;

/** Parse JSON; integers of sixteen digits and more become text with all of them. */
export function parse(text) {
	if (!MANY_DIGITS.test(text)) return JSON.parse(text);
	return JSON.parse(text.replace(STRING_OR_INTEGER, (word) => (word[0] === '"' ? word : `"${word}"`)));
}

const TOKEN = /[ \t\r\n]*(?:("(?:[^"\\]|\\.)*"?)|(-?\d[\d.eE+-]*)|(true|false|null)|([[\]{}:,]))/gy;

/** Return the tokens of JSON, indented; null where it is none. */
export function indented(text) {
	const tokens = [];
	const lines = { depth: 0 };
	TOKEN.lastIndex = 0;
	const end = text.replace(/[ \t\r\n]+$/, "").length;
	let before = null;
	while (TOKEN.lastIndex < end) {
		const found = TOKEN.exec(text);
		if (found === null) return null;
		const [, string, number, word, sign] = found;
		place(tokens, lines, before, sign);
		if (sign === ":" && tokens.length) tokens.at(-1).kind = "key";
		tokens.push({ kind: string ? "string" : number ? "number" : word ? "word" : "sign", text: string ?? number ?? word ?? (sign === ":" ? ": " : sign) });
		before = sign ?? "value";
	}
	return tokens.length ? tokens : null;
}

function place(tokens, lines, before, sign) {
	const closes = sign === "]" || sign === "}";
	if (closes) lines.depth = Math.max(0, lines.depth - 1);
	const wasOpened = before === "[" || before === "{";
	if ((wasOpened && !closes) || before === "," || (closes && before !== null && !wasOpened)) {
		tokens.push({ kind: "space", text: `\n${"  ".repeat(lines.depth)}` });
	}
	if (sign === "[" || sign === "{") lines.depth += 1;
}

/** Return JSON as a tree that keeps numbers as written: `{ map: [[name, node], ...] }`, `{ list: [node, ...] }` or `{ word: text }`; null where it is none. */
export function tree(text) {
	const tokens = indented(text)?.filter((each) => each.kind !== "space");
	if (!tokens) return null;
	let place = 0;
	const node = () => {
		const token = tokens[place++];
		if (token === undefined) return { word: "null" };
		if (token.kind !== "sign") return { word: token.text };
		const [found, end] = token.text === "{" ? [{ map: [] }, "}"] : [{ list: [] }, "]"];
		while (place < tokens.length && tokens[place].text !== end) {
			if (tokens[place].text === ",") place += 1;
			else if (found.map) {
				const name = JSON.parse(tokens[place].text);
				place += 2;
				found.map.push([name, node()]);
			} else found.list.push(node());
		}
		place += 1;
		return found;
	};
	return node();
}

export const member = (node, name) => node?.map?.find(([each]) => each === name)?.[1] ?? null;

export function jsonOf(node) {
	if (node.map) return `{${node.map.map(([name, each]) => `${JSON.stringify(name)}: ${jsonOf(each)}`).join(", ")}}`;
	return node.list ? `[${node.list.map(jsonOf).join(", ")}]` : node.word;
}

const PLAIN = /^(?:[A-Za-z_](?:[\w ./-]*[\w/-])?|\d+(?:ms|[smhd]))$/;
const TAKEN = /^(?:true|false|null|yes|no|on|off|y|n)$/i;
const UNSEEN = /[\p{Cf}\p{Zl}\p{Zp}\x7f-\x9f]/gu;
const NARROW = 96;

/** Return a text as YAML: plain where it can only be text, else in quotes. */
function spelt(text, isKey) {
	if (PLAIN.test(text) && (isKey || !TAKEN.test(text)) && !/ [#]|: /.test(text)) return text;
	return JSON.stringify(text).replace(UNSEEN, (found) => {
		const code = found.codePointAt(0);
		return code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
	});
}

const scalar = (word) => (word[0] === '"' ? spelt(JSON.parse(word), false) : word);

export function flow(node) {
	if (node.map) return `{${node.map.map(([name, each]) => `${spelt(name, true)}: ${flow(each)}`).join(", ")}}`;
	if (node.list) return `[${node.list.map(flow).join(", ")}]`;
	const word = scalar(node.word);
	return /[,[\]{}]/.test(word) && word[0] !== '"' ? JSON.stringify(word) : word;
}

/** Return a node as YAML, as a person writes it. */
export function yamlOf(node, indent = "", depth = 0) {
	if (!node.map && !node.list) return scalar(node.word);
	const inline = flow(node);
	const isSmall = inline.length + indent.length <= NARROW && depth > 0 && !node.list?.some((each) => each.map);
	if (isSmall || inline === "{}" || inline === "[]") return inline;
	const lines = node.map
		? node.map.map(([name, each]) => `${spelt(name, true)}:${under(each, `${indent}${each.list ? "" : "  "}`, depth)}`)
		: node.list.map((each) => `- ${yamlOf(each, `${indent}  `, depth + 1)}`);
	return lines.join(`\n${indent}`);
}

function under(node, indent, depth) {
	const text = yamlOf(node, indent, depth + 1);
	const isBlock = (node.map || node.list) && !/^[[{]/.test(text);
	return isBlock ? `\n${indent}${text}` : ` ${text}`;
}

/** Return the rules of an answer, each with its text. */
export function rulesOf(text) {
	const nodes = member(tree(text), "faults").list.map((each) => member(each, "rule"));
	return parse(text).faults.map((rule, place) => ({ ...rule, node: nodes[place], text: jsonOf(nodes[place]), yaml: yamlOf(nodes[place]) }));
}
