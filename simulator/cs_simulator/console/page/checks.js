// Checks: whether something was asked, and how the client did.

import { differences, requestLink } from "./details.js";
import { button, card, fill, h, muted, plural, row, short, table, told, visible } from "./dom.js";
import { Editor, tried } from "./editor.js";

const VERIFY = "on: start_service\nresponse: {status: 201}\ncount: {at_least: 1}\n";
const JUDGE = "on: start_service\nattempts: {at_most: 3}\ncreated: {at_most: 1}\n";

const KINDS = { passed: "good", failed: "bad" };

export class ChecksView {
	constructor(app) {
		this.app = app;
		[this.found, this.verdict] = [told(), told()];
		this.element = h("div.cards", app.readOnly ? null : this.#verifyCard(), this.#judgeCard());
	}

	entered(world) {
		for (const each of [this.question, this.expectation]) each.enter(world);
		for (const each of [this.found, this.verdict]) fill(each);
	}

	#verifyCard() {
		const at = (root) => ({ anyOf: [root.properties.faults, { properties: { count: { properties: { at_least: {}, at_most: {} } }, in_order: root.properties.faults, after: {}, within: {}, response: { properties: { status: {}, fault: {}, hint: {} } } } }] });
		this.question = new Editor({ label: "Verification", rows: 6, value: VERIFY, app: this.app, at, onsubmit: () => this.#verify() });
		return card("Verify", muted("Whether the world was asked for this, how often, or in which order; near misses say what came closest."),
			this.question.element, row(button("Verify", () => this.#verify(), { class: "primary" })), this.question.problems, this.found);
	}

	#verify() {
		fill(this.found);
		return tried(this.question, async () => {
			const each = await this.app.source.ask("POST", "verify", { body: this.question.value });
			fill(this.found, h("p", { class: each.verified ? "good" : "bad" }, h("b", each.verified ? "Verified" : each.inconclusive ? "Cannot be told" : "Not verified"), `: ${plural(each.matched, "request")} matched`, each.reason ? `; ${each.reason}` : "", each.missing ? `; nothing fits ${each.missing}` : ""),
				each.hints?.length ? h("ul.hints", each.hints.map((hint) => h("li", visible(hint)))) : null,
				each.matched_ids?.length ? h("p", "Matched: ", each.matched_ids.map((id) => requestLink(this.app, id))) : null,
				each.near_misses.length ? [h("h3", "Near misses"), each.near_misses.map((miss) => h("div", h("p", requestLink(this.app, miss.id), ` ${miss.method} `, h("span.mono", short(miss.path, 120))), differences(miss.failed)))] : null);
		});
	}

	#judgeCard() {
		const intro = muted("What the client did under faults, held against what it should have done.");
		if (this.app.readOnly) return card("Judge", intro, this.verdict);
		this.expectation = new Editor({ label: "Expectation", rows: 6, value: JUDGE, app: this.app, at: (root) => root.properties.expect, onsubmit: () => this.#judge(true) });
		return card("Judge", intro, this.expectation.element,
			row(button("Judge by this", () => this.#judge(true), { class: "primary" }), button("Judge by the scenario", () => this.#judge(false))), this.expectation.problems, this.verdict);
	}

	#judge(isOwn) {
		fill(this.verdict);
		return tried(this.expectation, async () => {
			this.showVerdict(await this.app.source.ask("POST", "judge", isOwn ? { body: this.expectation.value } : {}));
		});
	}

	showVerdict({ verdict, virtues, intents }) {
		fill(this.verdict, h("p", { class: KINDS[verdict] ?? "muted" }, h("b", verdict)),
			table("Virtues", [["virtue"], ["verdict"], ["why"], ["requests"]],
				h("tbody", virtues.map((each) => h("tr", h("td.mono", short(each.virtue, 60)), h("td", { class: KINDS[each.verdict] ?? "muted" }, each.verdict),
					h("td", visible(each.text ?? "")), h("td", (each.requests ?? []).slice(0, 20).map((id) => requestLink(this.app, id))))))),
			intents.length ? h("details", h("summary", plural(intents.length, "intent")), intents.slice(0, 50).map((each) => h("div.intent", h("p.mono.wrap", short(each.intent, 300)),
				h("ul", each.attempts.map((attempt) => h("li", requestLink(this.app, attempt.request), ` after ${attempt.gap_ms ?? 0} ms: `, short(attempt.shown?.broken ?? attempt.shown?.status ?? "nothing", 40))))))) : null);
	}
}
