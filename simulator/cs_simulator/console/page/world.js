// A world: its clock, stage, scenario, snapshot, and the other worlds.

import { button, card, choice, confirmed, dim, download, fill, h, muted, plural, row, say, short, told, visible } from "./dom.js";
import { Editor, offerScenarios, tried } from "./editor.js";
import { member, tree, yamlOf } from "./json.js";

const BEGINS = "The world is reset to its beginning; its journal is cleared.";

const documentOf = (text) => `${yamlOf(member(tree(text), "document"))}\n`;

const form = (action, ...inside) => h("form.row", { onsubmit: (event) => { event.preventDefault(); action(); } }, ...inside);

export class WorldView {
	constructor(app) {
		this.app = app;
		this.element = h("div.cards", this.#clockCard(), this.#stageCard(), this.#scenarioCard(), this.#worldsCard());
	}

	shown_() {
		offerScenarios(this.names, this.app);
		if (!this.editor.value && !this.editor.isDraft) this.#show();
	}

	entered(world) {
		this.editor.enter(world);
		for (const each of this.element.querySelectorAll(".card > [role=status]")) fill(each);
		if (this.isShown) this.shown_();
	}

	told({ clock, stage, index }) {
		const mark = JSON.stringify([clock.mode, clock.mode === "frozen" ? clock.time : "", stage, index.scenario]);
		if (mark === this.mark) return;
		this.mark = mark;
		this.mode.textContent = { real: "The real time. To advance it, freeze it or set a time.", offset: "It runs, at a distance from the real time.", frozen: "It is frozen." }[clock.mode];
		for (const [each, mode] of [[this.freeze, "frozen"], [this.run, "offset"], [this.real, "real"], [this.advance, "real"]]) each.disabled = clock.mode === mode;
		this.ticked(clock.time);
		this.#drawStages(stage);
		fill(this.active, "Active: ", h("b", short(index.scenario, 80)));
	}

	/** Show the time, but not over what somebody writes. */
	ticked(time) {
		if (!this.isWritten && document.activeElement !== this.time) this.time.value = time;
	}

	ask(method, path, more) {
		return this.app.source.ask(method, path, more);
	}

	#clockCard() {
		const place = told();
		const set = (body) => tried(place, async () => {
			const now = await this.ask("PUT", "clock", { body });
			this.isWritten = false;
			say(`${now.mode}, ${now.time}${now.hint ? `: ${now.hint}` : ""}`);
			this.app.wake();
		});
		this.mode = muted();
		this.freeze = button("Freeze", () => set({ mode: "frozen" }));
		this.run = button("Let it run", () => set({ mode: "offset" }), { title: "From the time that it shows, as fast as the real time" });
		this.real = button("Back to the real time", () => set({ mode: "real" }));
		this.time = h("input", { label: "Time", class: "mono", size: "26", placeholder: "2026-01-05T09:00:00Z", title: "A date and time with its zone, such as 2026-01-05T09:00:00Z", oninput: () => { this.isWritten = true; } });
		this.by = h("input", { label: "By", class: "mono", size: "8", value: "1h" });
		this.advance = h("button", "Advance");
		const advance = () => tried(place, async () => {
			const now = await this.ask("POST", "clock/advance", { body: { by: this.by.value } });
			say(`It is ${now.time}`);
			this.app.wake();
		});
		return card("Clock", this.mode, row(this.freeze, this.run, this.real),
			form(advance, this.by, this.advance),
			form(() => set({ time: this.time.value, mode: this.freeze.disabled ? "frozen" : "offset" }), this.time, h("button", "Set")), place);
	}

	#stageCard() {
		this.stages = h("ol.stages");
		this.stagePlace = told();
		this.next = button("Next stage", () => this.#stage("POST", "stage/next"));
		return card("Stage", this.stages, row(this.next), this.stagePlace);
	}

	#stage(method, path, body) {
		return tried(this.stagePlace, async () => {
			const now = await this.ask(method, path, { body });
			say(`In stage ${now.stage}`);
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
		this.names = choice("Scenario of the catalogue");
		this.editor = new Editor({ label: "Scenario document", rows: 18, app: this.app, at: (root) => root, onsubmit: () => this.#check() });
		this.file = h("input", { type: "file", id: "restore", class: "away", accept: ".yaml,.yml,.json", tabindex: "-1", "aria-hidden": "true", onchange: () => this.#restore() });
		const made = card("Scenario", this.active,
			row(this.names, button("Load", () => this.#loadNamed()), button("Look at it", () => this.#write(async () => documentOf(await this.app.source.namedScenario(this.names.value)))), button("Back to the start scenario", () => this.#goBack())),
			this.editor.element,
			row(button("Check", () => this.#check(), { class: "primary" }), button("Load what is written", () => this.#loadText(this.editor.value)), button("Show the active one", () => this.#show())), this.editor.problems,
			h("h3", "Snapshot"), row(button("Download as YAML", () => this.#download("snapshot?format=yaml", "yaml")), button("as JSON", () => this.#download("snapshot?format=json", "json")),
				button("Write it above", () => this.#write(() => this.app.source.text("GET", "snapshot?format=yaml"))), button("Restore from a file…", () => this.file.click()), this.file),
			h("h3", "Report"), row(button("Download this run as a file", () => this.#download("report", "html", "text/html"))));
		made.classList.add("wide-card");
		return made;
	}

	#show() {
		return this.#write(async () => documentOf(await this.app.source.scenarioText()));
	}

	#write(ask) {
		return tried(this.editor, async () => this.editor.replace(await ask()));
	}

	#check() {
		return tried(this.editor, async () => {
			const { name, warnings } = await this.app.source.check(this.editor.value);
			fill(this.editor.problems, h("p.good", `No errors${name === "unnamed" ? "" : ` in ${name}`}`), warnings.length ? h("ul", warnings.map((each) => h("li", visible(each)))) : null);
			return { keeps: true };
		});
	}

	async #loadText(text, title = "Load this scenario?", word = "Load", done = "Loaded") {
		const isDone = await this.#replace(title, BEGINS, word, () => this.ask("PUT", "scenario", { body: text }), done);
		if (isDone && text === this.editor.value) this.editor.given = text;
	}

	#loadNamed() {
		const name = this.names.value;
		return this.#replace(`Load ${name}?`, BEGINS, "Load", () => this.ask("PUT", "scenario", { body: { name } }), "Loaded");
	}

	#goBack() {
		return this.#replace("Back to the start scenario?", "The world is reset to the scenario that the server was started with.", "Go back", () => this.ask("DELETE", "scenario"), "Loaded");
	}

	#reset() {
		return this.#replace("Reset this world?", "Its data, rules, clock and journal go back to where its scenario begins.", "Reset", () => this.ask("POST", "reset"), "Reset to");
	}

	/** Let the world begin anew, when that is confirmed. */
	async #replace(title, text, word, action, done) {
		const isDone = await confirmed(title, text, word) && await tried(this.editor, async () => {
			await action();
			const { scenario, counts } = await this.ask("GET", "");
			say(`${done} ${scenario}: ${plural(counts.services, "service")}, ${plural(counts.customers, "customer")}`);
			this.app.wake();
			return true;
		});
		if (isDone && !this.editor.isDraft) await this.#show();
		return isDone;
	}

	#download(path, kind, type = "text/plain") {
		return tried(this.editor, async () => {
			const name = `${this.app.world}.${kind}`;
			download(name, await this.app.source.text("GET", path), type);
			say(`Downloaded ${name}`);
		});
	}

	async #restore() {
		const [file] = this.file.files;
		if (!file) return;
		const text = await file.text();
		this.file.value = "";
		await this.#loadText(text, `Restore ${file.name}?`, "Restore", "Restored");
	}

	#worldsCard() {
		const name = h("input", { label: "Name of a new world", placeholder: "name", size: "16" });
		const place = told();
		const make = () => tried(place, async () => {
			const made = await this.app.source.named("PUT", name.value);
			name.value = "";
			this.app.goTo(made.world);
		});
		const drop = async () => {
			const { world } = this.app;
			if (!(await confirmed(`Drop the world ${world}?`, "Its data, rules, scenario and journal are deleted.", "Drop"))) return;
			await tried(place, async () => {
				await this.app.source.named("DELETE", world);
				this.app.goTo("default");
			});
		};
		return card("Worlds", muted("Each has data, rules, a clock and a journal of its own."),
			form(make, name, h("button", "Make")),
			row(button("Reset this world", () => this.#reset(), { class: "danger" }), button("Drop this world", drop, { class: "danger" })), place);
	}
}
