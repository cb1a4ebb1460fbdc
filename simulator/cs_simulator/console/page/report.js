// The report of a run: the same views, of data in the file itself.

import { App } from "./app.js";
import { ChecksView } from "./checks.js";
import { ConversationView } from "./conversation.js";
import { code, factsOf } from "./details.js";
import { card, dim, fill, h, muted, plural, short } from "./dom.js";
import { FaultsView } from "./faults.js";
import { JournalView } from "./journal.js";
import { jsonOf, member, parse, tree, yamlOf } from "./json.js";
import { Store } from "./store.js";

async function unpacked() {
	const packed = document.getElementById("data").textContent.trim();
	const bytes = Uint8Array.from(atob(packed), (each) => each.charCodeAt(0));
	return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

/** Apply a JSON Patch; those of reports add, remove and replace. */
function patched(document, patch) {
	for (const { op, path, value } of patch) {
		const names = path.split("/").slice(1).map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
		const name = names.pop();
		const inside = names.reduce((found, each) => found[each], document);
		const given = op === "remove" ? [] : [structuredClone(value)];
		if (op !== "replace" && Array.isArray(inside)) inside.splice(name, 1 - given.length, ...given);
		else if (given.length) [inside[name]] = given;
		else delete inside[name];
	}
	return document;
}

/** Where the views get what they show: the file. */
class Kept {
	constructor(text) {
		this.whole = tree(text);
		this.report = parse(text);
		this.explained = new Map((this.report.explained ?? []).map((each) => [each.id, each]));
	}

	get address() {
		return (this.report.url ?? "http://localhost:8080").replace(/\/_world\/[^/]*$/, "");
	}

	async explain(entry) {
		return this.explained.get(entry.id) ?? null;
	}

	async snapshot() {
		return this.report.state ?? null;
	}

	async scenarioText() {
		return jsonOf(member(this.whole, "scenario"));
	}

	async stateBefore({ id }) {
		const { begin, changes } = this.report;
		if (!begin || !changes) throw new Error("The state before each request is not in this report.");
		const before = changes.filter((each) => each.request < id).reduce((state, each) => patched(state, each.patch), structuredClone(begin));
		return yamlOf(tree(JSON.stringify(before)));
	}

	async faults() {
		const faults = member(this.whole, "faults");
		return faults ? jsonOf({ map: [["faults", faults]] }) : '{"faults": []}';
	}
}

class EndView {
	constructor(app, kept) {
		const { report, whole } = kept;
		const yaml = (node) => (node ? code(yamlOf(node)) : muted("It is not in this report."));
		const facts = [["World", report.world], ["Scenario", report.scenario?.name], ["Stage", report.stage?.stage], ["Clock", report.clock && `${report.clock.time}, ${report.clock.mode}`],
			["Simulator", report.version], ["Requests", (report.requests?.length ?? 0).toLocaleString("en")], ["Dropped", report.dropped],
			["Cut", report.cut && `values of more than ${plural(report.cut, "character")}, to keep this file small`]].map(([name, value]) => [name, value && short(value, 300)]);
		this.element = h("div.cards.one-wide",
			card("Run", factsOf(facts)),
			card("Scenario", yaml(member(member(whole, "scenario"), "document"))), card("State at the end", yaml(member(whole, "state"))));
	}
}

async function main() {
	const kept = new Kept(await unpacked());
	const { report } = kept;
	const store = new Store(Infinity);
	const app = new App({ source: kept, store, readOnly: true });
	app.world = report.world;
	app.told = { clock: report.clock ?? {}, stage: report.stage ?? {}, index: { scenario: report.scenario?.name, counts: { services: 0 } } };
	const checks = new ChecksView(app);
	app.mount([
		["journal", "Journal", new JournalView(app)], ["conversation", "Conversation", new ConversationView(app)], ["faults", "Faults", new FaultsView(app)],
		["world", "World", new EndView(app, kept)], ["checks", "Verdicts", checks],
	]);
	fill(document.getElementById("top"), h("h1", "Context Services ", h("span", "report")),
		h("span.world-facts", h("b", short(report.test?.name ?? report.world ?? "", 200)),
			dim(` · ${plural(report.requests?.length ?? 0, "request")}`)), app.tabs,
		report.test?.failure ? h("details.failure", { open: true }, h("summary", "How the test failed"), h("pre.code", { tabindex: "0" }, short(report.test.failure, 20_000))) : null);
	// A failure ends with what was wrong.
	document.querySelector(".failure pre")?.scrollTo(0, 1e6);
	if (report.verdict) checks.showVerdict(report.verdict);
	else fill(checks.verdict, muted("The scenario expected nothing, so nothing was judged."));
	store.take(report.requests ?? [], report.dropped ?? 0);
	app.begin();
	if (!location.hash.includes("request=")) app.chooseWorst();
}

main();
