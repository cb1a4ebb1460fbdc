// Checks: whether something was asked, and what the client did held against what it should have done.

import { differences } from "./details.js";
import { fill, h, plural, short, visible } from "./dom.js";
import { Editor, tried } from "./editor.js";

const VERIFY = "on: start_service\nresponse: {status: 201}\ncount: {at_least: 1}\n";
const JUDGE = "on: start_service\nattempts: {at_most: 3}\ncreated: {at_most: 1}\n";

/** The view of verifications and verdicts. */
export class ChecksView {
  constructor(app) {
    this.app = app;
    this.found = h("div", { role: "status" });
    this.verdict = h("div", { role: "status" });
    this.element = h("div", { class: "cards" }, app.readOnly ? null : this.#verifyCard(), this.#judgeCard());
  }

  entered() {
    fill(this.found);
    fill(this.verdict);
  }

  #verifyCard() {
    const at = (root) => ({ anyOf: [root.properties.faults, { properties: { count: { properties: { at_least: {}, at_most: {} } }, in_order: root.properties.faults, after: {}, within: {}, response: { properties: { status: {}, fault: {} } } } }] });
    this.question = new Editor({ label: "Verification", rows: 6, value: VERIFY, schema: () => this.app.source.schema(), at, onsubmit: () => this.#verify() });
    return h("section", { class: "card" }, h("h2", null, "Verify"), h("p", { class: "muted" }, "Whether the world was asked for this, how often, or in which order; near misses say what came closest."),
      this.question.element, h("div", { class: "row" }, h("button", { class: "primary", onclick: () => this.#verify() }, "Verify")), this.found);
  }

  #verify() {
    fill(this.found);
    return tried(this.question, async () => {
      const told = await this.app.source.ask("POST", "verify", { body: this.question.value, type: "application/yaml" });
      fill(this.found, h("p", { class: told.verified ? "good" : "bad" }, h("b", null, told.verified ? "Verified" : told.inconclusive ? "Cannot be told" : "Not verified"), `: ${plural(told.matched, "request")} matched`, told.reason ? `; ${told.reason}` : "", told.missing ? `; nothing fits ${told.missing}` : ""),
        told.hints?.length ? h("ul", { class: "hints" }, told.hints.map((each) => h("li", null, visible(each)))) : null,
        told.matched_ids?.length ? h("p", null, "Matched: ", told.matched_ids.map((id) => this.#link(id))) : null,
        told.near_misses.length ? [h("h3", null, "Near misses"), told.near_misses.map((miss) => h("div", null, h("p", null, this.#link(miss.id), ` ${miss.method} `, h("span", { class: "mono" }, short(miss.path, 120))), differences(miss.failed)))] : null);
    });
  }

  #judgeCard() {
    const intro = h("p", { class: "muted" }, "What the client did under faults, held against what it should have done.");
    if (this.app.readOnly) return this.judged = h("section", { class: "card" }, h("h2", null, "Judge"), intro, this.verdict);
    this.expectation = new Editor({ label: "Expectation", rows: 6, value: JUDGE, schema: () => this.app.source.schema(), at: (root) => root.properties.expect, onsubmit: () => this.#judge(true) });
    return h("section", { class: "card" }, h("h2", null, "Judge"), intro, this.expectation.element, h("div", { class: "row" },
      h("button", { class: "primary", onclick: () => this.#judge(true) }, "Judge by this"), h("button", { onclick: () => this.#judge(false) }, "Judge by the scenario")), this.verdict);
  }

  #judge(isOwn) {
    fill(this.verdict);
    return tried(this.expectation, async () => {
      this.showVerdict(await this.app.source.ask("POST", "judge", isOwn ? { body: this.expectation.value, type: "application/yaml" } : {}));
    });
  }

  /** Show what the judge says. */
  showVerdict({ verdict, virtues, intents }) {
    const kind = { passed: "good", failed: "bad" }[verdict] ?? "muted";
    fill(this.verdict, h("p", { class: kind }, h("b", null, verdict)),
      h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Virtues" }, h("table", null, h("thead", null, h("tr", null, ["virtue", "verdict", "why", "requests"].map((name) => h("th", { scope: "col" }, name)))),
        h("tbody", null, virtues.map((each) => h("tr", null, h("td", { class: "mono" }, short(each.virtue, 60)), h("td", { class: { passed: "good", failed: "bad" }[each.verdict] ?? "muted" }, each.verdict),
          h("td", null, visible(each.text ?? "")), h("td", null, (each.requests ?? []).slice(0, 20).map((id) => this.#link(id)))))))),
      intents.length ? h("details", null, h("summary", null, plural(intents.length, "intent")), intents.slice(0, 50).map((each) => h("div", { class: "intent" }, h("p", { class: "mono wrap" }, short(each.intent, 300)),
        h("ul", { class: "plain" }, each.attempts.map((attempt) => h("li", null, this.#link(attempt.request), ` after ${attempt.gap_ms ?? 0} ms: `, short(attempt.shown?.broken ?? attempt.shown?.status ?? "nothing", 40))))))) : null);
  }

  #link(id) {
    return h("button", { class: "quiet mono", onclick: () => this.app.openRequest(id) }, `#${id}`);
  }
}
