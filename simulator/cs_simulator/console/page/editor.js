// A field for documents: completion while one writes, and the server's own words for what is wrong.

import { completions } from "./complete.js";
import { bad, button, confirmed, fill, h, options, visible } from "./dom.js";

const MOST = 12;
let count = 0;

/** A text area that knows what may be written, and keeps what is being written for each world. */
export class Editor {
	constructor({ app, label, rows, at, value = "", onsubmit }) {
		this.app = app;
		this.at = at;
		this.begins = value;
		this.drafts = new Map();
		this.id = `editor-${count += 1}`;
		this.words = null;
		this.area = h("textarea", {
			rows, "aria-label": label, "aria-autocomplete": "list", "aria-haspopup": "listbox",
			oninput: (event) => { fill(this.problems); if (event.inputType !== "insertLineBreak") this.offer(false); else this.close(); },
			onkeydown: (event) => this.#pressed(event, onsubmit), onblur: () => this.close(), onclick: () => this.close(), onscroll: () => this.close(),
		});
		this.list = h("ul.offers", { role: "listbox", id: this.id, "aria-label": "Completions", hidden: true });
		/** What is wrong; it stands below the buttons. */
		this.problems = h("div.problems", { role: "status" });
		this.element = h("div.typing", this.area, this.list);
		this.value = value;
	}

	get value() {
		return this.area.value;
	}

	set value(text) {
		this.given = this.area.value = text;
		fill(this.problems);
	}

	get isDraft() {
		return this.value !== this.given;
	}

	/** Show what is being written for a world. */
	enter(world) {
		if (this.isDraft) this.drafts.set(this.world, this.value);
		else this.drafts.delete(this.world);
		this.world = world;
		this.value = this.begins;
		if (this.drafts.has(world)) [this.area.value, this.given] = [this.drafts.get(world), null];
	}

	/** Show another text, unless somebody wants to keep what is being written. */
	async replace(text) {
		const { world } = this;
		if (this.isDraft && !(await confirmed("Replace what you are writing?", "Your text in the editor was not sent, and is lost.", "Replace"))) return;
		if (world === this.world) this.value = text;
	}

	async offer(always) {
		const root = await this.app.source.schema().catch(() => null);
		if (!root) return;
		const { selectionStart: caret, value } = this.area;
		const found = completions(root, this.at(root), value, caret);
		const words = found.words.slice(0, MOST);
		if (!words.length || (!always && !found.prefix)) return this.close();
		this.words = words;
		this.found = found;
		this.pick = 0;
		fill(this.list, words.map((word, place) => h("li", {
			role: "option", id: `${this.id}-${place}`, "aria-selected": String(place === 0),
			onmousedown: (event) => { event.preventDefault(); this.take(place); },
		}, word)));
		const before = value.slice(0, caret).split("\n");
		this.list.style.top = `${before.length * 18 + 6 - this.area.scrollTop}px`;
		this.list.style.left = `${Math.min((before.at(-1).length - found.prefix.length) * 7.25 + 8, this.area.clientWidth - 200)}px`;
		this.list.hidden = false;
		this.area.setAttribute("aria-controls", this.id);
		this.area.setAttribute("aria-activedescendant", `${this.id}-0`);
	}

	close() {
		this.words = null;
		this.list.hidden = true;
		this.area.removeAttribute("aria-activedescendant");
		this.area.removeAttribute("aria-controls");
	}

	take(place) {
		const word = this.words[place];
		const { prefix, kind } = this.found;
		const caret = this.area.selectionStart;
		const follows = /^\s*:/.test(this.area.value.slice(caret));
		this.area.setRangeText(word + (kind === "key" && !follows ? ": " : ""), caret - prefix.length, caret, "end");
		this.close();
	}

	#pressed(event, onsubmit) {
		if (event.key === " " && event.ctrlKey) {
			event.preventDefault();
			this.offer(true);
		} else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
			event.preventDefault();
			onsubmit?.();
		} else if (this.words) {
			const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
			if (step) {
				event.preventDefault();
				this.pick = (this.pick + step + this.words.length) % this.words.length;
				[...this.list.children].forEach((each, place) => each.setAttribute("aria-selected", String(place === this.pick)));
				this.area.setAttribute("aria-activedescendant", `${this.id}-${this.pick}`);
			} else if (event.key === "Enter" || event.key === "Tab") {
				event.preventDefault();
				this.take(this.pick);
			} else if (event.key === "Escape") {
				event.preventDefault();
				this.close();
			}
		}
	}

	refused(error) {
		const items = (error.errors ?? []).map((each) => [each, each.line ? each : this.#placeOf(each.at)]).map(([each, place]) => h("li",
			place ? button(`line ${place.line}, column ${place.column}`, () => this.goTo(place.line, place.column), { class: "quiet mono" }) : null,
			each.at ? h("b.mono", `${each.at} `) : null, visible(each.detail ?? "")));
		fill(this.problems, h("p.bad", visible(items.length !== 1 ? error.message : error.title)), items.length ? h("ul", items) : null);
	}

	/** Return where the key of a problem without a line stands. */
	#placeOf(at) {
		const key = at?.replace(/\[\d+\]$/, "").split(".").at(-1);
		const found = key ? new RegExp(`(^|[\\s{,"-])${key.replace(/[^\w]/g, "\\$&")}"?\\s*:`).exec(this.value) : null;
		if (!found) return null;
		const before = this.value.slice(0, found.index + found[1].length).split("\n");
		return { line: before.length, column: before.at(-1).length + 1 };
	}

	goTo(line, column) {
		const lines = this.value.split("\n");
		const place = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
		this.area.focus();
		this.area.setSelectionRange(place, place + (/^[\w$.-]+/.exec(this.value.slice(place))?.[0].length ?? 1));
		this.area.scrollTop = Math.max(0, (line - 5) * 18);
	}
}

/** Do something; say what went wrong in some place. */
export async function tried(place, action) {
	try {
		const result = await action();
		if (place instanceof Editor) { if (!result?.keeps) fill(place.problems); } else fill(place);
		return result;
	} catch (error) {
		if (place instanceof Editor) place.refused(error);
		else fill(place, bad(error.message));
		return null;
	}
}

/** Offer the scenarios of the catalogue, below what there is to choose besides. */
export async function offerScenarios(choice, app, ...more) {
	const names = await app.source.scenarios().catch(() => []);
	const own = app.told?.index.scenario;
	if (names.length + more.length !== choice.options.length) fill(choice, options([...more, ...names.map((name) => [name, name === own ? `${name} (this world's)` : name])]));
}
