// One request: what came of it, why, and both messages.

import { asCurl, asPytest, asRule, linesOf } from "./copies.js";
import { bad, button, copy, dim, fill, h, muted, plural, row, short, table, told, visible } from "./dom.js";
import { flow, indented, rulesOf } from "./json.js";
import { isRed, kindOf, lasted, serviceOf, statusOf } from "./store.js";

export class Details {
	constructor(app, onback) {
		this.app = app;
		this.onback = onback;
		this.head = h("h2", { tabindex: "-1" });
		this.body = h("div.sections");
		this.element = h("div",
			titleOf(this.head, onback), this.body);
		this.entry = null;
	}

	focus() {
		this.head.focus();
	}

	show(entry) {
		if (this.entry === entry) return;
		const isSame = this.entry?.id === entry.id;
		this.entry = entry;
		fill(this.head, dim(`#${entry.id} `), h("b", short(entry.request.method, 20)), " ", entry.operation);
		const why = h("div.inner");
		const before = h("div.inner");
		fill(this.body, this.#summary(entry), hints(entry), why, entry.effects?.length ? section("Effects", effects(entry)) : null, before,
			message("Request", entry.request), entry.response ? message(responseName(entry), entry.response) : null);
		this.#explain(entry, why);
		this.#stateBefore(entry, before);
		if (!isSame) this.element.parentElement.scrollTop = 0;
	}

	#summary(entry) {
		const { message: text, description } = entry.response?.json ?? {};
		const said = isRed(entry) ? text ?? description : null;
		const before = this.app.store.entry(entry.id - 1);
		const facts = [
			["Path", h("span.mono", visible(entry.request.path))],
			["Client got", statusWord(entry, shownText(entry))],
			["It said", said && short(said, 2000)],
			["Time", `${entry.time}${entry.ms === undefined ? "" : `, ${entry.ms} ms`}${entry.waited_ms && entry.state === "done" ? `, held back ${entry.waited_ms} ms` : ""}${since(entry, before)}`],
			["Client", entry.client],
			["Edition", entry.edition],
		];
		const service = serviceOf(entry) ?? entry.effects?.find((each) => each.kind === "service")?.id;
		const actions = [
			button("Copy as curl", () => copy(asCurl(entry, this.app.source.address), "as curl")),
			button("as pytest", async () => copy(await asPytest(entry, this.app), "as pytest")),
			button("as a rule", async () => copy(await asRule(entry, this.app.source), "as a rule"), { title: "The rule that acted, or one that answers such a request like this" }),
			service != null ? button("Show in conversation", () => this.app.showService(String(service))) : null,
		];
		return [factsOf(facts), entry.isBrief ? null : row(actions)];
	}

	async #explain(entry, place) {
		if (entry.isBrief) return;
		let explained;
		let inForce = "";
		try {
			explained = await this.app.source.explain(entry);
			if (entry.faults?.length) inForce = await this.app.source.faults();
		} catch (error) {
			if (entry === this.entry) fill(place, section("Rules", muted(visible(error.message))));
			return;
		}
		if (entry !== this.entry || !explained) return;
		const rules = explained.rules ?? [];
		const does = new Map(inForce && rulesOf(inForce).map((rule) => [rule.name, doing(rule.node)]));
		const misses = isRed(entry) && !entry.faults?.length ? nearMisses(rules) : [];
		fill(place, section(entry.faults?.length ? "Faults that acted" : "Rules", rules.length
			? table("Rules for this request", [["rule"], ["decision"], ["why"]], h("tbody", rules.map((rule) => ruleRow(rule, this.app, does.get(rule.rule)))))
			: muted("No rule in force was about this operation.")),
		misses.length ? section("Near misses", misses) : null);
	}

	/** Offer what a world can do with the instant before a request. */
	#instant(entry, place) {
		const { source } = this.app;
		const said = told();
		const offer = (label, action) => button(label, () => action(entry).catch((error) => fill(said, bad(error.message))));
		fill(place, section("Before and after", row(offer("Rewind to before it", (each) => source.rewind(each)), offer("Branch a world from before it", (each) => source.branch(each))), said,
			later("What it changed, as JSON Patch", async () => code(JSON.stringify(await source.changes(entry))))));
	}

	#stateBefore(entry, place) {
		const { source } = this.app;
		// A copy of a world has no instants of the requests that came with it.
		const copied = this.app.store.entries.findLast((each) => each.copied)?.id ?? 0;
		const isInstant = entry.id > copied && (entry.effects?.length || entry.faults?.length || isRed(entry));
		if (source.rewind && isInstant && entry.state !== "open" && !entry.isBrief) this.#instant(entry, place);
		if (source.stateBefore) {
			fill(place, later("State before this request", async () => {
				const state = await source.stateBefore(entry);
				return [row(button("Copy as scenario", () => copy(`${state}\n`, "the state before it"))), code(state)];
			}));
		}
	}
}

function later(name, ask) {
	const shown = h("div.before");
	return h("details", { ontoggle: async ({ target }) => {
		if (target.open && !shown.childElementCount) fill(shown, await ask().catch((error) => bad(error.message)));
	} }, h("summary", name), shown);
}

/** Say how long after the one before it a request came. */
function since(entry, before) {
	const gap = entry.arrived_ms - before?.arrived_ms - (lasted(before ?? {}) ?? 0);
	return gap >= 0 ? `; ${Math.round(gap)} ms after #${before.id} was done` : "";
}

/** Say whether the client got a response as it stands. */
function responseName({ shown, state }) {
	if (shown?.broken === "truncate") return "Response, of which the client got a part";
	return shown?.broken || state === "aborted" ? "Response, not received by the client" : "Response";
}

/** Return what a rule does, and when, as it is written. */
const doing = ({ map }) => flow({ map: map.filter(([name]) => !["name", "on", "where"].includes(name)) }).slice(1, -1);

function shownText(entry) {
	const broken = { reset: "nothing: the connection was reset", close: "nothing: the connection was closed", stall: "nothing: the response stalled",
		garbage: "garbage in place of a response", truncate: "a response that was cut off" }[entry.shown?.broken];
	const real = entry.real_status !== undefined ? `; the operation answered ${entry.real_status}` : "";
	const retry = entry.shown?.retry_after ? `, Retry-After ${entry.shown.retry_after}` : "";
	if (entry.state === "aborted") return `nothing: it gave up after ${Math.round(lasted(entry) ?? 0)} ms${entry.faults?.length ? `, while ${entry.faults.join(", ")} held the response back` : ""}`;
	return `${broken ?? statusOf(entry)}${retry}${real}`;
}

function hints(entry) {
	if (!entry.hints?.length) return null;
	return h("ul.hints", { label: "Hints" }, entry.hints.map((hint) => h("li", visible(hint))));
}

function ruleRow(rule, app, does) {
	return h("tr", { class: `d-${rule.decision}` }, h("td", button(short(rule.rule, 100), () => app.showRule(rule.rule), { class: "link mono" })),
		h("td", rule.decision.replace("_", " ")), h("td", visible([rule.why, rule.decision === "acted" && does].filter(Boolean).join("; ")), rule.failed ? differences(rule.failed) : null));
}

/** Return the criteria that a request failed. */
export function differences(failed) {
	return h("ul.differences", failed.map((each) => h("li", h("span.mono", short(each.criterion, 100)),
		": expected ", h("code", short(written(each.expected))), ", found ", h("code", short(written(each.found))))));
}

export const requestLink = (app, id) => button(`#${id}`, () => app.openRequest(id), { class: "link mono" });

/** Return the status of a request, in the colour that it has everywhere. */
export const statusWord = (entry, text = statusOf(entry)) => h("b", { class: `k-${kindOf(entry)}` }, visible(text));

const written = (value) => value === undefined || value === null ? "nothing" : typeof value === "string" ? value : JSON.stringify(value);

/** Return the rules that came closest to a request. */
function nearMisses(rules) {
	const missed = rules.filter((rule) => rule.decision === "no_match" && rule.failed?.length && !rule.failed.some((each) => each.criterion === "on"));
	const least = Math.min(...missed.map((rule) => rule.failed.length));
	return missed.filter((rule) => rule.failed.length === least).slice(0, 3)
		.map((rule) => h("div", h("p", "Rule ", h("b.mono", short(rule.rule, 100)), ` missed by ${plural(least, "criterion", "criteria")}:`), differences(rule.failed)));
}

function effects(entry) {
	const items = (entry.effects ?? []).slice(0, 20).map((each) => h("li", `${each.change} ${each.kind} `, h("span.mono", short(each.id, 80))));
	const rest = (entry.effects?.length ?? 0) - items.length + (entry.effects_left_out ?? 0);
	return items.length ? h("ul", items, rest ? h("li.muted", `and ${rest} more`) : null) : null;
}

/** Return a name, and a way to close what it stands over. */
export const titleOf = (head, onback) => h("div.title", button("×", onback, { class: "quiet back", label: "Close" }), head);

function message(name, { headers, body, body_encoding: encoding, ...rest }) {
	const lines = linesOf(headers);
	return section(name,
		h("details", h("summary", plural(lines.length, "header")),
			h("dl.headers", lines.map(([key, value]) => [h("dt", short(key, 100)), h("dd", short(value, 2000))]))),
		body ? [encoding ? muted(`Bytes that are no text, as ${encoding}:`) : null, code(body), rest.body_cut ? muted(`Kept: ${rest.body_cut}.`) : null] : muted("No body"));
}

export const factsOf = (pairs) => h("dl.facts", pairs.filter((pair) => pair?.[1]).map(([name, value]) => [h("dt", name), h("dd", value)]));

export const section = (name, ...children) => h("section", h("h3", name), ...children);

const MOST_SHOWN = 20_000;

/** Return a body, indented and coloured where it is JSON. */
export function code(text) {
	const tokens = indented(text) ?? [{ kind: "plain", text }];
	const place = h("pre.code", { tabindex: "0", label: "Body" });
	let length = 0;
	const some = tokens.filter(({ text: each }) => (length += each.length) - each.length < MOST_SHOWN);
	const draw = (drawn, most = Infinity) => fill(place, drawn.map((each) => (each.kind === "space" ? each.text : h("span", { class: `t-${each.kind}` }, short(each.text, most)))));
	draw(some, MOST_SHOWN);
	if (length <= MOST_SHOWN) return place;
	const whole = button(`Show all ${plural(text.length, "character")}`, () => { draw(tokens); whole.remove(); place.focus(); });
	return h("div", place, whole);
}
