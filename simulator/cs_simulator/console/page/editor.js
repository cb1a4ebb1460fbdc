// A field for documents: completion, and the server's own words for what is wrong.

import { completions } from "./complete.js";
import { bad, button, confirmed, fill, h, options, say, visible } from "./dom.js";

const MOST = 12;
let count = 0;

/** A text area that knows what may be written, and keeps it for each world. */
export class Editor {
	constructor({ app, label, rows, at, value = "", onsubmit }) {
		Object.assign(this, { app, at, begins: value, words: null, key: `cs-simulator draft ${label} ` });
		this.id = `editor-${count += 1}`;
		const close = () => this.close();
		this.area = h("textarea", {
			rows, label, "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": this.id,
			oninput: (event) => { fill(this.problems); if (event.inputType !== "insertLineBreak") this.offer(false); else this.close(); },
			onkeydown: (event) => this.#pressed(event, onsubmit), onblur: close, onclick: close, onscroll: close,
		});
		this.list = h("ul.offers", { role: "listbox", id: this.id, label: "Completions", hidden: true });
		/** What is wrong; it stands below the buttons. */
		this.problems = h("div.problems", { role: "status" });
		this.element = h("div.typing", this.area, this.list);
		this.value = value;
		addEventListener("pagehide", () => this.#keep());
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

	/** Keep what is being written in this tab. */
	#keep() {
		const key = this.key + this.world;
		sessionStorage.removeItem(key);
		try {
			if (this.isDraft) sessionStorage.setItem(key, this.value);
		} catch {
			say("Your text is too long to be kept");
		}
	}

	/** Show what is being written for a world. */
	enter(world) {
		if (this.world) this.#keep();
		this.world = world;
		this.value = this.begins;
		const draft = sessionStorage.getItem(this.key + world);
		if (draft !== null) [this.area.value, this.given] = [draft, null];
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
		this.area.setAttribute("aria-activedescendant", `${this.id}-0`);
	}

	close() {
		this.words = null;
		this.list.hidden = true;
		this.area.removeAttribute("aria-activedescendant");
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
			const isTaken = ["Enter", "Tab"].includes(event.key);
			if (!step && !isTaken && event.key !== "Escape") return;
			event.preventDefault();
			if (step) {
				this.pick = (this.pick + step + this.words.length) % this.words.length;
				[...this.list.children].forEach((each, place) => each.setAttribute("aria-selected", place === this.pick));
				this.area.setAttribute("aria-activedescendant", `${this.id}-${this.pick}`);
			} else if (isTaken) this.take(this.pick);
			else this.close();
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
		if (!result?.keeps) fill(place.problems ?? place);
		return result;
	} catch (error) {
		if (place.refused) place.refused(error);
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
