// The journal: requests as they come, filtered, and the one that is chosen.

import { Details } from "./details.js";
import { button, choice, dim, fill, h, options, plural, search, short, soon, visible } from "./dom.js";
import { LongList } from "./list.js";
import { filterOf, isRed, kindOf, lasted, statusOf } from "./store.js";

const ROW = 28;
const FEW = 10;

/** What nearly every path begins with. */
const USUAL = /^(\/_world\/[^/]*)?(\/genesys\/1\/cs(?=\/))?/;
const STATUSES = [["", "any status"], ...["2xx", "3xx", "4xx", "5xx", "broken", "open", "aborted"].map((each) => [each, each])];

/** What the counts of requests mean. */
export const MARKS = "red: rejected, failed, broken or aborted; faulted: a rule acted; hinted: with a hint";

/** Say what there is to see in a world that got requests lately. */
function seenIn(each) {
	const marks = ["red", "faulted", "hinted"].filter((what) => each[what]).map((what) => `, ${each[what]} ${what}`);
	return h("span.muted", { title: MARKS }, `${plural(each.requests, "request")}${marks.join("")}`);
}

/** Return buttons that lead to worlds. */
export function worldButtons(names, recent, current, go) {
	const known = new Map(recent.map((each) => [each.world, each]));
	return names.map((name) => h("li", h("button", {
		type: "button", class: name === current ? "current" : "", "aria-current": name === current ? "true" : null, onclick: () => go(name),
	}, h("span", short(name, 64)), known.has(name) ? seenIn(known.get(name)) : null)));
}

export class JournalView {
	constructor(app) {
		Object.assign(this, { app, filters: {}, shown: [], waits: false, unseen: 0 });
		this.list = new LongList({
			label: "Requests", height: ROW, draw: (entry, row) => drawRow(entry, row, this.isLong),
			onchoose: (id) => app.choose(id), onopen: () => this.details.focus(),
		});
		this.list.onhold = (isHeld) => { if (!isHeld) this.#released(); };
		this.list.onscrolled = () => this.#countUnseen();
		this.details = new Details(app, () => this.back());
		this.element = this.#build();
		app.store.addEventListener("taken", (event) => this.#taken(event.detail));
		app.store.addEventListener("cleared", () => { this.unseen = 0; this.filter(); });
		this.filter();
	}

	#build() {
		const filtered = () => this.#filtersChanged();
		this.text = search("Filter by text", "Filter by text", filtered);
		this.operation = choice("Operation", filtered, [["", "any operation"]]);
		this.status = choice("Status", filtered, STATUSES);
		this.look = h("input", { type: "checkbox", id: "needs-look", onchange: filtered });
		this.count = h("span.count", { role: "status" });
		this.newest = button("", () => { this.list.hold(false); this.list.toEnd(); }, { class: "newest", hidden: true });
		this.clear = this.app.readOnly ? null : button("Clear journal", () => this.app.clearJournal());
		this.side = h("section.details", { label: "Request", tabindex: "-1", hidden: true }, this.details.element);
		this.empty = h("p");
		this.others = h("ul.names", { label: "Worlds with recent requests" });
		this.elsewhere = h("div.row.elsewhere", { role: "status" });
		return h("div.split",
			h("div.master",
				h("div.bar", { role: "search" }, this.text, this.operation, this.status,
					h("label.check", { for: "needs-look", title: MARKS }, this.look, " needs a look"), this.count, this.clear),
				h("div.line.head", { "aria-hidden": "true" },
					["#", "time", "method", "operation", "path", "status", "marks", "ms"].map((name) => h("span", { class: name }, name === "marks" ? "" : name))),
				h("div.fit", this.list.element, this.blank = h("div.empty", this.empty, this.others), this.newest), this.elsewhere),
			this.side);
	}

	#filtersChanged() {
		this.filters = { text: this.text.value, operation: this.operation.value, status: this.status.value, look: this.look.checked };
		this.filter();
	}

	setFilters(filters) {
		this.text.value = filters.text ?? "";
		this.status.value = filters.status ?? "";
		this.look.checked = filters.look ?? false;
		this.#offerOperations();
		this.operation.value = filters.operation ?? "";
		this.#filtersChanged();
	}

	filter() {
		this.passes = filterOf(this.filters);
		this.shown = this.app.store.entries.filter(this.passes);
		this.waits = false;
		this.#date();
		this.list.set(this.shown);
		this.#offerOperations();
		this.#tellCount();
		if (this.app.chosen !== null) this.list.choose(this.app.chosen, { tell: false });
	}

	#taken({ added, changed, gone }) {
		this.#date();
		let [grew, late] = [0, false];
		for (const entry of added) {
			if (!this.passes(entry)) continue;
			if (!this.shown.length || this.shown.at(-1).id < entry.id) {
				this.shown.push(entry);
				grew += 1;
			} else late = true;
		}
		for (const entry of changed) {
			const passes = this.passes(entry);
			if (this.list.changed(entry)) late ||= !passes;
			else if (passes && (!this.shown.length || this.shown.at(-1).id < entry.id)) {
				this.shown.push(entry);
				grew += 1;
			} else late ||= passes;
			if (entry.id === this.app.chosen) this.details.show(entry);
		}
		// Whatever would move the row under the pointer waits until the pointer has gone.
		if (late && this.list.isHeld) this.waits = true;
		else if (late) this.filter();
		let lost = 0;
		while (gone.length && lost < this.shown.length && this.shown[lost].id <= gone.at(-1).id) lost += 1;
		if (lost) this.shown.splice(0, lost);
		if (grew || lost) {
			const stays = !this.list.follows || this.list.isHeld;
			if (stays) this.unseen += grew;
			this.list.set(this.shown);
		}
		if (added.some((entry) => !this.operations.has(entry.operation))) this.#offerOperations();
		this.#tellCount();
		this.#countUnseen();
	}

	/** Show dates in a run of several days. */
	#date() {
		const [first, last] = [0, -1].map((place) => this.app.store.entries.at(place)?.time.slice(0, 10));
		if (this.isLong !== (this.isLong = first !== last)) this.list.redraw();
	}

	#released() {
		if (this.waits) this.filter();
		if (this.list.follows) this.list.toEnd();
		this.#countUnseen();
	}

	#countUnseen() {
		if (this.list.isAtEnd) this.unseen = 0;
		this.newest.hidden = this.unseen === 0;
		if (this.unseen) this.newest.textContent = `${plural(this.unseen, "new request")} ↓`;
	}

	#offerOperations() {
		const there = new Set(this.app.store.entries.map((entry) => entry.operation));
		this.operations = there;
		if (this.filters.operation) there.add(this.filters.operation);
		const names = [...there].sort();
		if (names.join() === [...this.operation.options].slice(1).map((each) => each.value).join()) return;
		const value = this.operation.value;
		fill(this.operation, options([["", "any operation"], ...names.map((name) => [name, name])]));
		this.operation.value = value;
	}

	#tellCount = soon(() => {
		const { entries, dropped } = this.app.store;
		const all = plural(entries.length, "request");
		const text = this.shown.length === entries.length ? all : `${this.shown.length.toLocaleString("en")} of ${all}`;
		this.count.title = this.count.textContent = dropped ? `${text}, ${dropped.toLocaleString("en")} dropped` : text;
		this.clear?.toggleAttribute("disabled", !entries.length);
		this.blank.hidden = this.shown.length > 0;
		this.empty.textContent = entries.length ? "No request passes these filters." : this.isGone ? `There is no world ${this.app.world} now; the first request to it creates it.` : this.app.nothingYet;
	}, 100);

	entered() {
		this.setFilters({});
		fill(this.others);
		fill(this.elsewhere);
	}

	/** Show where there is something to see while there is little here. */
	async reached(state) {
		if (this.isGone !== (state === "gone")) {
			this.isGone = state === "gone";
			this.#tellCount();
		}
		const { world, source, store, goTo } = this.app;
		const count = store.entries.length;
		const isFew = count < FEW && (state === "live" || state === "gone");
		const { recent = [] } = isFew && !this.app.readOnly ? await source.worlds(count ? world : null).catch(() => ({})) : {};
		const mark = JSON.stringify([world, recent, count]);
		if (mark === this.others.dataset.mark || world !== this.app.world) return;
		this.others.dataset.mark = mark;
		const others = recent.filter((each) => each.world !== world);
		fill(this.others, !count && others.length ? [h("li.muted", "Worlds with recent requests:"), worldButtons(others.map((each) => each.world), others, null, goTo)] : null);
		// Requests that name no world go to the default one.
		const astray = others.find((each) => each.world === "default");
		fill(this.elsewhere, astray && count ? [dim(`Since this world was created, world default got ${plural(astray.requests, "request")}.`), button("Show default", () => goTo("default"))] : null);
	}

	chosen(entry) {
		this.side.hidden = entry === null;
		this.element.classList.toggle("opened", entry !== null);
		if (entry !== null) this.details.show(entry);
		this.list.choose(entry?.id ?? null, { tell: false });
	}

	back() {
		if (this.app.chosen === null) return;
		this.app.choose(null);
		this.list.element.focus();
	}

	focusFilter() {
		this.text.focus();
		this.text.select();
	}

}

/** Return a path as two parts, the first of which gives way. */
function pathParts(path) {
	const [, head, tail] = /^([^?]*?)((?:\/[a-z][^/?]*)?\/[^/?]*(?:\?.*)?)$/is.exec(path) ?? [null, "", path];
	return [head ? h("span", short(head, 300)) : null, h("span", short(tail, 300))];
}

function drawRow(entry, row, isLong) {
	const { method, path } = entry.request;
	const ms = lasted(entry);
	row.classList.toggle("red", isRed(entry));
	fill(row,
		h("span.num", entry.id),
		h("span.time", { title: entry.time }, isLong ? entry.time.slice(5, 19).replace("T", " ") : entry.time.slice(11, 23)),
		h("span.method", short(method, 12)),
		h("span.operation", entry.operation),
		h("span.path", { title: path.slice(0, 1000) }, pathParts(path.replace(USUAL, "") || "/")),
		h("span", { class: `status k-${kindOf(entry)}` }, visible(statusOf(entry))),
		h("span.marks",
			entry.faults?.length ? h("span.mark.fault", { title: `rules that acted: ${entry.faults.join(", ")}` }, "fault") : null,
			entry.hints?.length ? h("span.mark.hint", { title: entry.hints.join("\n") }, "hint") : null),
		h("span.num.ms", ms === undefined ? "" : ms < 100 ? ms.toFixed(1) : Math.round(ms)));
}
