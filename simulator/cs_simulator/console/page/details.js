// One request: what came of it, why, and both messages.

import { asCurl, asPytest, asRule } from "./copies.js";
import { bad, button, copy, dim, fill, h, muted, plural, row, short, table, visible } from "./dom.js";
import { indented } from "./json.js";
import { isRed, serviceOf, statusOf } from "./store.js";

/** The pane that shows a request. */
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
			message("Request", entry.request), entry.response ? message("Response", entry.response) : null);
		this.#explain(entry, why);
		this.#stateBefore(entry, before);
		if (!isSame) this.element.parentElement.scrollTop = 0;
	}

	#summary(entry) {
		const { message: text, description } = entry.response?.json ?? {};
		const said = isRed(entry) ? text ?? description : null;
		const facts = [
			["Path", h("span.mono", visible(entry.request.path))],
			["Client got", statusWord(entry, shownText(entry))],
			["It said", said && short(said, 2000)],
			["Time", `${entry.time}${entry.ms === undefined ? "" : `, ${entry.ms} ms`}${entry.waited_ms ? `, held back ${entry.waited_ms} ms` : ""}`],
			["Client", entry.client],
			["Edition", entry.edition],
		];
		const service = serviceOf(entry) ?? entry.effects?.find((each) => each.kind === "service")?.id;
		const actions = [
			button("Copy as curl", () => copy(asCurl(entry, this.app.source.address), "as curl")),
			button("as pytest", async () => copy(await asPytest(entry, this.app), "as pytest")),
			button("as a rule", () => copy(asRule(entry), "as a rule"), { title: "A scenario with a rule that answers such a request like this again" }),
			service !== undefined && service !== null ? button("Show in conversation", () => this.app.showService(String(service))) : null,
		];
		return [factsOf(facts), row(actions)];
	}

	async #explain(entry, place) {
		if (entry.isBrief) return;
		let explained;
		try {
			explained = await this.app.source.explain(entry);
		} catch (error) {
			if (entry === this.entry) fill(place, section("Rules", muted(visible(error.message))));
			return;
		}
		if (entry !== this.entry || !explained) return;
		const rules = explained.rules ?? [];
		const misses = isRed(entry) && !entry.faults?.length ? nearMisses(rules) : [];
		fill(place, section(entry.faults?.length ? "Faults that acted" : "Rules", rules.length
			? table("Rules for this request", ["rule", "decision", "why"], h("tbody", rules.map((rule) => ruleRow(rule, this.app))))
			: muted("No rule in force was about this operation.")),
		misses.length ? section("Near misses", misses) : null);
	}

	/** Offer what a world can do with the instant before a request. */
	#instant(entry, place) {
		const { source } = this.app;
		const said = h("div", { role: "status" });
		const offer = (label, action) => button(label, () => action().catch((error) => fill(said, bad(error.message))));
		fill(place, section("Before and after", row(offer("What it changed", async () => fill(said, changes(entry, await source.changes(entry)))),
			offer("Rewind to before it", () => source.rewind(entry)), offer("Branch a world from before it", () => source.branch(entry))), said));
	}

	async #stateBefore(entry, place) {
		if (this.app.source.rewind && entry.state !== "open" && !entry.isBrief) this.#instant(entry, place);
		if (!this.app.source.stateBefore) return;
		const shown = h("div.before");
		const details = h("details", h("summary", "State before this request"), shown);
		details.addEventListener("toggle", async () => {
			if (!details.open || shown.childElementCount) return;
			try {
				const state = await this.app.source.stateBefore(entry);
				fill(shown, row(button("Copy as scenario", () => copy(`${state}\n`, "the state before it"))), code(state));
			} catch (error) {
				fill(shown, bad(error.message));
			}
		});
		fill(place, details);
	}
}

function shownText(entry) {
	const broken = { reset: "nothing: the connection was reset", close: "nothing: the connection was closed", stall: "nothing: the response stalled",
		garbage: "garbage in place of a response", truncate: "a response that was cut off" }[entry.shown?.broken];
	const real = entry.real_status !== undefined ? `; the operation answered ${entry.real_status}` : "";
	const retry = entry.shown?.retry_after ? `, Retry-After ${entry.shown.retry_after}` : "";
	return `${broken ?? statusOf(entry)}${retry}${real}`;
}

function hints(entry) {
	if (!entry.hints?.length) return null;
	return h("ul.hints", { "aria-label": "Hints" }, entry.hints.map((hint) => h("li", visible(hint))));
}

function ruleRow(rule, app) {
	return h("tr", { class: `d-${rule.decision}` }, h("td", button(short(rule.rule, 100), () => app.showRule(rule.rule), { class: "link mono" })),
		h("td", rule.decision.replace("_", " ")), h("td", visible(rule.why ?? ""), rule.failed ? differences(rule.failed) : null));
}

/** Return criteria that a request failed, what was expected of each beside what was found. */
export function differences(failed) {
	return h("ul.differences", failed.map((each) => h("li", h("span.mono", short(each.criterion, 100)),
		": expected ", h("code", short(written(each.expected))), ", found ", h("code", short(written(each.found))))));
}

/** Return a way to a request. */
export function requestLink(app, id) {
	return button(`#${id}`, () => app.openRequest(id), { class: "link mono" });
}

/** Return the status of a request, in the colour of whether it went wrong. */
export function statusWord(entry, text = statusOf(entry)) {
	return h("b", { class: isRed(entry) ? "bad" : "good" }, visible(text));
}

function written(value) {
	return value === undefined || value === null ? "nothing" : typeof value === "string" ? value : JSON.stringify(value);
}

/** Return the rules that came closest to a request without fitting it. */
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

/** Say what a request changed, in words and as a patch. */
function changes(entry, patch) {
	const COUNTS = /^\/progress\/faults(?:\/([^/]+))?/;
	const names = patch.flatMap(({ path, value }) => { const found = COUNTS.exec(path); return found ? found[1] ?? Object.keys(value ?? {}) : []; });
	const isMore = patch.some(({ path }) => !COUNTS.test(path));
	return [effects(entry) ?? h("p", isMore ? "Something was changed:" : "Nothing was created, changed or ended."),
		[...new Set(names)].map((name) => h("p", "The rule ", h("b.mono", short(name.replaceAll("~1", "/").replaceAll("~0", "~"), 100)), " counted it.")),
		patch.length ? h("details", h("summary", "As JSON Patch"), code(JSON.stringify(patch))) : null];
}

/** Return what stands above what is chosen: its name, and a way to close it. */
export function titleOf(head, onback) {
	return h("div.title", button("×", () => onback(), { class: "quiet back", "aria-label": "Close" }), head);
}

function message(name, { headers, body, body_encoding: encoding, ...rest }) {
	const lines = Object.entries(headers ?? {}).flatMap(([key, value]) => [value].flat().map((each) => [key, each]));
	return section(name,
		h("details", h("summary", plural(lines.length, "header")),
			h("dl.headers", lines.map(([key, value]) => [h("dt", short(key, 100)), h("dd", short(value, 2000))]))),
		body ? [encoding ? muted(`Bytes that are no text, as ${encoding}:`) : null, code(body), rest.body_cut ? muted(`Kept: ${rest.body_cut}.`) : null] : muted("No body"));
}

/** Return facts as a list, of names and values; what has no value is left out. */
export function factsOf(pairs) {
	return h("dl.facts", pairs.filter((pair) => pair?.[1]).map(([name, value]) => [h("dt", name), h("dd", value)]));
}

/** Return a part of what is told of something, with its name above. */
export function section(name, ...children) {
	return h("section", h("h3", name), ...children);
}

const MOST_SHOWN = 20_000;

/** Return a body, indented and coloured where it is JSON; its digits as they came. */
export function code(text) {
	const tokens = indented(text) ?? [{ kind: "plain", text }];
	const place = h("pre.code", { tabindex: "0", "aria-label": "Body" });
	let length = 0;
	let count = 0;
	while (count < tokens.length && length < MOST_SHOWN) {
		length += tokens[count].text.length;
		count += 1;
	}
	const draw = (some, most = Infinity) => some.map((each) => (each.kind === "space" ? each.text
		: h("span", { class: `t-${each.kind}` }, short(each.text, most))));
	if (length < MOST_SHOWN) return fill(place, draw(tokens));
	const whole = button(`Show all ${text.length.toLocaleString("en")} characters`, () => { fill(place, draw(tokens)); whole.remove(); place.focus(); });
	return h("div", fill(place, draw(tokens.slice(0, count), MOST_SHOWN)), whole);
}
