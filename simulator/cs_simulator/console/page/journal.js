// The journal: requests as they come, filtered, and the one that is chosen.

import { Details } from "./details.js";
import { fill, h, plural, short, soon, visible } from "./dom.js";
import { LongList } from "./list.js";
import { filterOf, isRed, kindOf, statusOf } from "./store.js";

const ROW = 28;

/** What nearly every path begins with, and nobody needs to read in each row. */
const USUAL = /^(\/_world\/[^/]*)?(\/genesys\/1\/cs(?=\/))?/;
const STATUSES = [["", "any status"], ["2xx", "2xx"], ["3xx", "3xx"], ["4xx", "4xx"], ["5xx", "5xx"], ["broken", "broken"], ["open", "open"], ["aborted", "aborted"]];

/** The view of the journal. */
export class JournalView {
  constructor(app) {
    this.app = app;
    this.filters = {};
    this.shown = [];
    this.waits = false;
    this.unseen = 0;
    this.list = new LongList({
      label: "Requests", height: ROW, draw: drawRow, keyOf: (entry) => entry.id,
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
    this.text = h("input", { type: "search", id: "filter", placeholder: "Filter by text", "aria-label": "Filter by text", oninput: filtered, spellcheck: "false" });
    this.operation = h("select", { "aria-label": "Operation", onchange: filtered }, h("option", { value: "" }, "any operation"));
    this.status = h("select", { "aria-label": "Status", onchange: filtered }, STATUSES.map(([value, label]) => h("option", { value }, label)));
    this.red = h("input", { type: "checkbox", id: "only-red", onchange: filtered });
    this.count = h("span", { class: "count", role: "status" });
    this.newest = h("button", { class: "newest", hidden: true, onclick: () => { this.list.isHeld = false; this.#released(); this.list.toEnd(); } });
    const clear = this.app.readOnly ? null : h("button", { class: "quiet", onclick: () => this.app.clearJournal() }, "Empty");
    this.side = h("section", { class: "details", "aria-label": "Request", tabindex: "-1", hidden: true }, this.details.element);
    this.empty = h("p", { class: "empty" });
    return h("div", { class: "split" },
      h("div", { class: "master" },
        h("div", { class: "bar", role: "search" }, this.text, this.operation, this.status,
          h("label", { class: "check", for: "only-red" }, this.red, " red only"), this.count, clear),
        h("div", { class: "line head", "aria-hidden": "true" },
          ["#", "time", "method", "operation", "path", "status", "ms", ""].map((name) => h("span", null, name))),
        h("div", { class: "fit" }, this.list.element, this.empty, this.newest)),
      this.side);
  }

  #filtersChanged() {
    this.filters = { text: this.text.value, operation: this.operation.value, status: this.status.value, red: this.red.checked };
    this.filter();
  }

  /** Set the filters from elsewhere. */
  setFilters(filters) {
    this.text.value = filters.text ?? "";
    this.status.value = filters.status ?? "";
    this.red.checked = filters.red ?? false;
    this.#offerOperations();
    this.operation.value = filters.operation ?? "";
    this.#filtersChanged();
  }

  filter() {
    this.passes = filterOf(this.filters);
    this.shown = this.app.store.entries.filter(this.passes);
    this.waits = false;
    this.list.set(this.shown);
    this.#offerOperations();
    this.#tellCount();
    if (this.app.chosen !== null) this.list.choose(this.app.chosen, { tell: false });
  }

  #taken({ added, changed, gone }) {
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
      this.list.set(this.shown, { gone: lost });
    }
    if (added.some((entry) => !this.operations.has(entry.operation))) this.#offerOperations();
    this.#tellCount();
    this.#countUnseen();
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
    fill(this.operation, h("option", { value: "" }, "any operation"), names.map((name) => h("option", { value: name }, name)));
    this.operation.value = value;
  }

  #tellCount = soon(() => {
    const { entries, dropped } = this.app.store;
    const all = plural(entries.length, "request");
    const text = this.shown.length === entries.length ? all : `${this.shown.length.toLocaleString("en")} of ${all}`;
    this.count.textContent = dropped ? `${text}, ${dropped.toLocaleString("en")} dropped` : text;
    this.empty.hidden = this.shown.length > 0;
    this.empty.textContent = entries.length ? "No request passes these filters." : this.app.nothingYet;
  }, 100);

  /** Show the request that is chosen, or none. */
  chosen(entry) {
    this.side.hidden = entry === null;
    this.element.classList.toggle("opened", entry !== null);
    if (entry !== null) this.details.show(entry);
    this.list.choose(entry?.id ?? null, { tell: false });
  }

  back() {
    this.app.choose(null);
    this.list.element.focus();
  }

  focusFilter() {
    this.text.focus();
    this.text.select();
  }

  move(by) {
    this.list.move(by);
  }
}

/** Return how a status is shown, in a word and a colour. */
export function statusBadge(entry) {
  return h("span", { class: `status k-${kindOf(entry)}` }, visible(statusOf(entry)));
}

function drawRow(entry, row) {
  const { method, path } = entry.request;
  row.classList.toggle("red", isRed(entry));
  fill(row,
    h("span", { class: "num" }, entry.id),
    h("span", { class: "time", title: entry.time }, entry.time.slice(11, 23)),
    h("span", { class: "method" }, short(method, 12)),
    h("span", { class: "operation" }, entry.operation),
    h("span", { class: "path", title: path.slice(0, 1000) }, short(path.replace(USUAL, "") || "/", 300)),
    statusBadge(entry),
    h("span", { class: "num" }, entry.ms === undefined ? "" : entry.ms < 100 ? entry.ms.toFixed(1) : Math.round(entry.ms)),
    h("span", { class: "marks" },
      entry.faults?.length ? h("span", { class: "mark fault", title: `rules that acted: ${entry.faults.join(", ")}` }, "fault") : null,
      entry.hints?.length ? h("span", { class: "mark hint", title: entry.hints.join("\n") }, "hint") : null));
}
