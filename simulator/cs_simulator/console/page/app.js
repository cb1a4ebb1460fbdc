// The shell: views as tabs, one request chosen, and the keys that lead everywhere.

import { fill, h, opened, say } from "./dom.js";
import { isRed, needsLook } from "./store.js";

const KEYS = [
	["1 … 5", "go to a view"], ["/", "filter the journal by text"], ["j, k", "the next, the previous request"], ["↑ ↓ PgUp PgDn Home End", "move in the list"],
	["Enter", "open the chosen request"], ["Esc", "close what is open"], ["r", "only requests that need a look"], ["Ctrl Space", "complete, in an editor"], ["Ctrl Enter", "send what is in the editor"], ["?", "these keys"],
];

/** What all views share. */
export class App {
	constructor({ source, store, readOnly }) {
		Object.assign(this, { source, store, readOnly, chosen: null, wanted: null, view: null, views: new Map(), world: null });
		this.nothingYet = readOnly ? "This world got no requests." : "This world has no requests yet. They show here as they arrive.";
		for (const each of ["taken", "cleared"]) store.addEventListener(each, () => this.refresh());
		store.addEventListener("cleared", () => {
			if (this.chosen === null) return;
			// What is known by its event alone comes again at once.
			const { id, isBrief } = this.viewOf("journal").details.entry;
			this.choose(isBrief ? id : null);
			if (!isBrief) say("Journal was cleared");
		});
	}

	/** Show views as tabs: a name, a label and something with an element each. */
	mount(views) {
		const list = h("div", { role: "tablist", label: "Views", class: "tabs", onkeydown: (event) => this.#tabKeys(event) });
		const places = [];
		for (const [name, label, view] of views) {
			const tab = h("button", { role: "tab", id: `tab-${name}`, "aria-controls": `view-${name}`, onclick: () => this.show(name) }, label);
			const place = h("div", { role: "tabpanel", id: `view-${name}`, "aria-labelledby": `tab-${name}`, class: `view view-${name}` }, view.element);
			this.views.set(name, { view, tab, place });
			list.append(tab);
			places.push(place);
		}
		this.tabs = list;
		fill(document.getElementById("views"), places);
		document.addEventListener("keydown", (event) => this.#pressed(event));
		window.addEventListener("hashchange", () => this.#fromAddress());
	}

	begin() {
		this.#fromAddress();
	}

	viewOf(name) {
		return this.views.get(name).view;
	}

	show(name, { focus = false } = {}) {
		if (!this.views.has(name)) [name] = this.views.keys();
		this.view = name;
		for (const [each, { view, tab, place }] of this.views) {
			const isShown = each === name;
			tab.setAttribute("aria-selected", isShown);
			tab.tabIndex = isShown ? 0 : -1;
			place.hidden = !isShown;
			view.isShown = isShown;
			if (isShown) view.shown_?.();
			if (isShown && focus) tab.focus();
		}
		this.#toAddress();
	}

	/** Let the view that is shown look at what is new. */
	refresh() {
		this.views.get(this.view)?.view.refresh?.();
	}

	/** Choose a request by its number, null for none. */
	choose(id) {
		const entry = id === null ? null : this.store.entry(id);
		this.chosen = entry?.id ?? null;
		this.wanted = entry === null ? id : null;
		for (const { view } of this.views.values()) view.chosen?.(entry);
		this.#toAddress();
	}

	/** Choose what went wrong last, else what needs a look. */
	chooseWorst() {
		const { entries } = this.store;
		const found = entries.findLast(isRed) ?? entries.findLast(needsLook);
		if (found) this.choose(found.id);
	}

	/** Show a request in the journal, also where filters hide it. */
	openRequest(id) {
		const journal = this.viewOf("journal");
		const entry = this.store.entry(id);
		if (entry && !journal.passes(entry)) journal.setFilters({});
		this.show("journal");
		this.choose(id);
		journal.details.focus();
	}

	showService(id) {
		this.show("conversation");
		this.viewOf("conversation").find(id);
	}

	showRule(name) {
		this.show("faults");
		this.viewOf("faults").find(name);
	}

	#fromAddress() {
		const wanted = new URLSearchParams(location.hash.slice(1));
		this.isLed = true;
		this.onworld?.(wanted.get("world"));
		const view = wanted.get("view") ?? "journal";
		if (view !== this.view) this.show(view);
		const id = wanted.get("request") === null ? null : Number(wanted.get("request"));
		if (id !== this.chosen) this.choose(Number.isNaN(id) ? null : id);
		this.isLed = false;
		this.place = null;
		this.#toAddress();
	}

	/** Write into the address what is shown. */
	#toAddress() {
		if (this.isLed) return;
		const isElsewhere = this.place && (this.place.world !== this.world || this.place.view !== this.view);
		this.place = { world: this.world, view: this.view };
		const parts = new URLSearchParams();
		if (this.world !== null && !this.readOnly) parts.set("world", this.world);
		parts.set("view", this.view ?? "journal");
		const id = this.chosen ?? this.wanted;
		if (id !== null) parts.set("request", id);
		const hash = `#${parts}`;
		if (hash !== location.hash) history[isElsewhere ? "pushState" : "replaceState"](null, "", hash);
	}

	#tabKeys(event) {
		const names = [...this.views.keys()];
		const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
		if (by === undefined) return;
		event.preventDefault();
		this.show(names[(names.indexOf(this.view) + by + names.length) % names.length], { focus: true });
	}

	#pressed(event) {
		if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
		const journal = this.viewOf("journal");
		const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select");
		if (event.key === "Escape") {
			if (typing?.matches("input, textarea")) typing.blur();
			else this.viewOf(this.view).back?.();
			return;
		}
		if (typing) return;
		const names = [...this.views.keys()];
		const step = { j: 1, k: -1 }[event.key];
		if (/^[1-9]$/.test(event.key) && names[event.key - 1]) this.show(names[event.key - 1], { focus: true });
		else if (event.key === "/") { this.show("journal"); journal.focusFilter(); }
		else if (step) { this.show("journal"); journal.list.element.focus(); journal.list.move(step); }
		else if (event.key === "r") { this.show("journal"); journal.setFilters({ ...journal.filters, look: !journal.filters.look }); }
		else if (event.key === "?") showKeys();
		else return;
		event.preventDefault();
	}
}

export function showKeys() {
	opened("Keys", "keys", h("dl", KEYS.map(([key, does]) => [h("dt", h("kbd", key)), h("dd", does)])), h("div.row.end", h("button", "Close")));
}
