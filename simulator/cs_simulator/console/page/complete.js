// What may stand at a place of a document that is being written, by the schema of scenarios.

const KEY = /^(\s*(?:- +)*)("?)([\w$.*-]+)\2\s*:/;

/** Return where a place is: the names that lead there, and what is begun: a key or a value. */
export function placeIn(text, caret) {
	const before = text.slice(0, caret);
	const stack = blocks(before);
	const line = before.slice(before.lastIndexOf("\n") + 1);
	const inFlow = flows(before, stack);
	if (inFlow) return inFlow;
	const found = /^(\s*(?:- +)*)(?:("?)([\w$.*-]+)\2\s*:\s+)?(.*)$/s.exec(line);
	const [, lead, , key, rest] = found;
	const path = stack.filter((each) => each.indent < lead.length).map((each) => each.name);
	if (key !== undefined) return { path: [...path, key], kind: "value", prefix: rest, used: [] };
	return { path, kind: "key", prefix: rest.replace(/^"/, ""), used: siblings(text, caret, lead.length) };
}

/** Return the keys of the blocks that a place is inside of, outermost first. */
function blocks(before) {
	const lines = before.split("\n");
	const stack = [];
	lines.slice(0, -1).forEach((line) => {
		const found = KEY.exec(line);
		if (!found) return;
		const indent = found[1].length;
		while (stack.length && stack.at(-1).indent >= indent) stack.pop();
		stack.push({ indent, name: found[3] });
	});
	return stack;
}

/** Return the place inside of brackets, null outside of them. */
function flows(before, stack) {
	const open = [];
	let word = "";
	const begins = lastBlock(before);
	for (const [token] of before.slice(begins.from).matchAll(/"[^"]*"?|[{}[\],:]|[^"{}[\],:]+/g)) {
		const last = open.at(-1);
		const begun = token[0] === '"' ? "" : word;
		word = "";
		if ("{[".includes(token)) open.push({ sign: token, name: null, used: [] });
		else if ("}]".includes(token)) open.pop();
		else if (token === "," && last) last.name = null;
		else if (token === ":" && last?.sign === "{" && last.name === null) last.used.push(last.name = begun.trim());
		else word = begun + token.replaceAll('"', "");
	}
	if (!open.length) return null;
	const last = open.at(-1);
	const inside = open.slice(0, -1).map((each) => each.name).filter((name) => name !== null);
	const path = [...stack.filter((each) => each.indent < begins.indent).map((each) => each.name), ...begins.key, ...inside];
	if (last.sign === "{" && last.name === null) return { path, kind: "key", prefix: word.trim(), used: last.used };
	return { path: last.name === null ? path : [...path, last.name], kind: "value", prefix: word.trim(), used: [] };
}

/** Return where the last block begins that brackets may stand in, and its key. */
function lastBlock(before) {
	const lines = before.split("\n");
	let depth = 0;
	let from = before.length;
	for (let number = lines.length - 1; number >= 0; number -= 1) {
		const line = lines[number];
		from -= line.length + (number === lines.length - 1 ? 0 : 1);
		for (const sign of line.replace(/"(?:[^"\\]|\\.)*"?/g, "")) depth += { "{": 1, "[": 1, "}": -1, "]": -1 }[sign] ?? 0;
		const found = /^(\s*(?:- +)*)("?)([\w$.*-]+)\2\s*:\s*(?=[[{])/.exec(line);
		if (found && depth > 0) return { from: from + found[0].length, indent: found[1].length, key: [found[3]] };
		const bare = /^(\s*(?:- +)*)(?=[[{])/.exec(line);
		if (bare && depth > 0) return { from: from + bare[0].length, indent: bare[1].length, key: [] };
	}
	return { from: before.length, indent: 0, key: [] };
}

/** Return the keys that stand beside a place in its block. */
function siblings(text, caret, indent) {
	const used = [];
	const lines = text.split("\n");
	const own = text.slice(0, caret).split("\n").length - 1;
	const width = (line) => /^\s*(?:- +)*/.exec(line)[0].length;
	const key = (line) => KEY.exec(line)?.[3];
	const look = (from, by) => {
		for (let number = from; number >= 0 && number < lines.length; number += by) {
			if (!lines[number].trim()) continue;
			if (width(lines[number]) < indent) break;
			if (width(lines[number]) === indent && key(lines[number])) used.push(key(lines[number]));
			if (by < 0 && /^\s*- /.test(lines[number]) && width(lines[number]) === indent) break;
			if (by > 0 && /^\s*- /.test(lines[number])) break;
		}
	};
	if (!/^\s*- /.test(lines[own])) look(own - 1, -1);
	look(own + 1, 1);
	return used;
}

/** Return all schemas that a schema stands for. */
function ways(schema, root) {
	if (!schema || typeof schema !== "object") return [];
	if (schema.$ref) return ways(schema.$ref.split("/").slice(1).reduce((found, name) => found?.[name], root), root);
	const more = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
	return [schema, ...more.flatMap((each) => ways(each, root))];
}

/** Return the schemas of what stands at a path; lists are looked through. */
export function schemasAt(root, start, path) {
	const through = (schemas) => schemas.flatMap((each) => (each.items ? through(ways(each.items, root)) : [each]));
	let found = through(ways(start, root));
	for (const name of path) {
		found = through(found.flatMap((each) => ways(each.properties?.[name] ?? (typeof each.additionalProperties === "object" ? each.additionalProperties : null), root)));
	}
	return found;
}

/** Return the words that may go on at a place, best first. */
export function completions(root, start, text, caret) {
	const place = placeIn(text, caret);
	const found = schemasAt(root, start, place.path);
	let words;
	if (place.kind === "key") words = found.flatMap((each) => Object.keys(each.properties ?? {})).filter((name) => !place.used.includes(name));
	else {
		words = found.flatMap((each) => [...(each.enum ?? []), ...("const" in each ? [each.const] : []), ...(each.type === "boolean" ? [true, false] : [])])
			.filter((each) => each !== null).map(String);
	}
	const prefix = place.prefix.toLowerCase();
	const fit = [...new Set(words)].filter((word) => word.toLowerCase().includes(prefix) && word !== place.prefix);
	fit.sort((one, other) => Number(!one.toLowerCase().startsWith(prefix)) - Number(!other.toLowerCase().startsWith(prefix)));
	return { ...place, words: fit };
}
