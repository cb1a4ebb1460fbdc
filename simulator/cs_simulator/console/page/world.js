// A world: its clock, its stage, its scenario, its snapshot, and the other worlds.

import { confirmed, download, fill, h, plural, say, short, visible } from "./dom.js";
import { Editor, tried } from "./editor.js";
import { member, tree, yamlOf } from "./json.js";

/** The view of a world. */
export class WorldView {
  constructor(app) {
    this.app = app;
    this.element = h("div", { class: "cards" }, this.#clockCard(), this.#stageCard(), this.#scenarioCard(), this.#worldsCard());
  }

  shown_() {
    this.#offerScenarios();
    if (!this.editor.value) this.#show();
  }

  entered() {
    this.editor.value = "";
    if (this.isShown) this.#show();
  }

  told({ clock, stage, index }) {
    const mark = JSON.stringify([clock.mode, clock.mode === "frozen" ? clock.time : "", stage, index.scenario]);
    if (mark === this.mark) return;
    this.mark = mark;
    this.mode.textContent = { real: "The real time.", offset: "It runs, at a distance from the real time.", frozen: "It stands still." }[clock.mode];
    this.freeze.disabled = clock.mode === "frozen";
    this.run.disabled = clock.mode === "offset";
    this.real.disabled = clock.mode === "real";
    this.advance.disabled = clock.mode === "real";
    if (document.activeElement !== this.time) this.time.value = clock.time;
    this.#drawStages(stage);
    this.#drawScenario(index.scenario);
  }

  ask(method, path, options) {
    return this.app.source.ask(method, path, options);
  }

  #clockCard() {
    const place = h("div", { role: "status" });
    const set = (body) => tried(place, async () => {
      const told = await this.ask("PUT", "clock", { body });
      say(`${told.mode}, ${told.time}${told.hint ? `: ${told.hint}` : ""}`);
      this.app.wake();
    });
    this.mode = h("p", { class: "muted" });
    this.freeze = h("button", { onclick: () => set({ mode: "frozen" }) }, "Freeze");
    this.run = h("button", { onclick: () => set({ mode: "offset" }) }, "Let it run");
    this.real = h("button", { onclick: () => set({ mode: "real" }) }, "Real time");
    this.time = h("input", { "aria-label": "Time", class: "mono", size: "26", spellcheck: "false" });
    this.by = h("input", { "aria-label": "By", class: "mono", size: "8", value: "1h", spellcheck: "false" });
    this.advance = h("button", null, "Advance");
    const form = (action, ...inside) => h("form", { class: "row", onsubmit: (event) => { event.preventDefault(); action(); } }, ...inside);
    const advance = () => tried(place, async () => {
      const told = await this.ask("POST", "clock/advance", { body: { by: this.by.value } });
      say(`It is ${told.time}`);
      this.app.wake();
    });
    return h("section", { class: "card" }, h("h2", null, "Clock"), this.mode, h("div", { class: "row" }, this.freeze, this.run, this.real),
      form(advance, this.by, this.advance),
      form(() => set({ time: this.time.value, mode: this.freeze.disabled ? "frozen" : "offset" }), this.time, h("button", null, "Set")), place);
  }

  #stageCard() {
    this.stages = h("ol", { class: "stages" });
    this.stagePlace = h("div", { role: "status" });
    this.next = h("button", { onclick: () => this.#stage("POST", "stage/next") }, "Next stage");
    return this.stageCard = h("section", { class: "card" }, h("h2", null, "Stage"), this.stages, h("div", { class: "row" }, this.next), this.stagePlace);
  }

  #stage(method, path, body) {
    return tried(this.stagePlace, async () => {
      const told = await this.ask(method, path, { body });
      say(`In stage ${told.stage}`);
      this.app.wake();
    });
  }

  #drawStages({ stages, stage, calls }) {
    this.next.hidden = !stages.length;
    fill(this.stages, stages.length ? stages.map((name) => h("li", null, h("button", {
      class: name === stage ? "current" : "quiet", "aria-current": name === stage ? "step" : null, onclick: () => this.#stage("PUT", "stage", { name }),
    }, short(name, 60)), name === stage ? h("span", { class: "muted" }, ` ${plural(calls, "call")} counted`) : null)) : h("li", { class: "muted" }, "This scenario has no stages."));
  }

  #scenarioCard() {
    this.active = h("p", { class: "muted" });
    this.names = h("select", { "aria-label": "Scenario of the catalogue" });
    this.editor = new Editor({ label: "Scenario document", rows: 18, schema: () => this.app.source.schema(), at: (root) => root, onsubmit: () => this.#check() });
    this.file = h("input", { type: "file", id: "restore", class: "away", accept: ".yaml,.yml,.json", tabindex: "-1", "aria-hidden": "true", onchange: () => this.#restore() });
    const button = (label, action, kind = "") => h("button", { class: kind, onclick: action }, label);
    return h("section", { class: "card wide-card" }, h("h2", null, "Scenario"), this.active,
      h("div", { class: "row" }, this.names, button("Load", () => this.#loadNamed()), button("Look at it", () => this.#lookAt()), button("Back to the start scenario", () => this.#goBack())),
      this.editor.element,
      h("div", { class: "row" }, button("Check", () => this.#check(), "primary"), button("Load what is written", () => this.#loadText(this.editor.value)), button("Show the active one", () => this.#show()),
        button("Reset", () => this.#reset(), "danger")),
      h("h3", null, "Snapshot"), h("div", { class: "row" }, button("Download as YAML", () => this.#download("yaml")), button("as JSON", () => this.#download("json")),
        button("Write it above", () => this.#snapshotAbove()), button("Restore from a file…", () => this.file.click()), this.file),
      h("h3", null, "Report"), h("div", { class: "row" }, button("Download this run as a file", () => this.#report())));
  }

  #drawScenario(name) {
    fill(this.active, "Active: ", h("b", null, short(name, 80)));
  }

  async #offerScenarios() {
    const names = await this.app.source.scenarios().catch(() => []);
    if (names.length !== this.names.options.length) fill(this.names, names.map((name) => h("option", { value: name }, name)));
  }

  async #show() {
    await tried(this.editor, async () => {
      const text = await this.app.source.scenarioText();
      this.editor.value = `${yamlOf(member(tree(text), "document"))}\n`;
    });
  }

  #lookAt() {
    return tried(this.editor, async () => {
      const text = await this.app.source.namedScenario(this.names.value);
      this.editor.value = `${yamlOf(member(tree(text), "document"))}\n`;
    });
  }

  #check() {
    return tried(this.editor, async () => {
      const { name, warnings } = await this.app.source.check(this.editor.value);
      this.editor.told(h("p", { class: "good" }, `No errors (${name})`), warnings.length ? h("ul", { class: "plain" }, warnings.map((each) => h("li", null, visible(each)))) : null);
      return { keeps: true };
    });
  }

  async #loadText(text) {
    if (!(await confirmed("Load this scenario?", "The world is reset to its beginning; what it was asked is forgotten.", "Load"))) return null;
    return this.#loaded(() => this.ask("PUT", "scenario", { body: text, type: "application/yaml" }));
  }

  async #loadNamed() {
    const name = this.names.value;
    if (!(await confirmed(`Load ${name}?`, "The world is reset to its beginning; what it was asked is forgotten.", "Load"))) return;
    await this.#loaded(() => this.ask("PUT", "scenario", { body: { name } }));
    await this.#show();
  }

  async #goBack() {
    if (!(await confirmed("Back to the start scenario?", "The world is reset to the scenario that the server was started with.", "Go back"))) return;
    await this.#loaded(() => this.ask("DELETE", "scenario"));
    await this.#show();
  }

  async #reset() {
    if (!(await confirmed("Reset this world?", "Its data, rules, clock and journal go back to where its scenario begins.", "Reset"))) return;
    await this.#loaded(() => this.ask("POST", "reset"));
  }

  #loaded(action) {
    return tried(this.editor, async () => {
      const told = await action();
      say(`${told.scenario}: ${plural(told.cleared.services, "service")}, ${plural(told.cleared.requests, "request")} cleared`);
      this.app.wake();
    });
  }

  #download(format) {
    return tried(this.editor, async () => {
      const text = await this.app.source.snapshotText(format);
      download(`${this.app.world}.${format}`, text, "text/plain");
      say(`Snapshot of ${text.length.toLocaleString("en")} characters`);
    });
  }

  /** The run as a page of its own, with all that is shown here. */
  #report() {
    return tried(this.editor, async () => {
      download(`${this.app.world}.html`, await this.app.source.text("GET", "report"), "text/html");
      say("The report opens in any browser, without a server");
    });
  }

  #snapshotAbove() {
    return tried(this.editor, async () => { this.editor.value = await this.app.source.snapshotText("yaml"); });
  }

  async #restore() {
    const [file] = this.file.files;
    if (!file) return;
    const text = await file.text();
    this.file.value = "";
    await this.#loadText(text);
  }

  #worldsCard() {
    const name = h("input", { "aria-label": "Name of a new world", placeholder: "name", size: "16", spellcheck: "false" });
    const place = h("div", { role: "status" });
    const make = () => tried(place, async () => {
      const made = await this.app.source.server.json("PUT", `worlds/${encodeURIComponent(name.value)}`);
      name.value = "";
      this.app.goTo(made.world);
    });
    const drop = async () => {
      const { world } = this.app;
      if (!(await confirmed(`Drop the world ${world}?`, "All that is in it goes.", "Drop"))) return;
      await tried(place, async () => {
        await this.app.source.server.json("DELETE", `worlds/${encodeURIComponent(world)}`);
        this.app.goTo("default");
      });
    };
    return h("section", { class: "card" }, h("h2", null, "Worlds"), h("p", { class: "muted" }, "Each has data, rules, a clock and a journal of its own."),
      h("form", { class: "row", onsubmit: (event) => { event.preventDefault(); make(); } }, name, h("button", null, "Make")),
      h("div", { class: "row" }, h("button", { class: "danger", onclick: drop }, "Drop this world")), place);
  }
}
