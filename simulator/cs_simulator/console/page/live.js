// A world as it goes on: what is new is asked for, and what a server that began again has forgotten is too.

import { AwayError, RefusedError } from "./api.js";

const PAUSE = 500;
const LONGEST_PAUSE = 5000;
const PAGE = 1000;

/** Follow one world: its journal into a store, and what stands over it into `onworld`. */
export class Follower {
  constructor(server, store, { onworld, onstate }) {
    this.server = server;
    this.store = store;
    this.onworld = onworld;
    this.onstate = onstate;
    this.world = null;
    this.stopped = null;
  }

  /** Follow another world from its beginning. */
  follow(world) {
    this.stopped?.abort();
    this.stopped = new AbortController();
    this.world = world;
    this.instance = null;
    this.store.clear();
    this.#run(this.stopped.signal);
  }

  /** Ask at once for what is new, and not at the next turn. */
  wake() {
    this.woken?.();
  }

  async #run(signal) {
    let pause = PAUSE;
    while (!signal.aborted) {
      try {
        await this.#turn(signal);
        pause = PAUSE;
      } catch (error) {
        if (signal.aborted) return;
        pause = this.#failed(error, pause);
      }
      await this.#wait(pause, signal);
    }
  }

  #failed(error, pause) {
    if (error instanceof RefusedError && error.status === 404) {
      this.onstate("gone", error.message);
      if (this.instance !== null) this.store.clear();
      this.instance = null;
    } else if (error instanceof RefusedError && error.status === 401) {
      this.onstate("locked", "This server needs its token");
    } else {
      this.onstate("away", error instanceof AwayError || error instanceof RefusedError ? error.message : "The page failed; see the browser's console");
      if (!(error instanceof AwayError) && !(error instanceof RefusedError)) throw error;
    }
    return Math.min(LONGEST_PAUSE, pause * 1.5);
  }

  async #turn(signal) {
    const { server, world } = this;
    const ask = (path) => server.json("GET", path, { world, signal });
    const [health, index, clock, stage] = await Promise.all([server.json("GET", "health", { signal }), ask(""), ask("clock"), ask("stage")]);
    const isNew = this.instance !== null && this.instance !== health.instance;
    await this.#journal(ask, index.counts.requests, isNew);
    this.instance = health.instance;
    this.onworld({ health, index, clock, stage });
    this.onstate("live", "");
  }

  async #journal(ask, count, isNew) {
    if (isNew) this.store.clear();
    const { last } = this.store;
    const open = this.store.entries.slice(-PAGE).find((entry) => entry.state === "open");
    const after = Math.max(0, Math.min(last?.id ?? 0, open?.id ?? Infinity) - 1);
    const page = await ask(`requests?after=${after}&limit=${PAGE}`);
    const same = page.requests.find((entry) => entry.id === last?.id);
    if (last && same?.arrived_ms !== last.arrived_ms) {
      // Numbers began anew, or the journal was emptied: all of it is another one.
      this.store.clear();
      const whole = await ask("requests");
      this.store.take(whole.requests, whole.dropped);
      return;
    }
    const old = this.store.byId;
    this.store.take(page.requests.filter((entry) => !old.has(entry.id) || old.get(entry.id).state === "open"), page.dropped);
  }

  #wait(milliseconds, signal) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.woken = () => { clearTimeout(timer); resolve(); };
      signal.addEventListener("abort", this.woken, { once: true });
    });
  }
}
