// One request: what came of it, why, and both messages.

import { asCurl, asPytest, asScenario } from "./copies.js";
import { copy, fill, h, plural, short, visible } from "./dom.js";
import { indented } from "./json.js";
import { isRed, serviceOf, statusOf } from "./store.js";

const REASONS = {
  201: "Created", 200: "OK", 204: "No Content", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
  409: "Conflict", 415: "Unsupported Media Type", 429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable",
};

const DECISIONS = { acted: "acted", passed: "passed", shadowed: "shadowed", not_due: "not due", no_match: "no match" };

/** The pane that shows a request. */
export class Details {
  constructor(app, onback) {
    this.app = app;
    this.onback = onback;
    this.head = h("h2", { tabindex: "-1" });
    this.body = h("div", { class: "sections" });
    this.element = h("div", null,
      h("div", { class: "title" }, h("button", { class: "quiet back", onclick: () => onback(), "aria-label": "Close the request" }, "×"), this.head), this.body);
    this.entry = null;
  }

  focus() {
    this.head.focus();
  }

  show(entry) {
    if (this.entry === entry) return;
    const isSame = this.entry?.id === entry.id;
    this.entry = entry;
    fill(this.head, h("span", { class: "muted" }, `#${entry.id} `), h("b", null, short(entry.request.method, 20)), " ", entry.operation);
    const why = h("div", { class: "inner" });
    const before = h("div", { class: "inner" });
    fill(this.body, this.#summary(entry), hints(entry), why, effects(this.app, entry), before,
      message("Request", entry.request), entry.response ? message("Response", entry.response) : null);
    this.#explain(entry, why);
    this.#stateBefore(entry, before);
    if (!isSame) this.element.parentElement.scrollTop = 0;
  }

  #summary(entry) {
    const status = statusOf(entry);
    const reason = REASONS[status] ? ` ${REASONS[status]}` : "";
    const { message: text, description } = entry.response?.json ?? {};
    const said = isRed(entry) ? text ?? description : null;
    const facts = [
      ["Path", h("span", { class: "mono wrap" }, visible(entry.request.path))],
      ["Client got", h("span", { class: isRed(entry) ? "bad" : "good" }, visible(shownText(entry, status + reason)))],
      said ? ["It said", h("span", { class: "wrap" }, short(said, 2000))] : null,
      ["Time", `${entry.time}${entry.ms === undefined ? "" : `, ${entry.ms} ms`}${entry.waited_ms ? `, held back ${entry.waited_ms} ms` : ""}`],
      entry.client ? ["Client", entry.client] : null,
      entry.edition ? ["Edition", entry.edition] : null,
    ].filter(Boolean);
    const service = serviceOf(entry) ?? entry.effects?.find((each) => each.kind === "service")?.id;
    const actions = [
      h("button", { onclick: () => copy(asCurl(entry, this.app.baseOf(entry)), "as curl") }, "Copy as curl"),
      h("button", { onclick: () => copy(asPytest(entry), "as pytest") }, "as pytest"),
      h("button", { onclick: () => copy(asScenario(entry), "as scenario"), title: "A scenario whose rule answers like this again" }, "as scenario"),
      service !== undefined && service !== null ? h("button", { onclick: () => this.app.showService(String(service)) }, "Show in conversation") : null,
    ];
    return [h("dl", { class: "facts" }, facts.map(([name, value]) => [h("dt", null, name), h("dd", null, value)])), h("div", { class: "row" }, actions)];
  }

  async #explain(entry, place) {
    if (entry.isBrief) return;
    let explained;
    try {
      explained = await this.app.source.explain(entry);
    } catch (error) {
      if (entry === this.entry) fill(place, section("Rules", h("p", { class: "muted" }, visible(error.message))));
      return;
    }
    if (entry !== this.entry || !explained) return;
    const rules = explained.rules ?? [];
    const misses = isRed(entry) && !entry.faults?.length ? nearMisses(rules) : [];
    fill(place, section(entry.faults?.length ? "Faults that acted" : "Rules", rules.length
      ? h("table", null, h("thead", null, h("tr", null, ["rule", "decision", "why"].map((name) => h("th", { scope: "col" }, name)))),
        h("tbody", null, rules.map(ruleRow)))
      : h("p", { class: "muted" }, "No rule was asked.")),
    misses.length ? section("Near misses", misses) : null);
  }

  /** Offer what a world can do with the instant before a request. */
  #instant(entry, place) {
    const { source } = this.app;
    const said = h("div", { role: "status" });
    const button = (label, action) => h("button", { onclick: () => action().catch((error) => fill(said, h("p", { class: "bad" }, visible(error.message)))) }, label);
    fill(place, section("Before and after", h("div", { class: "row" },
      button("What it changed", async () => fill(said, code(await source.changes(entry)))),
      button("Rewind to before it", () => source.rewind(entry)), button("Branch a world from before it", () => source.branch(entry))), said));
  }

  async #stateBefore(entry, place) {
    if (this.app.source.rewind && entry.state !== "open" && !entry.isBrief) this.#instant(entry, place);
    if (!this.app.source.stateBefore) return;
    const shown = h("div", { class: "before" });
    const details = h("details", null, h("summary", null, "State before this request"), shown);
    details.addEventListener("toggle", async () => {
      if (!details.open || shown.childElementCount) return;
      fill(shown, h("p", { class: "muted" }, "Looking…"));
      try {
        const state = await this.app.source.stateBefore(entry);
        fill(shown, h("div", { class: "row" }, h("button", { onclick: () => copy(`${state}\n`, "the state before it") }, "Copy as scenario")), code(state));
      } catch (error) {
        fill(shown, h("p", { class: "bad" }, visible(error.message)));
      }
    });
    fill(place, details);
  }
}

function shownText(entry, status) {
  const broken = { reset: "nothing: the connection was reset", close: "nothing: the connection was closed", stall: "nothing: the response stalled",
    garbage: "garbage in place of a response", truncate: "a response that was cut off" }[entry.shown?.broken];
  const real = entry.real_status !== undefined ? `; the operation answered ${entry.real_status}` : "";
  const retry = entry.shown?.retry_after ? `, Retry-After ${entry.shown.retry_after}` : "";
  return `${broken ?? status}${retry}${real}`;
}

function hints(entry) {
  if (!entry.hints?.length) return null;
  return h("ul", { class: "hints", "aria-label": "Hints" }, entry.hints.map((hint) => h("li", null, visible(hint))));
}

function ruleRow(rule) {
  const why = [rule.why ?? null, rule.failed ? differences(rule.failed) : null];
  return h("tr", { class: `d-${rule.decision}` }, h("td", { class: "mono" }, short(rule.rule ?? rule.name ?? "", 100)),
    h("td", null, DECISIONS[rule.decision] ?? rule.decision), h("td", null, why.map((each) => (typeof each === "string" ? visible(each) : each))));
}

/** Return criteria that a request failed, what was expected of each beside what was found. */
export function differences(failed) {
  return h("ul", { class: "differences" }, failed.map((each) => h("li", null, h("span", { class: "mono" }, short(each.criterion, 100)),
    ": expected ", h("code", null, short(written(each.expected))), ", found ", h("code", null, short(written(each.found))))));
}

function written(value) {
  return value === undefined || value === null ? "nothing" : typeof value === "string" ? value : JSON.stringify(value);
}

/** Return the rules that came closest to a request without fitting it. */
function nearMisses(rules) {
  const missed = rules.filter((rule) => rule.decision === "no_match" && rule.failed?.length && !rule.failed.some((each) => each.criterion === "on"));
  const least = Math.min(...missed.map((rule) => rule.failed.length));
  return missed.filter((rule) => rule.failed.length === least).slice(0, 3)
    .map((rule) => h("div", null, h("p", null, "Rule ", h("b", { class: "mono" }, short(rule.rule ?? rule.name, 100)), ` missed by ${plural(least, "criterion", "criteria")}:`), differences(rule.failed)));
}

function effects(app, entry) {
  if (!entry.effects?.length) return null;
  const items = entry.effects.slice(0, 20).map((each) => h("li", null, `${each.change} ${each.kind} `, h("span", { class: "mono" }, short(each.id, 80))));
  const rest = entry.effects.length - items.length + (entry.effects_left_out ?? 0);
  return section("Effects", h("ul", { class: "plain" }, items, rest ? h("li", { class: "muted" }, `and ${rest} more`) : null));
}

function message(name, { headers, body, body_encoding: encoding, ...rest }) {
  const lines = Object.entries(headers ?? {}).flatMap(([key, value]) => [value].flat().map((each) => [key, each]));
  return section(name,
    h("details", null, h("summary", null, plural(lines.length, "header")),
      h("dl", { class: "headers" }, lines.map(([key, value]) => [h("dt", null, short(key, 100)), h("dd", null, short(value, 2000))]))),
    body ? [encoding ? h("p", { class: "muted" }, `Bytes that are no text, as ${encoding}:`) : null, code(body), rest.body_cut ? h("p", { class: "muted" }, `Kept: ${rest.body_cut}.`) : null]
      : h("p", { class: "muted" }, "No body"));
}

function section(name, ...children) {
  return h("section", null, h("h3", null, name), ...children);
}

const MOST_SHOWN = 20_000;

/** Return a body, indented and coloured where it is JSON; its digits as they came. */
export function code(text) {
  const tokens = indented(text) ?? [{ kind: "plain", text }];
  const place = h("pre", { class: "code", tabindex: "0", "aria-label": "Body" });
  let length = 0;
  let count = 0;
  while (count < tokens.length && length < MOST_SHOWN) {
    length += tokens[count].text.length;
    count += 1;
  }
  const draw = (some, most = Infinity) => some.map((each) => (each.kind === "space" ? each.text
    : h("span", { class: `t-${each.kind}` }, short(each.text, most))));
  if (length < MOST_SHOWN) return fill(place, draw(tokens));
  const whole = h("button", { onclick: () => { fill(place, draw(tokens)); whole.remove(); place.focus(); } }, `Show all ${text.length.toLocaleString("en")} characters`);
  return h("div", null, fill(place, draw(tokens.slice(0, count), MOST_SHOWN)), whole);
}
