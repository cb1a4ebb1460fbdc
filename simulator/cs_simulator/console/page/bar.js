// What stands above all views: the worlds, what the one that is shown is at, and how the page reaches it.

import { showKeys } from "./app.js";
import { fill, h, plural, short } from "./dom.js";

const STATES = { live: "live", away: "no server", gone: "no such world", locked: "locked", begins: "connecting" };
const MOST_NAMES = 200;

/** The bar at the top of the page. */
export class Bar {
  constructor(app, { onworld }) {
    this.app = app;
    this.onworld = onworld;
    this.state = h("span", { class: "state s-begins", role: "status" }, STATES.begins);
    this.unlock = h("button", { hidden: true, onclick: () => { app.source.server.isLocked = false; app.wake(); } }, "Unlock");
    this.facts = h("span", { class: "world-facts" });
    this.clock = h("button", { class: "chip mono", hidden: true, onclick: () => app.show("world") });
    this.picker = h("button", { class: "chip", "aria-haspopup": "dialog", onclick: () => this.pick() });
    fill(document.getElementById("top"),
      h("h1", null, "Context Services ", h("span", null, "simulator")), this.picker, this.facts,
      h("span", { class: "spring" }), this.clock, this.state, this.unlock,
      h("button", { class: "quiet", "aria-label": "Keys", title: "Keys (?)", onclick: showKeys }, "?"), app.tabs);
    this.read = null;
    setInterval(() => this.#tick(), 250);
  }

  named(world) {
    fill(this.picker, h("span", { class: "muted" }, "world "), short(world, 40), h("span", { "aria-hidden": "true" }, " ▾"));
  }

  reached(state, why) {
    this.state.className = `state s-${state}`;
    this.state.textContent = STATES[state];
    this.state.title = why;
    this.unlock.hidden = state !== "locked";
  }

  told({ index, clock, stage }) {
    const counts = index.counts;
    fill(this.facts, h("b", null, short(index.scenario, 60)), stage.stage ? [" · stage ", h("b", null, short(stage.stage, 40))] : null,
      h("span", { class: "muted" }, ` · ${plural(counts.services, "service")} · ${plural(counts.customers, "customer")}`));
    this.read = { clock, at: performance.now(), time: Date.parse(clock.time) };
    this.clock.hidden = false;
    this.#tick();
  }

  #tick() {
    if (!this.read) return;
    const { clock, at, time } = this.read;
    const now = clock.mode === "frozen" ? time : time + performance.now() - at;
    const date = new Date(now);
    const text = Number.isNaN(now) || Number.isNaN(date.getTime()) ? clock.time : date.toISOString().slice(0, 19).replace("T", " ");
    const label = `${text} ${clock.mode === "real" ? "" : clock.mode}`.trim();
    if (this.clock.textContent !== label) this.clock.textContent = label;
  }

  /** Let the person choose among the worlds, however many there are. */
  async pick() {
    const names = await this.app.source.worlds().catch(() => []);
    const filter = h("input", { type: "search", "aria-label": "Filter worlds", placeholder: `Filter ${plural(names.length, "world")}`, spellcheck: "false" });
    const list = h("ul", { class: "names" });
    const dialog = h("dialog", { class: "picker", "aria-label": "Worlds", onclose: () => dialog.remove() },
      h("form", { method: "dialog", onsubmit: (event) => { event.preventDefault(); list.querySelector("button")?.click(); } },
        h("h2", null, "Worlds"), filter, list, h("div", { class: "row end" }, h("button", { type: "button", onclick: () => dialog.close() }, "Close"))));
    const draw = () => {
      const found = names.filter((name) => name.toLowerCase().includes(filter.value.trim().toLowerCase()));
      fill(list, found.slice(0, MOST_NAMES).map((name) => h("li", null, h("button", {
        type: "button", class: name === this.app.world ? "current" : "", "aria-current": name === this.app.world ? "true" : null,
        onclick: () => { dialog.close(); this.onworld(name); },
      }, short(name, 64)))), found.length > MOST_NAMES ? h("li", { class: "muted" }, `and ${plural(found.length - MOST_NAMES, "more world")}: filter to find them`) : null,
      found.length ? null : h("li", { class: "muted" }, "No world has such a name."));
    };
    filter.addEventListener("input", draw);
    filter.addEventListener("keydown", (event) => { if (event.key === "Escape") dialog.close(); });
    draw();
    document.body.append(dialog);
    dialog.showModal();
    filter.focus();
  }
}
