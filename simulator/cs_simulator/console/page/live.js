// A world as it goes on. Events say that something is new, and it is asked for at once; where no
// events come, as behind a proxy that gathers them, the page asks by itself.

import { AwayError, GoneError, RefusedError } from "./api.js";
import { parse } from "./json.js";

const PAUSE = 500;
const PAUSE_WITH_EVENTS = 3000;
const LONGEST_PAUSE = 5000;
const MOST_SINGLE = 20;
const NEAR = 200;

/** How long events may take, and how long a stream may be silent between two beats of the server. */
const GRACE = 2500;
const SILENCE = 40_000;
const HELD = "Events are held back on the way, as by a proxy that buffers responses: the page asks twice a second instead";

/** Follow one world: its journal into a store, the rest into `onworld`. */
export class Follower {
	constructor(server, store, { onworld, onstate }) {
		Object.assign(this, { server, store, onworld, onstate, world: null, stopped: null });
	}

	follow(world) {
		this.stopped?.abort();
		this.stopped = new AbortController();
		Object.assign(this, { world, instance: null, listens: false, lastEvent: null, heard: null, known: 0, early: null, news: new Set(), turn: null });
		this.store.clear();
		this.#run(this.stopped.signal);
		this.#listen(this.stopped.signal);
	}

	/** Ask at once for what is new. */
	wake() {
		this.isWoken = true;
		this.woken?.();
	}

	/** Whether events come late, or not at all. */
	get isHeld() {
		const now = performance.now();
		return now - (this.heard ?? now) > (this.listens ? SILENCE : GRACE) || (this.early?.id > this.known && now - this.early.at > GRACE);
	}

	async #run(signal) {
		let pause = PAUSE;
		while (!signal.aborted) {
			this.isWoken = false;
			while (document.hidden && this.instance !== null) await new Promise((done) => { document.addEventListener("visibilitychange", done, { once: true }); });
			try {
				await this.#once(() => this.#look(signal));
				pause = this.listens && !this.isHeld ? PAUSE_WITH_EVENTS : PAUSE;
			} catch (error) {
				if (signal.aborted) return;
				pause = this.#failed(error, Math.max(pause, PAUSE));
			}
			if (!this.isWoken) await this.#wait(pause, signal);
		}
	}

	#failed(error, pause) {
		if (error instanceof GoneError || (error instanceof RefusedError && error.status === 404)) {
			this.onstate("gone", error.message);
			if (this.store.last !== null) this.store.clear();
			this.instance = null;
			return PAUSE * 2;
		}
		if (error instanceof RefusedError && error.status === 401) this.onstate("locked", error.message);
		else if (error instanceof AwayError || error instanceof RefusedError) this.onstate("away", error.message);
		else throw error;
		return Math.min(LONGEST_PAUSE, pause * 1.5);
	}

	/** Ask for one thing after the other: two answers must not overtake each other. */
	#once(action) {
		const before = this.turn ?? Promise.resolve();
		const next = before.then(action, action);
		this.turn = next.catch(() => {});
		return next;
	}

	/** Look at the server, the world, and what is new in its journal. */
	async #look(signal) {
		const { server, world } = this;
		const ask = (path) => server.json("GET", path, { world, signal });
		// To ask for a world that is not there is no way to find out: browsers note it as an error.
		if (this.instance === null && !(await server.json("GET", "worlds", { signal })).worlds.includes(world)) throw new GoneError(`There is no world ${world}`);
		const [health, index, clock, stage] = await Promise.all([server.json("GET", "health", { signal }), ask(""), ask("clock"), ask("stage")]);
		if (this.instance !== null && this.instance !== health.instance) this.store.clear();
		const newest = this.store.last?.id ?? 0;
		await this.#journal(ask);
		if (signal.aborted) return;
		// What is seen before an event tells of it is told of soon, unless events come late.
		if (!this.early) this.known = newest;
		if (!this.early || this.known >= this.early.id) this.early = { id: newest, at: performance.now() };
		this.instance = health.instance;
		this.onworld({ health, index, clock, stage });
		this.onstate("live", this.isHeld ? HELD : "");
	}

	async #journal(ask) {
		const { store } = this;
		const last = store.entries.findLast((entry) => !entry.isBrief);
		if (!last) return this.#all(ask);
		const open = store.entries.slice(-1000).find((entry) => entry.state === "open");
		const page = await ask(`requests?after=${Math.min(last.id, open?.id ?? last.id) - 1}`);
		const same = page.requests.find((entry) => entry.id === last.id);
		// Numbers began anew, or the journal was emptied.
		if (same?.arrived_ms !== last.arrived_ms) return this.#all(ask);
		return store.take(page.requests.filter((entry) => isNews(store.entry(entry.id), entry)), page.dropped);
	}

	async #all(ask) {
		const whole = await ask("requests");
		if (this.store.last !== null) this.store.clear();
		this.store.take(whole.requests, whole.dropped);
	}

	/** Ask for the requests that events told of: new ones at once, old ones singly. */
	async #fetchNews(signal) {
		const { store } = this;
		const ask = (path) => this.server.json("GET", path, { world: this.world, signal });
		const news = [...this.news];
		this.news.clear();
		const near = (store.last?.id ?? 0) - NEAR;
		const fresh = news.filter((id) => id > near);
		const old = news.filter((id) => id <= near);
		if (old.length > MOST_SINGLE) return this.wake();
		const [page, ...single] = await Promise.all([
			fresh.length ? ask(`requests?after=${Math.min(...fresh) - 1}`) : { requests: [] },
			...old.map((id) => ask(`requests/${id}`).catch((error) => { if (error.status !== 404) throw error; return null; })),
		]);
		if (signal.aborted) return undefined;
		return store.take([...single, ...page.requests].filter((entry) => entry && isNews(store.entry(entry.id), entry)), page.dropped);
	}

	async #listen(signal) {
		while (!signal.aborted) {
			while (this.instance === null && !signal.aborted) await this.#wait(PAUSE / 5, signal, false);
			this.heard ??= performance.now();
			let pause = 1000;
			try {
				const headers = this.lastEvent ? { "Last-Event-ID": this.lastEvent } : {};
				const response = await this.server.ask("GET", "events", { world: this.world, signal, stream: true, headers });
				await this.#read(response.body.pipeThrough(new TextDecoderStream()).getReader(), signal);
			} catch (error) {
				if (signal.aborted) return;
				if (!(error instanceof AwayError || error instanceof RefusedError || error instanceof TypeError)) throw error;
				if (error.status === 503) pause = 20 * 1000; // there are too many streams
			}
			// The server stopped, the world is gone, or something on the way closed the stream.
			if (this.listens) {
				this.heard = performance.now();
				this.wake();
			}
			this.listens = false;
			await this.#wait(pause, signal, false);
		}
	}

	async #read(reader, signal) {
		let text = "";
		for (;;) {
			const { value, done } = await reader.read();
			if (done || signal.aborted) return;
			this.heard = performance.now();
			text += value;
			const events = text.split("\n\n");
			text = events.pop();
			for (const event of events) this.#told(event, signal);
		}
	}

	#told(event, signal) {
		const lines = event.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]);
		const { id, event: kind, data } = Object.fromEntries(lines);
		if (id) this.lastEvent = id;
		if (!kind || !data) return;
		this.listens = true;
		const told = parse(data);
		if (kind !== "request" && kind !== "response") {
			if (kind === "world") this.instance = null;
			if (kind === "ready" || kind === "dropped") this.early = null;
			// What acts on every request is looked at now and then.
			if (told.change === "acted") this.#lookSoon();
			else this.wake();
			return;
		}
		this.known = Math.max(this.known, told.id);
		if (document.hidden) return; // all of it is asked for when somebody looks
		this.news.add(told.id);
		// The row shows at once; the bodies follow.
		if (!this.store.entry(told.id) && told.id > (this.store.last?.id ?? 0)) this.store.take([brief(told)]);
		this.#fetchSoon(signal);
		this.#lookSoon();
	}

	#lookSoon() {
		this.stale ??= setTimeout(() => { this.stale = null; this.wake(); }, PAUSE);
	}

	/** Ask for what is new, at most twice a second: many pages may be open. */
	#fetchSoon(signal) {
		this.fetching ??= setTimeout(() => {
			this.fetching = null;
			this.fetched = performance.now();
			if (!signal.aborted) this.#once(() => this.#fetchNews(signal)).catch((error) => { if (!signal.aborted) this.#failed(error, PAUSE); });
		}, Math.max(0, (this.fetched ?? -PAUSE) + PAUSE - performance.now()));
	}

	#wait(ms, signal, canWake = true) {
		return new Promise((resolve) => {
			const timer = setTimeout(resolve, ms);
			const end = () => { clearTimeout(timer); resolve(); };
			if (canWake) this.woken = end;
			signal.addEventListener("abort", end, { once: true });
		});
	}
}

/** Return what an event tells of a request, as an entry. */
function brief({ id, state, time, method, path, operation, status, broken, ms, faults }) {
	const shown = { ...(status ? { status } : {}), ...(broken ? { broken } : {}) };
	return { id, state, time, operation, request: { method, path, headers: {} }, shown, ms, faults, hints: [], effects: [], isBrief: true };
}

/** Tell whether an entry says something that the one before it did not. */
const isNews = (old, entry) => !old || old.isBrief || old.state !== entry.state || old.left_ms !== entry.left_ms || old.shown?.broken !== entry.shown?.broken;
