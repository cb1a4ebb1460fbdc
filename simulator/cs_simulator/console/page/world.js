// A world: its clock, its stage, its scenario, its snapshot, and the other worlds.

import { button, card, confirmed, dim, download, fill, h, muted, options, plural, row, say, short, visible } from "./dom.js";
import { Editor, tried } from "./editor.js";
import { member, tree, yamlOf } from "./json.js";

const BEGINS = "The world is reset to its beginning; what it was asked is forgotten.";

/** The view of a world. */
export class WorldView {
	constructor(app) {
		this.app = app;
		this.element = h("div.cards", this.#clockCard(), this.#stageCard(), this.#scenarioCard(), this.#worldsCard());
	}

	shown_() {
		this.#offerScenarios();
		if (!this.editor.value) this.#show();
	}

	entered() {
		this.editor.value = "";
		if (this.isShown) this.#show();
	}

	told({ clock, stage, index }) {
		const mark = JSON.stringify([clock.mode, clock.mode === "frozen" ? clock.time : "", stage, index.scenario]);
		if (mark === this.mark) return;
		this.mark = mark;
		this.mode.textContent = { real: "The real time.", offset: "It runs, at a distance from the real time.", frozen: "It stands still." }[clock.mode];
		this.freeze.disabled = clock.mode === "frozen";
		this.run.disabled = clock.mode === "offset";
		this.real.disabled = clock.mode === "real";
		this.advance.disabled = clock.mode === "real";
		this.ticked(clock.time);
		this.#drawStages(stage);
		this.#drawScenario(index.scenario);
	}

	/** Show what time it is, but not over what somebody writes. */
	ticked(time) {
		if (!this.isWritten && document.activeElement !== this.time) this.time.value = time;
	}

	ask(method, path, more) {
		return this.app.source.ask(method, path, more);
	}

	#clockCard() {
		const place = h("div", { role: "status" });
		const set = (body) => tried(place, async () => {
			const told = await this.ask("PUT", "clock", { body });
			this.isWritten = false;
			say(`${told.mode}, ${told.time}${told.hint ? `: ${told.hint}` : ""}`);
			this.app.wake();
		});
		this.mode = muted();
		this.freeze = button("Freeze", () => set({ mode: "frozen" }));
		this.run = button("Run on from this time", () => set({ mode: "offset" }));
		this.real = button("Back to the real time", () => set({ mode: "real" }));
		this.time = h("input", { "aria-label": "Time", class: "mono", size: "26", oninput: () => { this.isWritten = true; } });
		this.by = h("input", { "aria-label": "By", class: "mono", size: "8", value: "1h" });
		this.advance = h("button", "Advance");
		const form = (action, ...inside) => h("form.row", { onsubmit: (event) => { event.preventDefault(); action(); } }, ...inside);
		const advance = () => tried(place, async () => {
			const told = await this.ask("POST", "clock/advance", { body: { by: this.by.value } });
			say(`It is ${told.time}`);
			this.app.wake();
		});
		return card("Clock", this.mode, row(this.freeze, this.run, this.real),
			form(advance, this.by, this.advance),
			form(() => set({ time: this.time.value, mode: this.freeze.disabled ? "frozen" : "offset" }), this.time, h("button", "Set")), place);
	}

	#stageCard() {
		this.stages = h("ol.stages");
		this.stagePlace = h("div", { role: "status" });
		this.next = button("Next stage", () => this.#stage("POST", "stage/next"));
		return card("Stage", this.stages, row(this.next), this.stagePlace);
	}

	#stage(method, path, body) {
		return tried(this.stagePlace, async () => {
			const told = await this.ask(method, path, { body });
			say(`In stage ${told.stage}`);
			this.app.wake();
		});
	}

	#drawStages({ stages, stage, calls }) {
		this.next.hidden = !stages.length;
		fill(this.stages, stages.length ? stages.map((name) => h("li", button(short(name, 60), () => this.#stage("PUT", "stage", { name }), {
			class: name === stage ? "current" : "quiet", "aria-current": name === stage ? "step" : null,
		}), name === stage ? dim(` ${plural(calls, "call")} counted`) : null)) : h("li.muted", "This scenario has no stages."));
	}

	#scenarioCard() {
		this.active = muted();
		this.names = h("select", { "aria-label": "Scenario of the catalogue" });
		this.editor = new Editor({ label: "Scenario document", rows: 18, app: this.app, at: (root) => root, onsubmit: () => this.#check() });
		this.file = h("input", { type: "file", id: "restore", class: "away", accept: ".yaml,.yml,.json", tabindex: "-1", "aria-hidden": "true", onchange: () => this.#restore() });
		const made = card("Scenario", this.active,
			row(this.names, button("Load", () => this.#loadNamed()), button("Look at it", () => this.#write(() => this.app.source.namedScenario(this.names.value))), button("Back to the start scenario", () => this.#goBack())),
			this.editor.element,
			row(button("Check", () => this.#check(), { class: "primary" }), button("Load what is written", () => this.#loadText(this.editor.value)), button("Show the active one", () => this.#show()),
				button("Reset", () => this.#reset(), { class: "danger" })), this.editor.problems,
			h("h3", "Snapshot"), row(button("Download as YAML", () => this.#download("yaml")), button("as JSON", () => this.#download("json")),
				button("Write it above", () => this.#snapshotAbove()), button("Restore from a file…", () => this.file.click()), this.file),
			h("h3", "Report"), row(button("Download this run as a file", () => this.#report())));
		made.classList.add("wide-card");
		return made;
	}

	#drawScenario(name) {
		fill(this.active, "Active: ", h("b", short(name, 80)));
	}

	async #offerScenarios() {
		const names = await this.app.source.scenarios().catch(() => []);
		if (names.length !== this.names.options.length) fill(this.names, options(names.map((name) => [name, name])));
	}

	#show() {
		return this.#write(() => this.app.source.scenarioText());
	}

	/** Write the document of a scenario into the editor. */
	#write(ask) {
		return tried(this.editor, async () => { this.editor.value = `${yamlOf(member(tree(await ask()), "document"))}\n`; });
	}

	#check() {
		return tried(this.editor, async () => {
			const { name, warnings } = await this.app.source.check(this.editor.value);
			fill(this.editor.problems, h("p.good", `No errors${name === "unnamed" ? "" : ` in ${name}`}`), warnings.length ? h("ul", warnings.map((each) => h("li", visible(each)))) : null);
			return { keeps: true };
		});
	}

	#loadText(text) {
		return this.#replace("Load this scenario?", BEGINS, "Load", () => this.ask("PUT", "scenario", { body: text, type: "application/yaml" }));
	}

	async #loadNamed() {
		const name = this.names.value;
		if (await this.#replace(`Load ${name}?`, BEGINS, "Load", () => this.ask("PUT", "scenario", { body: { name } }))) await this.#show();
	}

	async #goBack() {
		const isDone = await this.#replace("Back to the start scenario?", "The world is reset to the scenario that the server was started with.", "Go back", () => this.ask("DELETE", "scenario"));
		if (isDone) await this.#show();
	}

	#reset() {
		return this.#replace("Reset this world?", "Its data, rules, clock and journal go back to where its scenario begins.", "Reset", () => this.ask("POST", "reset"));
	}

	/** Let the world begin anew, when that is confirmed; tell whether it was done. */
	async #replace(title, text, word, action) {
		return await confirmed(title, text, word) && tried(this.editor, async () => {
			const told = await action();
			say(`${told.scenario}: ${plural(told.cleared.services, "service")}, ${plural(told.cleared.requests, "request")} cleared`);
			this.app.wake();
			return told;
		});
	}

	#download(format) {
		return tried(this.editor, async () => {
			const text = await this.app.source.snapshotText(format);
			download(`${this.app.world}.${format}`, text, "text/plain");
			say(`Downloaded the snapshot as ${this.app.world}.${format}`);
		});
	}

	/** The run as a page of its own, with all that is shown here. */
	#report() {
		return tried(this.editor, async () => {
			download(`${this.app.world}.html`, await this.app.source.text("GET", "report"), "text/html");
			say("The report opens in any browser, without a server");
		});
	}

	#snapshotAbove() {
		return tried(this.editor, async () => { this.editor.value = await this.app.source.snapshotText("yaml"); });
	}

	async #restore() {
		const [file] = this.file.files;
		if (!file) return;
		const text = await file.text();
		this.file.value = "";
		await this.#loadText(text);
	}

	#worldsCard() {
		const name = h("input", { "aria-label": "Name of a new world", placeholder: "name", size: "16" });
		const place = h("div", { role: "status" });
		const make = () => tried(place, async () => {
			const made = await this.app.source.named("PUT", name.value);
			name.value = "";
			this.app.goTo(made.world);
		});
		const drop = async () => {
			const { world } = this.app;
			if (!(await confirmed(`Drop the world ${world}?`, "All that is in it goes.", "Drop"))) return;
			await tried(place, async () => {
				await this.app.source.named("DELETE", world);
				this.app.goTo("default");
			});
		};
		return card("Worlds", muted("Each has data, rules, a clock and a journal of its own."),
			h("form.row", { onsubmit: (event) => { event.preventDefault(); make(); } }, name, h("button", "Make")),
			row(button("Drop this world", drop, { class: "danger" })), place);
	}
}
