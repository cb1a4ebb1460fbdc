// What the page knows of one world: the entries of its journal, oldest first.

/** Entries that are kept; older ones are let go, and counted. */
export const MOST_ENTRIES = 10_000;

/** Characters that are kept of the bodies of all entries. */
const MOST_TEXT = 64 * 2 ** 20;

/** Return the place of a number among entries, or where it would be. */
export function placeOf(entries, id) {
	let [low, high] = [0, entries.length];
	if (!high || entries[high - 1].id < id) return high;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (entries[middle].id < id) low = middle + 1;
		else high = middle;
	}
	return low;
}

export class Store extends EventTarget {
	constructor(most = MOST_ENTRIES) {
		super();
		this.most = most;
		this.clear();
	}

	clear() {
		this.entries = [];
		this.byId = new Map();
		this.dropped = 0;
		this.text = 0;
		this.version = (this.version ?? 0) + 1;
		this.dispatchEvent(new Event("cleared"));
	}

	get last() {
		return this.entries.at(-1) ?? null;
	}

	entry(id) {
		return this.byId.get(Number(id)) ?? null;
	}

	/** Take entries, new ones and changed ones, and tell of both. */
	take(entries, dropped) {
		if (dropped !== undefined) this.dropped = Math.max(this.dropped, dropped);
		if (!entries.length) return;
		const added = [];
		const changed = [];
		for (const entry of entries) {
			const old = this.byId.get(entry.id);
			this.byId.set(entry.id, entry);
			this.text += size(entry) - (old ? size(old) : 0);
			if (old) {
				this.entries[placeOf(this.entries, entry.id)] = entry;
				changed.push(entry);
			} else {
				this.entries.splice(placeOf(this.entries, entry.id), 0, entry);
				added.push(entry);
			}
		}
		const gone = this.#letGo();
		this.version += 1;
		this.dispatchEvent(new CustomEvent("taken", { detail: { added, changed, gone } }));
	}

	#letGo() {
		let count = 0;
		while (this.entries.length - count > this.most || (this.text > MOST_TEXT && count < this.entries.length - 1)) {
			const entry = this.entries[count];
			this.text -= size(entry);
			this.byId.delete(entry.id);
			count += 1;
		}
		this.dropped += count;
		return this.entries.splice(0, count);
	}
}

const size = (entry) => 1000 + (entry.request?.body?.length ?? 0) + (entry.response?.body?.length ?? 0);

/** Return the status that a client was shown, as a word. */
export function statusOf(entry) {
	if (entry.shown?.broken) return entry.shown.broken;
	if (entry.state === "open") return "open";
	if (entry.state === "aborted") return "aborted";
	return String(entry.shown?.status ?? entry.response?.status ?? "?");
}

/** Return the class of what a client was shown. */
export function kindOf(entry) {
	if (entry.shown?.broken) return "broken";
	if (entry.state !== "done") return entry.state;
	const status = entry.shown?.status ?? entry.response?.status;
	return status ? `${Math.floor(status / 100)}xx` : "broken";
}

/** Tell whether a request went wrong, for its client. */
export const isRed = (entry) => ["4xx", "5xx", "broken", "aborted"].includes(kindOf(entry));

/** Tell whether a request went wrong, or may say why another one did. */
export const needsLook = (entry) => Boolean(isRed(entry) || entry.faults?.length || entry.hints?.length);

/** Return for how many milliseconds a client waited. */
export const lasted = (entry) => entry.ms ?? entry.waited_ms;

const haystacks = new WeakMap();

/** Return what a filter by text looks through. */
export function haystack(entry) {
	if (!haystacks.has(entry)) {
		haystacks.set(entry, [entry.id, entry.request.method, entry.request.path, entry.operation, statusOf(entry), entry.request.body,
			entry.response?.body, ...(entry.hints ?? []), ...(entry.faults ?? [])].join("\n").toLowerCase());
	}
	return haystacks.get(entry);
}

/** Return a function that tells whether an entry passes some filters. */
export function filterOf({ text = "", operation = "", status = "", look = false }) {
	const words = text.toLowerCase().split(/\s+/).filter(Boolean);
	return (entry) => {
		if (look && !needsLook(entry)) return false;
		if (operation && entry.operation !== operation) return false;
		if (status && status !== kindOf(entry) && status !== statusOf(entry)) return false;
		return words.every((word) => haystack(entry).includes(word));
	};
}

/** Return the service that the path of a request names. */
export function serviceOf(entry) {
	const path = /\/services\/(?:(?!anonymous|start|customers)([^/?]+))/.exec(entry.request.path);
	return path ? decoded(path[1]) : null;
}

/** Return a part of a path decoded where that is possible. */
export function decoded(text) {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
