// The console: a world of a running server.

import { Server } from "./api.js";
import { App } from "./app.js";
import { Bar } from "./bar.js";
import { ChecksView } from "./checks.js";
import { ConversationView } from "./conversation.js";
import { agreed, confirmed, h, plural, say } from "./dom.js";
import { FaultsView } from "./faults.js";
import { JournalView } from "./journal.js";
import { parse } from "./json.js";
import { Follower } from "./live.js";
import { Store } from "./store.js";
import { WorldView } from "./world.js";

/** Where the views get what they show: the control API. */
class Live {
	constructor(server, app) {
		this.server = server;
		this.app = app;
		this.explained = new WeakMap();
	}

	get address() {
		return this.server.root.href.replace(/\/$/, "");
	}

	/** Ask the world that is shown; an answer that comes when another one is shown is nobody's. */
	async text(method, path, options) {
		const { world } = this.app();
		try {
			return await this.server.ask(method, path, { world, ...options });
		} finally {
			if (world !== this.app().world) await new Promise(() => {});
		}
	}

	async ask(...asked) {
		return parse(await this.text(...asked));
	}

	worlds(since) {
		return this.server.json("GET", `worlds?recent=20${since ? `&since=${encodeURIComponent(since)}` : ""}`);
	}

	async scenarios() {
		return (await this.server.json("GET", "scenarios")).scenarios;
	}

	namedScenario(name) {
		return this.server.ask("GET", `scenarios/${encodeURIComponent(name)}`);
	}

	check(text) {
		return this.server.json("POST", "scenarios/check", { body: text });
	}

	named(method, name, body) {
		return this.server.json(method, `worlds/${encodeURIComponent(name)}`, { body });
	}

	scenarioText() {
		return this.text("GET", "scenario");
	}

	snapshot() {
		return this.ask("GET", "snapshot?format=json");
	}

	async changes({ id }) {
		return (await this.ask("GET", `difference?from=${id}&to=${id + 1}`)).patch;
	}

	async rewind({ id }) {
		if (!(await confirmed(`Rewind to before request ${id}?`, "The world returns to what it was then; the requests since are removed from its journal.", "Rewind"))) return;
		const { cleared } = await this.ask("POST", "rewind", { body: { before: id } });
		say(`Rewound to before request ${id}; ${cleared.requests} removed`);
		this.app().choose(null);
		this.app().wake();
	}

	async branch({ id }) {
		const { world } = this.app();
		const name = `${world.slice(0, 40)}-before-${id}`;
		const made = await this.named("PUT", name, { from: world, before: id });
		this.app().goTo(made.world);
		say(`In ${made.world}, which is what ${world} was before request ${id}`);
	}

	faults() {
		return this.text("GET", "faults");
	}

	/** Return the schema of scenarios, which never changes. */
	schema() {
		this.known ??= this.server.json("GET", "schema").catch((error) => { this.known = undefined; throw error; });
		return this.known;
	}

	async explain(entry) {
		let known = this.explained.get(entry);
		if (!known) {
			known = this.ask("POST", "explain", { body: { request: entry.id } });
			if (entry.state !== "open") this.explained.set(entry, known);
		}
		return known;
	}
}

async function askToken(wasWrong) {
	const input = h("input", { type: "password", label: "Token", autocomplete: "off", autofocus: true, required: true });
	const isGiven = await agreed("Unlock", "Unlock", "primary", h("p", wasWrong ? "That is not the token of this server. " : "This server is locked. ",
		"Its token was given to ", h("code", "--control-token"), "; this tab forgets it when it is closed."), input);
	return isGiven ? input.value : null;
}

const DEFAULT = "default";
const server = new Server(document.baseURI);
server.wantsToken = askToken;
const store = new Store();
let app = null;
const source = new Live(server, () => app);
app = new App({ source, store, readOnly: false });

app.mount([
	["journal", "Journal", new JournalView(app)], ["conversation", "Conversation", new ConversationView(app)], ["faults", "Faults", new FaultsView(app)],
	["world", "World", new WorldView(app)], ["checks", "Checks", new ChecksView(app)],
]);
let isOpening = true; // until the world is seen whole for the first time
const follower = new Follower(server, store, {
	onworld: (told) => {
		isOpening = false;
		app.told = told;
		bar.told(told);
		for (const { view } of app.views.values()) view.told?.(told);
		app.refresh();
	},
	onstate: (state, why) => {
		bar.reached(state, why);
		for (const { view } of app.views.values()) view.reached?.(state, why);
		if (state === "gone" && isOpening && app.world === DEFAULT) openNewest();
	},
});

/** Open the world that was asked last, where nobody chose one. */
async function openNewest() {
	const { recent } = await source.worlds().catch(() => ({}));
	if (recent?.length && isOpening && app.world === DEFAULT) { app.place = null; goTo(recent[0].world); }
}

function goTo(world) {
	if (world === app.world) return;
	app.world = world;
	isOpening = true;
	app.choose(null);
	bar.named(world);
	for (const { view } of app.views.values()) view.entered?.(world);
	follower.follow(world);
}

const bar = new Bar(app);
app.wake = () => follower.wake();
app.goTo = goTo;
app.onworld = (world) => goTo(world ?? DEFAULT);
app.clearJournal = async () => {
	if (!(await confirmed("Clear the journal?", "All requests are removed from it; the data of the world stay as they are.", "Clear"))) return;
	const { cleared } = await source.ask("DELETE", "requests");
	say(`${plural(cleared.requests, "request")} removed`);
	follower.wake();
};

// A request that the address names is chosen when it is there, else what needs a look.
store.addEventListener("taken", () => {
	if (app.wanted !== null) {
		if (store.entry(app.wanted)) app.choose(app.wanted);
	} else if (isOpening && app.chosen === null && innerWidth > 820) app.chooseWorst();
});

app.begin();
