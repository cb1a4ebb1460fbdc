// A list of any length, of which only what is seen is there.

import { h } from "./dom.js";
import { placeOf } from "./store.js";

const SPARE = 8;

/** Rows of one height. A row under the pointer stays where it is. */
export class LongList {
	constructor({ label, ...given }) {
		Object.assign(this, given); // height, draw, onchoose, onopen
		this.items = [];
		this.rows = new Map();
		this.chosen = null;
		this.follows = true;
		this.isHeld = false;
		this.space = h("div.space", { role: "presentation" });
		this.element = h("div", {
			class: "list", role: "listbox", tabindex: "0", label,
			onscroll: () => this.#scrolled(),
			onkeydown: (event) => this.#pressed(event),
			onpointerenter: () => this.hold(true),
			onpointerleave: () => this.hold(false),
			onclick: (event) => this.#clicked(event),
			ondblclick: () => this.onopen?.(this.chosen),
		}, this.space);
		new ResizeObserver(() => this.show()).observe(this.element);
	}

	hold(isHeld) {
		this.isHeld = isHeld;
		this.onhold?.(isHeld);
	}

	get isAtEnd() {
		const { scrollTop, clientHeight, scrollHeight } = this.element;
		return scrollTop + clientHeight >= scrollHeight - 2;
	}

	#scrolled() {
		// A scroll of its own may come when there is more: it tells nothing of the person.
		if (this.element.scrollTop !== this.top) [this.top, this.follows] = [null, this.isAtEnd];
		this.onscrolled?.();
		this.show();
	}

	/** Take other items; what is at the top stays there, or the end is followed. */
	set(items) {
		const follows = this.follows && !this.isHeld;
		const top = this.element.scrollTop;
		const anchor = this.items[Math.floor(top / this.height)];
		this.items = items;
		this.space.style.height = `${items.length * this.height}px`;
		if (follows) this.toEnd();
		else if (anchor !== undefined) {
			const place = this.indexOf(anchor.id);
			if (place >= 0) this.#scrollTo(place * this.height + top % this.height);
		}
		this.show();
	}

	toEnd() {
		this.#scrollTo(this.element.scrollHeight);
		this.follows = true;
	}

	#scrollTo(top) {
		this.element.scrollTop = top;
		this.top = this.element.scrollTop;
	}

	indexOf(key) {
		const place = placeOf(this.items, key);
		return this.items[place]?.id === key ? place : -1;
	}

	/** Draw all rows anew. */
	redraw() {
		for (const row of this.rows.values()) row.item = null;
		this.show();
	}

	/** Draw what is in view; rows that were there keep their elements. */
	show() {
		const { scrollTop, clientHeight } = this.element;
		const first = Math.max(0, Math.floor(scrollTop / this.height) - SPARE);
		const last = Math.min(this.items.length, Math.ceil((scrollTop + clientHeight) / this.height) + SPARE);
		const seen = new Set();
		for (let place = first; place < last; place += 1) {
			const item = this.items[place];
			const key = item.id;
			seen.add(key);
			let row = this.rows.get(key);
			if (!row) {
				row = { element: h("div.line", { role: "option", id: `row-${key}`, data: { key } }), item: null };
				this.rows.set(key, row);
			}
			if (row.item !== item) {
				row.item = item;
				this.draw(item, row.element);
			}
			row.element.style.top = `${place * this.height}px`;
			row.element.setAttribute("aria-posinset", place + 1);
			row.element.setAttribute("aria-setsize", this.items.length);
			row.element.setAttribute("aria-selected", key === this.chosen);
			if (!row.element.isConnected) this.space.append(row.element);
		}
		for (const [key, row] of this.rows) {
			if (!seen.has(key)) {
				row.element.remove();
				this.rows.delete(key);
			}
		}
		if (this.chosen !== null && seen.has(this.chosen)) this.element.setAttribute("aria-activedescendant", `row-${this.chosen}`);
		else this.element.removeAttribute("aria-activedescendant");
	}

	changed(item) {
		const place = this.indexOf(item.id);
		if (place >= 0) this.items[place] = item;
		if (this.rows.has(item.id)) this.show();
		return place >= 0;
	}

	choose(key, { tell = true } = {}) {
		this.chosen = key;
		const place = this.indexOf(key);
		if (place >= 0) {
			const { scrollTop, clientHeight } = this.element;
			const top = place * this.height;
			if (top < scrollTop) this.element.scrollTop = top;
			else if (top + this.height > scrollTop + clientHeight) this.element.scrollTop = top + this.height - clientHeight;
		}
		this.show();
		if (tell) this.onchoose(key);
	}

	move(by) {
		if (!this.items.length) return;
		const place = this.chosen === null ? -1 : this.indexOf(this.chosen);
		const start = place < 0 ? (by > 0 ? -1 : this.items.length) : place;
		const next = Math.min(this.items.length - 1, Math.max(0, start + by));
		this.choose(this.items[next].id);
	}

	#pressed(event) {
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		const page = Math.max(1, Math.floor(this.element.clientHeight / this.height) - 1);
		const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
		if (event.key in steps) {
			event.preventDefault();
			this.move(steps[event.key]);
		} else if (event.key === "Enter" && this.chosen !== null) {
			event.preventDefault();
			this.onopen?.(this.chosen);
		}
	}

	#clicked(event) {
		const row = event.target.closest("[role=option]");
		const found = row && [...this.rows].find(([, each]) => each.element === row);
		if (found) this.choose(found[0]);
	}
}
