// What stands above all views: the world that is shown, and how the page reaches it.

import { showKeys } from "./app.js";
import { button, dim, fill, h, muted, opened, plural, search, short } from "./dom.js";
import { MARKS, worldButtons } from "./journal.js";

const STATES = { live: "live", away: "no server", gone: "no such world", locked: "locked", begins: "connecting" };
const MOST_NAMES = 200;

export class Bar {
	constructor(app) {
		this.app = app;
		this.state = h("span.state.s-begins", { role: "status" }, STATES.begins);
		this.unlock = button("Unlock", () => { app.source.server.isLocked = false; app.wake(); }, { hidden: true });
		this.facts = h("span.world-facts");
		this.clock = button("", () => app.show("world"), { class: "chip mono", hidden: true });
		this.picker = button("", () => this.pick(), { class: "chip picks", "aria-haspopup": "dialog" });
		fill(document.getElementById("top"),
			h("h1", "Context Services ", h("span", "simulator")), this.picker, this.facts, this.clock, this.state, this.unlock,
			button("?", showKeys, { class: "quiet", label: "Keys", title: "Keys (?)" }), app.tabs);
		this.read = null;
		setInterval(() => this.#tick(), 250);
	}

	named(world) {
		this.picker.title = world;
		fill(this.picker, dim("world "), short(world, 64), h("span", { "aria-hidden": "true" }, " ▾"));
	}

	reached(state, why) {
		this.state.className = `state s-${state}`;
		this.state.textContent = STATES[state] + (state === "live" && why ? ", by polling" : "");
		this.state.title = why;
		this.unlock.hidden = state !== "locked";
		if (state !== "gone") return;
		this.read = null;
		this.clock.hidden = true;
		fill(this.facts);
	}

	told({ index, clock, stage }) {
		const counts = index.counts;
		fill(this.facts, dim("scenario: "), h("b", short(index.scenario, 60)), stage.stage ? [" · stage ", h("b", short(stage.stage, 40))] : null,
			dim(` · ${plural(counts.services, "service")} · ${plural(counts.customers, "customer")}`));
		this.read = { clock, at: performance.now(), time: Date.parse(clock.time) };
		this.clock.hidden = false;
		this.#tick();
	}

	#tick() {
		if (!this.read) return;
		const { clock, at, time } = this.read;
		const date = new Date(clock.mode === "frozen" ? time : time + performance.now() - at);
		const iso = Number.isNaN(date.getTime()) ? clock.time : date.toISOString();
		const label = `${iso.slice(0, 19).replace("T", " ")} ${clock.mode === "real" ? "" : clock.mode}`.trim();
		if (this.clock.textContent === label) return;
		this.clock.textContent = label;
		this.app.viewOf("world").ticked(iso);
	}

	async pick() {
		const { worlds, recent = [] } = await this.app.source.worlds().catch(() => ({ worlds: [] }));
		const names = [...new Set([...recent.map((each) => each.world), ...worlds])];
		const filter = search("Filter worlds", `Filter ${plural(names.length, "world")}`, () => draw());
		const list = h("ul.names");
		const dialog = opened("Worlds", "picker", filter, list, muted(MARKS), h("div.row.end", button("Close", () => dialog.close())));
		dialog.firstChild.addEventListener("submit", (event) => { event.preventDefault(); list.querySelector("button")?.click(); });
		const draw = () => {
			const found = names.filter((name) => name.toLowerCase().includes(filter.value.trim().toLowerCase()));
			fill(list, worldButtons(found.slice(0, MOST_NAMES), recent, this.app.world, (name) => { dialog.close(); this.app.goTo(name); }),
				found.length > MOST_NAMES ? h("li.muted", `and ${plural(found.length - MOST_NAMES, "more world")}: filter to find them`) : null,
				found.length ? null : h("li.muted", "No world has such a name."));
		};
		filter.addEventListener("keydown", (event) => { if (event.key === "Escape") dialog.close(); });
		draw();
		filter.focus();
	}
}
