// The fault rules of a world: on and off, those of scenarios too, and new ones.

import { copy, fill, h, say, short, soon, visible } from "./dom.js";
import { Editor, tried } from "./editor.js";
import { jsonOf, member, parse, tree, yamlOf } from "./json.js";

const EXAMPLE = "name: outage\non: start_service\ntimes: 2\nresponse: {status: 503}\n";

/** Return a rule as the one item of a scenario's list. */
function asItem(rule) {
  return `faults:\n${rule.trim().split("\n").map((line, place) => (place ? "    " : "  - ") + line).join("\n")}\n`;
}

const counts = (rule) => [rule.origin, rule.matched, rule.acted, rule.shadowed, rule.remaining ?? ""];

/** Return the rules of an answer, each as the text it can be put back by. */
function rulesOf(text) {
  const nodes = member(tree(text), "faults").list.map((each) => member(each, "rule"));
  return parse(text).faults.map((rule, place) => ({ ...rule, text: jsonOf(nodes[place]), yaml: yamlOf(nodes[place]) }));
}

const nameOf = (rule) => h("td", { class: "mono" }, h("details", null, h("summary", null, short(rule.name, 60)), h("pre", { class: "code" }, visible(rule.yaml))));

/** The view of fault rules. */
export class FaultsView {
  constructor(app) {
    this.app = app;
    this.off = new Map();
    this.table = h("tbody");
    this.said = h("div");
    this.refresh = soon(() => this.#draw(), 300);
    this.element = h("div", { class: "cards" }, this.#rulesCard(), app.readOnly ? null : [this.#writeCard(), this.#scenarioCard()]);
    app.store.addEventListener("taken", () => { if (this.isShown) this.refresh(); });
  }

  shown_() {
    this.#draw();
    if (!this.app.readOnly) this.#offerScenarios();
  }

  entered() {
    this.off = new Map();
    if (this.isShown) this.shown_();
  }

  told({ index, health }) {
    const mark = `${health.instance} ${index.scenario}`;
    if (this.mark !== undefined && this.mark !== mark) this.off.clear();
    this.mark = mark;
    if (this.isShown) this.refresh();
  }

  #rulesCard() {
    const heads = ["", "rule", "on", "origin", "matched", "acted", "shadowed", "left", ""];
    return h("section", { class: "card" }, h("h2", null, "Rules in force"), this.said,
      h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Rules" }, h("table", { class: "rules" }, h("thead", null, h("tr", null, heads.map((name) => (name ? h("th", { scope: "col" }, name) : h("td"))))), this.table)),
      this.empty = h("p", { class: "muted" }));
  }

  #writeCard() {
    this.editor = new Editor({
      label: "Rule", rows: 8, value: EXAMPLE, schema: () => this.app.source.schema(), at: (root) => root.properties.faults, onsubmit: () => this.#add(),
    });
    return h("section", { class: "card" }, h("h2", null, "Write a rule"),
      h("p", { class: "muted" }, "In YAML or JSON, as in a scenario. Ctrl Space completes. A rule of the same name is replaced."),
      this.editor.element, h("div", { class: "row" },
        h("button", { class: "primary", onclick: () => this.#add() }, "Put in force"),
        h("button", { onclick: () => copy(asItem(this.editor.value), "as scenario") }, "Copy as scenario")));
  }

  #scenarioCard() {
    this.scenario = h("select", { "aria-label": "Scenario", onchange: () => this.#drawScenario() });
    this.theirs = h("div");
    return h("section", { class: "card" }, h("h2", null, "Rules of a scenario"),
      h("p", { class: "muted" }, "Any of them can be switched on here, whatever scenario this world has."), this.scenario, this.theirs);
  }

  async #draw() {
    let text;
    const turn = this.turn = (this.turn ?? 0) + 1;
    try {
      text = await this.app.source.faults();
      if (turn !== this.turn) return; // it is older than what was done meanwhile
    } catch (error) {
      fill(this.said, h("p", { class: "bad" }, visible(error.message)));
      return;
    }
    fill(this.said);
    this.rules = rulesOf(text);
    const there = new Set(this.rules.map((rule) => rule.name));
    for (const name of there) this.off.delete(name);
    const focused = document.activeElement?.dataset?.rule;
    // Rows that stay keep their elements: a switch must not go from under the pointer.
    const mark = JSON.stringify([this.rules.map((rule) => [rule.name, rule.text, rule.origin]), [...this.off.keys()]]);
    if (mark === this.drawn) {
      this.rules.forEach((rule, place) => counts(rule).forEach((each, column) => { this.table.rows[place].cells[column + 3].textContent = each; }));
      return;
    }
    this.drawn = mark;
    fill(this.table, this.rules.map((rule) => this.#row(rule, true)), [...this.off.values()].map((rule) => this.#row(rule, false)));
    if (focused) this.table.querySelector(`[data-rule="${CSS.escape(focused)}"]`)?.focus();
    this.empty.textContent = this.rules.length + this.off.size ? "" : "No rule is in force: every request gets its true response.";
    if (this.named) this.#drawTheirs();
  }

  #row(rule, isOn) {
    const rest = isOn ? counts(rule) : ["off", "", "", "", ""];
    const edit = this.app.readOnly ? null : h("button", { class: "quiet", onclick: () => { this.editor.value = `${rule.yaml}\n`; this.editor.area.focus(); }, "aria-label": `Edit ${rule.name}` }, "edit");
    return [h("tr", { class: isOn ? "" : "is-off" },
      h("td", null, this.app.readOnly ? null : this.#toggle(rule, isOn)),
      nameOf(rule),
      h("td", null, short(rule.on.join(", "), 120)), rest.map((each) => h("td", null, each)),
      h("td", null, edit, this.app.readOnly || isOn ? null : h("button", { class: "quiet", "aria-label": `Forget ${rule.name}`, onclick: () => { this.off.delete(rule.name); this.#draw(); } }, "forget")))];
  }

  #toggle(rule, isOn) {
    return h("button", {
      role: "switch", class: "switch", "aria-checked": String(isOn), "aria-label": rule.name, data: { rule: rule.name },
      onclick: () => tried(this.said, async () => {
        if (isOn) await this.#switchOff(rule);
        else await this.#switchOn(rule);
        await this.#draw();
      }),
    });
  }

  async #switchOff(rule) {
    await this.app.source.ask("DELETE", `faults/${encodeURIComponent(rule.name)}`).catch((error) => { if (error.status !== 404) throw error; });
    this.turn += 1;
    this.off.set(rule.name, rule);
    say(`${rule.name} is off; a reset brings back what the scenario has`);
  }

  async #switchOn(rule) {
    await this.app.source.ask("PUT", `faults/${encodeURIComponent(rule.name)}`, { body: rule.text });
    say(`${rule.name} is on, and is tried first`);
  }

  async #add() {
    await tried(this.editor, async () => {
      const text = this.editor.value;
      const name = /^\s*(?:\{\s*)?"?name"?\s*:\s*"?([^"\s,}#]+)/m.exec(text)?.[1];
      const isThere = name !== undefined && this.rules?.some((rule) => rule.name === name);
      const added = await this.app.source.ask(isThere ? "PUT" : "POST", isThere ? `faults/${encodeURIComponent(name)}` : "faults", { body: text, type: "application/yaml" });
      say(`${added.name} is in force`);
      await this.#draw();
    });
  }

  async #offerScenarios() {
    const names = await this.app.source.scenarios().catch(() => []);
    if (this.scenario.options.length === names.length + 1) return;
    const own = this.app.told?.index.scenario;
    fill(this.scenario, h("option", { value: "" }, "choose a scenario"), names.map((name) => h("option", { value: name }, name === own ? `${name} (this world's)` : name)));
  }

  async #drawScenario() {
    const name = this.scenario.value;
    this.named = null;
    if (!name) { fill(this.theirs); return; }
    await tried(this.theirs, async () => {
      this.named = rulesOf(await this.app.source.namedScenario(name));
    });
    if (this.named) this.#drawTheirs();
  }

  #drawTheirs() {
    const there = new Set(this.rules?.map((rule) => rule.name));
    const focused = document.activeElement?.dataset?.rule;
    const inTheirs = this.theirs.contains(document.activeElement);
    fill(this.theirs, this.named.length ? h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Rules of the scenario" }, h("table", { class: "rules" }, h("tbody", null, this.named.map((rule) => h("tr", null,
      h("td", null, this.#toggle(rule, there.has(rule.name))),
      nameOf(rule),
      h("td", null, short(rule.on.join(", "), 120)), h("td", { class: "muted" }, rule.stage ? `of stage ${rule.stage}` : "")))))) : h("p", { class: "muted" }, "This scenario has no rules."));
    if (inTheirs && focused) this.theirs.querySelector(`[data-rule="${CSS.escape(focused)}"]`)?.focus();
  }
}
