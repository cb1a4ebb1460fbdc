// The fault rules of a world, those of scenarios, and new ones.

import { bad, button, card, choice, copy, dim, fill, h, muted, row, say, short, soon, table, visible } from "./dom.js";
import { Editor, offerScenarios, tried } from "./editor.js";
import { rulesOf } from "./json.js";

const EXAMPLE = "name: outage\non: start_service\ntimes: 2\nresponse: {status: 503}\n";
const HEADS = [["rule"], ["on"], ["origin"], ["matched"], ["acted"], ["overtaken", "Matched, but another rule acted"], ["left", "How often it can still act"], [""]];

const documentsOf = (text) => text.split(/^---.*$/m).filter((each) => each.trim());
const asItems = (text) => `faults:\n${documentsOf(text).map((rule) => `  - ${rule.trim().replaceAll("\n", "\n    ")}\n`).join("")}`;

const pathOf = (name) => `faults/${encodeURIComponent(name)}`;
const left = ({ remaining, acted }) => (remaining === 0 ? `used up, ${acted} of ${acted}` : remaining ?? "unlimited");
const counts = (rule) => [rule.origin, rule.matched, rule.acted, rule.shadowed, left(rule)];

const nameOf = (rule) => [h("td.mono", h("details", { data: { name: rule.name } }, h("summary", short(rule.name, 60)), h("pre.code", visible(rule.yaml)))),
	h("td", short(rule.on.join(", "), 120))];

export class FaultsView {
	constructor(app) {
		this.app = app;
		this.removed = new Map();
		this.rows = h("tbody");
		this.said = h("div");
		this.undo = h("div");
		this.refresh = soon(() => this.isShown && this.#draw(), 300);
		this.element = h("div.cards", card("Rules in force", table("Rules", HEADS, this.rows), this.empty = muted(), this.undo, this.said), app.readOnly ? null : [this.#writeCard(), this.#scenarioCard()]);
	}

	shown_() {
		this.#draw();
		if (!this.app.readOnly) offerScenarios(this.scenario, this.app, ["", "choose a scenario"]);
	}

	/** Show the rules of a world; the removed stay known while the tab is open. */
	entered(world) {
		this.key = `cs-simulator removed ${world}`;
		const { mark, removed } = JSON.parse(sessionStorage.getItem(this.key) ?? "{}");
		this.mark = mark;
		this.removed = new Map(removed);
		fill(this.said);
		this.editor.enter(world);
		if (this.isShown) this.shown_();
	}

	told({ index, health }) {
		const mark = `${health.instance} ${index.scenario}`;
		if (this.mark !== mark) this.removed.clear();
		this.mark = mark;
	}

	async find(name) {
		await this.#draw();
		const found = this.rows.querySelector(`[data-name="${CSS.escape(name)}"]`);
		if (!found) { say(`${name} is not in force now`); return; }
		found.open = true;
		found.firstChild.focus();
	}

	#writeCard() {
		this.editor = new Editor({
			label: "Rule", rows: 8, value: EXAMPLE, app: this.app, at: (root) => root.properties.faults, onsubmit: () => this.#add(),
		});
		return card("Write a rule", muted("In YAML or JSON, as in a scenario; several with --- between them. Ctrl Space completes. A rule of the same name is replaced."), this.editor.element,
			row(button("Put in force", () => this.#add(), { class: "primary" }), button("Copy as scenario", () => copy(asItems(this.editor.value), "as scenario"))), this.editor.problems);
	}

	#scenarioCard() {
		this.scenario = choice("Scenario", () => this.#drawScenario());
		this.theirs = h("div");
		return card("Rules of a scenario", muted("Any of them can be put in force here, whatever scenario this world has."), this.scenario, this.theirs);
	}

	async #draw() {
		let text;
		const turn = this.turn = (this.turn ?? 0) + 1;
		try {
			text = await this.app.source.faults();
			if (turn !== this.turn) return; // older than what was done meanwhile
		} catch (error) {
			fill(this.said, bad(error.message));
			return;
		}
		const rule = document.activeElement?.dataset.rule;
		this.rules = rulesOf(text);
		for (const { name } of this.rules) this.removed.delete(name);
		if (this.key) sessionStorage.setItem(this.key, JSON.stringify({ mark: this.mark, removed: [...this.removed] }));
		this.empty.textContent = this.rules.length ? "" : "No rule is in force.";
		fill(this.undo, [...this.removed.values()].map((rule) => row(dim("Removed: ", h("b.mono", short(rule.name, 60)), `, matched ${rule.matched}, acted ${rule.acted}`), this.#put(rule, "Undo"))));
		// Rows that stay keep their elements: buttons stay under the pointer.
		const mark = JSON.stringify(this.rules.map((rule) => [rule.name, rule.text, rule.origin]));
		if (mark !== this.drawn) {
			this.drawn = mark;
			fill(this.rows, this.rules.map((rule) => h("tr", nameOf(rule), counts(rule).map(() => h("td")), h("td", this.app.readOnly ? null : [this.#edit(rule), this.#remove(rule)]))));
		}
		this.rules.forEach((rule, place) => {
			const line = this.rows.rows[place];
			line.classList.toggle("used-up", rule.remaining === 0);
			counts(rule).forEach((each, column) => { line.cells[column + 2].textContent = each; });
		});
		if (this.named) this.#drawTheirs();
		// A button follows a button.
		if (rule && document.activeElement === document.body) this.element.querySelector(`[data-rule="${CSS.escape(rule)}"]`)?.focus();
	}

	#edit(rule) {
		return button("Edit", async () => { await this.editor.replace(`${rule.yaml}\n`); this.editor.area.focus(); }, { label: `Edit ${rule.name}` });
	}

	/** Change rules by a button. */
	#act(label, rule, action) {
		const press = () => tried(this.said, async () => {
			await action();
			this.turn += 1;
			await this.#draw();
		});
		return button(label, press, { label: `${label} ${rule.name}`, data: { rule: rule.name } });
	}

	#remove(rule) {
		return this.#act("Remove", rule, async () => {
			await this.app.source.ask("DELETE", pathOf(rule.name)).catch((error) => { if (error.status !== 404) throw error; });
			this.removed.set(rule.name, this.rules.find((each) => each.name === rule.name) ?? rule);
			say(`${rule.name} is removed${rule.origin === "document" ? "; a reset brings it back" : ""}`);
		});
	}

	#put(rule, label) {
		return this.#act(label, rule, async () => {
			await this.app.source.ask("PUT", pathOf(rule.name), { body: rule.text, type: "application/json" });
			say(`${rule.name} is in force; it counts from 0 and is tried first`);
		});
	}

	async #add() {
		await tried(this.editor, async () => {
			const added = [];
			// The last that is put in force is tried first.
			for (const text of documentsOf(this.editor.value).reverse()) {
				const name = /^\s*(?:\{\s*)?"?name"?\s*:\s*"?([^"\s,}#]+)/m.exec(text)?.[1];
				const isThere = name !== undefined && this.rules?.some((rule) => rule.name === name);
				added.unshift((await this.app.source.ask(isThere ? "PUT" : "POST", isThere ? pathOf(name) : "faults", { body: text })).name);
			}
			this.editor.given = this.editor.value;
			say(`${added.join(", ")} ${added.length === 1 ? "is" : "are"} in force`);
			await this.#draw();
		});
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
		const mark = JSON.stringify([this.scenario.value, this.named.map((rule) => there.has(rule.name))]);
		if (mark === this.theirs.dataset.mark && this.theirs.firstChild) return;
		this.theirs.dataset.mark = mark;
		fill(this.theirs, this.named.length ? table("Rules of the scenario", [], h("tbody", this.named.map((rule) => h("tr", nameOf(rule),
			h("td.muted", rule.stage ? `of stage ${rule.stage}` : ""), h("td", there.has(rule.name) ? this.#remove(rule) : this.#put(rule, "Put in force")))))) : muted("This scenario has no rules."));
	}
}
