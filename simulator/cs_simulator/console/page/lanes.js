// The conversation as lanes, from a snapshot and a journal.

import { decoded, isRed, serviceOf } from "./store.js";

const instant = (event) => {
	const text = typeof event === "object" && event !== null ? event.timestamp : event;
	const time = Date.parse(text ?? "");
	return Number.isNaN(time) ? null : time;
};

function part(kind, id, service, data) {
	return {
		kind, id: String(id), service, data, key: `${service}/${kind}/${id}`, from: instant(data?.started), to: instant(data?.completed),
		name: data?.[`${kind}_type`] ?? null, media: data?.started?.media_type ?? data?.media_type ?? null, requests: [], began: null, ended: null, isGone: false,
	};
}

function laneOf(id, data) {
	return { ...part("service", id, String(id), data), customer: data?.customer_id ?? null, contact: data?.contact_key ?? null, states: new Map(), tasks: new Map() };
}

function lanesOf(snapshot) {
	const lanes = new Map();
	for (const data of snapshot?.services ?? []) {
		const lane = laneOf(data.service_id, data);
		lanes.set(lane.id, lane);
		for (const state of data.states ?? []) lane.states.set(String(state.state_id), part("state", state.state_id, lane.id, state));
		for (const task of data.tasks ?? []) lane.tasks.set(String(task.task_id), part("task", task.task_id, lane.id, task));
	}
	return lanes;
}

/** Return what a request sent for what it made. */
function sentBy(entry) {
	const sent = entry.request.json;
	return sent && typeof sent === "object" && !Array.isArray(sent) ? sent : {};
}

/** Return lanes that know their requests; what is in no snapshot is made of the journal. */
export function conversation(snapshot, entries) {
	const lanes = lanesOf(snapshot);
	for (const entry of entries) {
		const own = serviceOf(entry);
		const named = new Set(own === null ? [] : [own]);
		const made = (entry.effects ?? []).filter((each) => each.kind === "service").map((each) => String(each.id));
		made.forEach((id) => named.add(id));
		for (const id of named) {
			let lane = lanes.get(id);
			if (!lane && !(entry.effects ?? []).length) continue; // nobody ever saw such a service
			if (!lane) {
				const isMade = entry.effects.some((each) => each.kind === "service" && each.change === "created" && String(each.id) === id);
				lane = laneOf(id, isMade ? { ...sentBy(entry), started: entry.time } : {});
				lane.isGone = snapshot !== null;
				lanes.set(id, lane);
			}
			lane.requests.push(entry);
		}
		noteEffects(lanes, entry, own ?? made[0]);
	}
	return [...lanes.values()];
}

function noteEffects(lanes, entry, own) {
	for (const { change, kind, id } of entry.effects ?? []) {
		const lane = lanes.get(kind === "service" ? String(id) : own);
		if (!lane) continue;
		const found = kind === "service" ? lane : partOf(lane, kind, id, change, entry);
		if (!found) continue;
		if (found !== lane) found.requests.push(entry);
		if (change === "created") found.began = entry.id;
		else if (change === "ended" || change === "deleted") {
			found.ended ??= entry.id;
			found.to ??= Date.parse(entry.time);
			if (change === "deleted") found.isGone = true;
		}
	}
	const lane = lanes.get(own);
	const path = /\/(states|tasks)\/([^/?]+)/.exec(entry.request.path);
	const found = path && lane?.[path[1]]?.get(path[2]);
	if (found && found.requests.at(-1) !== entry) found.requests.push(entry);
}

function partOf(lane, kind, id, change, entry) {
	const parts = { state: lane.states, task: lane.tasks }[kind];
	if (!parts) return null;
	let found = parts.get(String(id));
	if (!found) {
		found = part(kind, id, lane.id, change === "created" ? { ...sentBy(entry), started: entry.time } : {});
		parts.set(String(id), found);
	}
	return found;
}

export const partsOf = (lane) => [lane, ...lane.states.values(), ...lane.tasks.values()];

/** Tell whether a part is active though its service has ended. */
export const outlives = (lane, each) => each !== lane && each.to === null && lane.to !== null;

/** Return the queries that found nothing, by their key. */
export function misses(entries) {
	const found = new Map();
	for (const entry of entries) {
		const key = /\/(?:anonymous|customers)\/([^/?]+)/.exec(entry.request.path)?.[1];
		const { json } = entry.response ?? {};
		if (key !== undefined && Array.isArray(json) && !json.length) found.set(decoded(key), [...(found.get(decoded(key)) ?? []), entry]);
	}
	return found;
}

/** Return the key that is most like another one, null where none is. */
export function nearest(key, keys) {
	const alike = (other) => {
		const most = Math.min(key.length, other.length);
		let [start, end] = [0, 0];
		while (start < most && key[start] === other[start]) start += 1;
		while (end < most - start && key.at(-1 - end) === other.at(-1 - end)) end += 1;
		return (start + end) / Math.max(key.length, other.length);
	};
	return keys.map((other) => [alike(other), other]).filter(([share]) => share >= 0.6).sort(([one], [two]) => two - one)[0]?.[1] ?? null;
}

/** Put bars into as few rows as they fit into. */
export function packed(bars) {
	const rows = [];
	for (const bar of [...bars].sort((one, other) => one.left - other.left)) {
		const row = rows.find((each) => each.at(-1).right <= bar.left);
		if (row) row.push(bar);
		else rows.push([bar]);
	}
	return rows;
}

/** An axis whose unit is the request, whatever the clock says. */
export function byRequest(entries) {
	const places = new Map(entries.map((entry, place) => [entry.id, (place + 1) / (entries.length + 1)]));
	const first = entries[0]?.id ?? 0;
	const last = entries.at(-1)?.id ?? 0;
	const place = (id, otherwise) => (id === null ? otherwise : places.get(id) ?? (id < first ? 0 : id > last ? 1 : otherwise));
	return {
		of: (entry) => places.get(entry.id) ?? null,
		spanOf: (each) => [place(each.began, 0), each.to === null && each.ended === null ? 1 : place(each.ended, each.began === null ? 0 : 1)],
		ticks: ticksOf(entries).map((entry) => ({ place: places.get(entry.id), label: `#${entry.id}`, isRed: isRed(entry) })),
	};
}

function ticksOf(entries) {
	const step = Math.max(1, Math.ceil(entries.length / 12));
	return entries.filter((_, place) => place % step === 0);
}

const STEPS = [1, 10, 100, 1e3, 2e3, 5e3, 15e3, 6e4, 3e5, 9e5, 36e5, 216e5, 864e5, 6048e5, 2592e6, 31536e6];

const MOST_GAPS = 9;

/** Return the long gaps between times: without them little is left, and less than each. */
function gapsIn(from, to, times) {
	const marks = [...new Set([from, ...times, to])].filter((time) => time >= from && time <= to).sort((one, other) => one - other);
	const gaps = marks.slice(1).map((end, place) => ({ begin: marks[place], end, size: end - marks[place] })).sort((one, other) => other.size - one.size);
	let [all, left, long] = [to - from, to - from, 0];
	for (const [place, { size }] of gaps.slice(0, MOST_GAPS).entries()) {
		left -= size;
		if (left > 0 && left < size && left * 10 < all) [all, long] = [left, place + 1];
	}
	return gaps.slice(0, long);
}

/** An axis of time, on which long gaps between the times are short. */
export function byTime(from, to, times) {
	const gaps = gapsIn(from, to, times);
	const whole = Math.max(1, gaps.reduce((left, { size }) => left - size, to - from));
	const short = Math.min(0.08, 0.4 / gaps.length);
	const share = (0.98 - short * gaps.length) / whole;
	const place = (time) => {
		const passed = gaps.map(({ begin, size }) => Math.min(Math.max(0, time - begin), size) * (short / size - share));
		return Math.min(1, Math.max(0, passed.reduce((sum, each) => sum + each, share * (time - from))));
	};
	const step = STEPS.find((each) => whole / each <= 10) ?? STEPS.at(-1) * Math.ceil(whole / STEPS.at(-1) / 10);
	const dateFrom = to - from > 31536e6 ? 0 : Math.floor(from / 864e5) === Math.floor(to / 864e5) ? 10 : 5;
	const ticks = gaps.map(({ begin, size }) => ({ place: place(begin + size / 2), label: `⋯ ${lengthOf(size)}` }));
	for (let time = Math.ceil(from / step) * step; time <= to; time += step) {
		const gap = gaps.find(({ begin, end }) => time > begin && time < end);
		if (gap) time = Math.floor(gap.end / step) * step;
		else if (ticks.every((each) => Math.abs(each.place - place(time)) > 0.07)) ticks.push({ place: place(time), label: timeLabel(time, step, dateFrom) });
	}
	return {
		of: (entry) => { const time = Date.parse(entry.time); return time < from || time > to ? null : place(time); },
		spanOf: (each) => [place(each.from ?? from), each.to === null ? 1 : place(each.to)],
		isSeen: (each) => (each.to === null || each.to >= from) && (each.from === null || each.from <= to),
		ticks,
	};
}

function timeLabel(time, step, dateFrom) {
	const text = new Date(time).toISOString();
	if (step >= 864e5) return text.slice(0, 10);
	const label = step >= 6e4 ? text.slice(11, 16) : step >= 1000 ? text.slice(11, 19) : text.slice(14, 23);
	return `${text.slice(dateFrom, 10)} ${label}`.trim();
}

/** Return a time in its largest unit. */
function lengthOf(ms) {
	const [unit, size] = [["d", 864e5], ["h", 36e5], ["min", 6e4], ["s", 1e3], ["ms", 1]].find(([, each]) => ms >= each);
	return `${Math.round(ms / size)} ${unit}`;
}
