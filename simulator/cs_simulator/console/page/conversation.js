// The conversation: a lane per service, with its states, tasks and requests.

import { code, requestLink, section, statusWord, titleOf } from "./details.js";
import { button, choice, dim, fill, h, muted, plural, search, short, soon } from "./dom.js";
import { byRequest, byTime, conversation, misses, nearest, outlives, packed, partsOf } from "./lanes.js";
import { isRed, statusOf } from "./store.js";

const MOST_LANES = 60;
const MOST_MISSES = 10;
const MOST_COLUMNS = 120;
const MOST_SERVICES = 2000;
const OUTLIVES = "Ending a service does not end its states and tasks. The switch end_service_cascades makes it do so.";
const SPANS = [["", "the requests"], ["0", "all of it"], ["86400000", "the last day"], ["3600000", "the last hour"], ["600000", "the last 10 minutes"], ["60000", "the last minute"]];

export class ConversationView {
	constructor(app) {
		Object.assign(this, { app, snapshot: null, picked: null, lanes: [] });
		this.refresh = soon(() => this.isShown && this.#load(), 400);
		const redraw = () => this.#draw();
		this.text = search("Filter services", "Service, customer or key", () => { this.most = MOST_LANES; redraw(); });
		this.axis = choice("Axis", redraw, [["request", "by request"], ["time", "by time"]]);
		this.span = choice("Span of time", redraw, SPANS);
		this.all = h("input", { type: "checkbox", id: "untouched", onchange: redraw });
		this.count = h("span.count", { role: "status" });
		this.lanesPlace = h("div.lanes", { tabindex: "0", role: "region", label: "Services" });
		this.side = h("section.details", { label: "What is chosen", tabindex: "-1", hidden: true });
		this.most = MOST_LANES;
		this.element = h("div.split", h("div.master",
			h("div.bar", this.text, this.axis, this.span, h("label.check", { for: "untouched" }, this.all, " untouched too"), this.count),
			this.lanesPlace), this.side);
		app.store.addEventListener("cleared", () => { this.snapshot = null; this.pick(null); });
	}

	shown_() {
		this.#load();
	}

	entered() {
		[this.text.value, this.axis.value, this.span.value, this.all.checked] = ["", "request", "", false];
	}

	back() {
		if (this.picked === null) return;
		this.pick(null);
		this.lanesPlace.focus();
	}

	async #load() {
		const mark = `${this.app.world} ${this.app.store.version} ${this.app.told?.clock.time} ${this.app.told?.index.counts.services}`;
		if (mark === this.mark && this.lanes.length) return;
		const services = this.app.told?.index.counts.services ?? 0;
		this.isPart = services > MOST_SERVICES;
		const snapshot = this.isPart ? null : await this.app.source.snapshot().catch(() => null);
		this.mark = mark;
		this.snapshot = snapshot;
		this.#draw();
	}

	#draw() {
		if (!this.isShown) return;
		const { entries } = this.app.store;
		this.lanes = conversation(this.snapshot, entries);
		this.span.hidden = this.axis.value !== "time";
		const words = this.text.value.toLowerCase().split(/\s+/).filter(Boolean);
		const names = new Map((this.snapshot?.customers ?? []).map((each) => [each.customer_id, [each.FirstName, each.LastName].filter(Boolean).flat().join(" ")]));
		const textOf = (lane) => [lane.id, lane.customer, lane.contact, names.get(lane.customer), ...partsOf(lane).map((each) => each.name)].join(" ").toLowerCase();
		const fit = this.lanes.filter((lane) => words.every((word) => textOf(lane).includes(word)));
		const touched = fit.filter((lane) => lane.requests.length || partsOf(lane).some((each) => each.requests.length));
		const chosen = this.all.checked || !touched.length ? fit : touched;
		const groups = Map.groupBy(chosen, keyOf);
		const axis = this.#axisOf(entries, chosen);
		let left = this.most;
		const focused = document.activeElement?.dataset?.key;
		const drawn = this.#misses(entries, words);
		for (const [key, lanes] of groups) {
			if (left <= 0) break;
			drawn.push(groupHead(key, lanes, names), lanes.slice(0, left).map((lane) => this.#lane(lane, axis)));
			left -= lanes.length;
		}
		const rest = chosen.length - this.most;
		fill(this.lanesPlace, entries.length || chosen.length ? ruler(axis) : null, drawn,
			rest > 0 ? h("div.more", button(`Show more of ${plural(rest, "service")}`, () => { this.most += MOST_LANES * 2; this.#draw(); })) : null,
			chosen.length ? null : h("p.empty", this.lanes.length ? "No service has this in it." : "There is no service in this world yet."));
		const hidden = fit.length - chosen.length;
		this.count.textContent = `${plural(chosen.length, "service")}${hidden ? `, ${hidden} untouched` : ""}${this.isPart ? "; of a world this large, only those that were asked about" : ""}`;
		this.all.parentElement.hidden = this.isPart || !touched.length;
		if (focused) this.lanesPlace.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
		if (this.picked) this.#drawSide();
	}

	/** Show keys that were asked for in vain: they are often others written otherwise. */
	#misses(entries, words) {
		const keys = [...new Set(this.lanes.flatMap((lane) => [lane.customer, lane.contact]).filter((key) => key !== null).map(String))];
		const missed = [...misses(entries)].filter(([key]) => !keys.includes(key) && words.every((word) => key.toLowerCase().includes(word)));
		return missed.slice(-MOST_MISSES).map(([key, asked]) => {
			const near = nearest(key, keys);
			return h("div.group.missed", dim("nothing found for "), h("b", short(key, 80)), near === null ? null : [dim(", which is near "), h("b", short(near, 80))],
				asked.slice(-MOST_MISSES).map((entry) => requestLink(this.app, entry.id)));
		});
	}

	#axisOf(entries, lanes) {
		if (this.axis.value === "request") return byRequest(relevant(entries).slice(-MOST_COLUMNS));
		const parts = lanes.flatMap(partsOf);
		const times = [...parts.flatMap((each) => [each.from, each.to]), ...entries.slice(-1).map((each) => Date.parse(each.time)), Date.parse(this.app.told?.clock.time)]
			.filter((time) => time !== null && !Number.isNaN(time));
		const span = Number(this.span.value);
		const seen = this.span.value || !entries.length ? times : entries.map((each) => Date.parse(each.time));
		const to = Math.max(0, ...seen);
		const from = span ? to - span : Math.min(to, ...seen);
		return byTime(from, to, [...seen, ...times]);
	}

	#lane(lane, axis) {
		const bar = (each) => {
			const [from, to] = axis.spanOf(each);
			const left = Math.min(from * 100, 99.2);
			return { each, left, right: Math.max(to * 100, left + 0.8) };
		};
		const seen = (each) => !axis.isSeen || axis.isSeen(each);
		const rows = [...packed([...lane.states.values()].filter(seen).map(bar)), ...packed([...lane.tasks.values()].filter(seen).map(bar))];
		const going = partsOf(lane).filter((each) => outlives(lane, each)).length;
		const spots = lane.requests.map((entry) => ({ entry, place: axis.of(entry) })).filter(({ place }) => place !== null);
		return h("div.lane", { role: "group", label: `service ${lane.id}` },
			h("div.lane-name", button(short(lane.id, 40), () => this.pick(lane.key), { class: "quiet mono", data: { key: `name ${lane.key}` } }),
				dim(short([lane.name === null ? null : `type ${lane.name}`, lane.media].filter((each) => each !== null).join(", "), 40)),
				dim(lane.isGone ? "gone" : lane.to === null ? "" : "completed", going ? h("span.warn", { title: OUTLIVES }, `, ${going} still active`) : null)),
			h("div.tracks",
				h("div.track", seen(lane) ? this.#bar(bar(lane)) : null, spots.map((spot) => this.#spot(spot))),
				rows.map((row) => h("div.track", row.map((each) => this.#bar(each, lane))))));
	}

	#bar({ each, left, right }, lane = each) {
		const media = each.media === null ? "" : `, ${each.media}`;
		const isOver = outlives(lane, each);
		const label = `${each.kind} ${each.id}${each.name === null ? "" : `, type ${each.name}`}${media}, ${each.to === null ? "active" : "completed"}${isOver ? " though its service has ended" : ""}, ${plural(each.requests.length, "request")}`;
		return h("button", {
			class: `part p-${each.kind}${each.to === null ? " active" : ""}${this.picked === each.key ? " picked" : ""}${each.isGone ? " gone" : ""}${isOver ? " over" : ""}`,
			label, title: label, data: { key: each.key }, style: { left: `${left}%`, width: `${right - left}%` }, onclick: () => this.pick(each.key),
		}, each.kind === "service" || right - left < 3 ? "" : short(`${each.kind} ${each.name === null ? "id" : "type"} ${each.name ?? each.id}${media}`, 40));
	}

	#spot({ entry, place }) {
		const label = `request ${entry.id}, ${entry.operation}, ${statusOf(entry)}`;
		return h("button", {
			class: `spot${isRed(entry) ? " red" : ""}${entry.id === this.app.chosen ? " picked" : ""}`, label, title: label, data: { key: `spot ${entry.id}` },
			style: { left: `${place * 100}%` }, onclick: () => this.app.openRequest(entry.id),
		});
	}

	pick(key) {
		this.picked = key;
		this.side.hidden = key === null;
		this.element.classList.toggle("opened", key !== null);
		if (key === null || !this.isShown) return;
		this.#draw();
		this.side.querySelector("h2")?.focus();
	}

	#drawSide() {
		const found = this.lanes.flatMap(partsOf).find((each) => each.key === this.picked);
		if (!found) return;
		const { states, tasks, ...rest } = found.data ?? {};
		const inside = found.kind === "service" ? [...found.states.values(), ...found.tasks.values()] : [];
		const mark = JSON.stringify([found.data, found.requests.map((each) => [each.id, each.state])]);
		if (this.side.dataset.mark === mark) return;
		this.side.dataset.mark = mark;
		const had = this.side.contains(document.activeElement);
		const lane = this.lanes.find((each) => each.id === found.service);
		fill(this.side, titleOf(h("h2", { tabindex: "-1" }, `${found.kind} `, h("span.mono", short(found.id, 60))), () => this.back()),
		h("div.sections",
			[found, ...inside].some((each) => outlives(lane, each)) ? h("p.warn", OUTLIVES) : null,
			section("Requests", found.requests.length ? h("ul", found.requests.slice(-100).map((entry) => h("li",
				button([`#${entry.id} ${entry.operation} `, statusWord(entry)], () => this.app.openRequest(entry.id), { class: "link" })))) : muted("None: it was there from the beginning.")),
			inside.length ? section("States and tasks", h("ul", inside.map((each) => h("li",
				button([`${each.kind} `, short(each.id, 40), each.name === null ? "" : short(` ${each.name}`, 60), dim(each.to === null ? " active" : " completed")], () => this.pick(each.key), { class: "link" }))))) : null,
			section(found.isGone ? "As the journal tells; it is gone" : "As it is now", code(JSON.stringify(rest)))));
		if (had) this.side.querySelector("h2").focus();
	}

	async find(id) {
		this.text.value = "";
		this.side.dataset.mark = "";
		await this.#load();
		const lane = this.lanes.find((each) => each.id === id);
		if (!lane) {
			this.text.value = id;
			this.#draw();
			return;
		}
		if (!lane.requests.length) this.all.checked = true;
		const place = this.lanes.indexOf(lane);
		this.most = Math.max(this.most, place + 1);
		this.pick(lane.key);
		this.lanesPlace.querySelector(`[data-key="${CSS.escape(lane.key)}"]`)?.scrollIntoView({ block: "center" });
	}

	chosen() {
		if (this.isShown) this.#draw();
	}
}

const keyOf = (lane) => (lane.customer !== null ? `customer ${lane.customer}` : lane.contact !== null ? `contact key ${lane.contact}` : "nobody known");

function groupHead(key, lanes, names) {
	const name = names.get(lanes[0].customer);
	return h("div.group", dim(key.startsWith("customer") ? "customer " : key.startsWith("contact") ? "contact key " : ""),
		h("b", short(lanes[0].customer ?? lanes[0].contact ?? key, 80)), name ? [" ", short(name, 60)] : null, dim(` · ${plural(lanes.length, "service")}`));
}

/** Requests about a service: others do not crowd the axis. */
const relevant = (entries) => entries.filter((entry) => entry.effects?.length || /\/services\//.test(entry.request.path));

function ruler(axis) {
	return h("div.ruler", { "aria-hidden": "true" }, h("div.tracks", h("div.track",
		axis.ticks.map((tick) => h("span", { class: `tick${tick.isRed ? " red" : ""}`, style: { left: `${tick.place * 100}%` } }, tick.label)))));
}
