// What may stand at a place of a document, by the schema of scenarios.

const SIGNS = /\s*\n *(?:- +)*|"[^"]*"?|[{}[\],:]|[^"{}[\],:\n]+/g;

/** Return the names that lead to a place, and what is begun there: a key or a value. */
export function placeIn(text, caret) {
	const before = `\n${text.slice(0, caret)}`.replace(/(^|\s)#.*/gm, "$1");
	const open = []; // the maps and lists that the place is inside of
	let word = "";
	for (const [token] of before.matchAll(SIGNS)) {
		let last = open.at(-1);
		const begun = word;
		word = "";
		if (token.includes("\n") && !last?.isFlow) {
			const indent = token.length - token.lastIndexOf("\n") - 1;
			while (open.at(-1)?.indent > indent) open.pop();
			if (open.at(-1)?.indent !== indent) open.push({ indent, used: [] });
			last = open.at(-1);
			last.name = null;
			if (token.includes("-")) last.used = [];
		} else if ("{[".includes(token)) open.push({ isFlow: true, isList: token === "[", used: [], name: null });
		else if ("}]".includes(token) && last.isFlow) open.pop();
		else if (token === "," && last.isFlow) last.name = null;
		else if (token === ":" && !last.isList && last.name === null) last.used.push(last.name = begun.trim());
		else word = begun + token.replaceAll('"', "");
	}
	const { isFlow, isList, name, used, indent } = open.at(-1);
	const kind = isList || name !== null ? "value" : "key";
	return { path: open.map((each) => each.name).filter((each) => each !== null), kind, prefix: word.trimStart(), used: isFlow ? used : [...used, ...following(text.slice(caret), indent)] };
}

/** Return the keys that follow in a block. */
function following(text, indent) {
	const keys = [];
	for (const line of text.split("\n").slice(1).filter((each) => each.trim())) {
		const [, lead, key] = /^(\s*(?:- +)*)"?([\w$.*-]*)/.exec(line);
		if (lead.length < indent || (lead.length === indent && lead.includes("-"))) break;
		if (lead.length === indent) keys.push(key);
	}
	return keys;
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
