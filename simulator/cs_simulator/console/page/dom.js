// Elements and text. No markup is ever read from data.

const isNothing = (each) => each === null || each === undefined || each === false;

/** Make an element, such as `"p.muted"`; `on...` are listeners, `label` is read aloud. */
export function h(kind, props, ...children) {
	const [tag, ...classes] = kind.split(".");
	const element = document.createElement(tag);
	if (classes.length) element.className = classes.join(" ");
	if (props?.constructor !== Object) return fill(element, props, ...children);
	for (const [name, value] of Object.entries(props)) {
		if (isNothing(value)) continue;
		if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
		else if (name === "style") for (const [key, each] of Object.entries(value)) element.style.setProperty(key, each);
		else if (name === "data") Object.assign(element.dataset, value);
		else if (name === "value") element.value = value;
		else element.setAttribute(name === "label" ? "aria-label" : name, value === true ? "" : String(value));
	}
	return fill(element, ...children);
}

/** Replace the children of an element. */
export function fill(element, ...children) {
	element.replaceChildren(...children.flat(3).filter((each) => !isNothing(each)));
	return element;
}

export const button = (label, onclick, props) => h("button", { type: "button", onclick, ...props }, label);

export const row = (...children) => h("div.row", ...children);

export const dim = (...children) => h("span.muted", ...children);

export const muted = (...children) => h("p.muted", ...children);

export const bad = (text) => h("p.bad", short(text, 2000));

export const card = (name, ...children) => h("section.card", h("h2", name), ...children);

export const options = (pairs) => pairs.map(([value, label]) => h("option", { value }, label));

export const choice = (label, onchange, pairs = []) => h("select", { label, onchange }, options(pairs));

/** Make a field that filters; Esc and its cross empty it without an event of input. */
export const search = (label, placeholder, action) => h("input", { type: "search", label, placeholder, oninput: action, onsearch: action });

export const told = () => h("div", { role: "status" });

/** Make a table of heads, each with a title or without. */
export function table(label, heads, body) {
	return h("div.wide", { tabindex: "0", role: "region", label: label },
		h("table", h("thead", h("tr", heads.map(([name, title]) => (name ? h("th", { scope: "col", title }, name) : h("td"))))), body));
}

/** Open a dialog, which goes when it is closed. */
export function opened(label, kind, ...children) {
	const dialog = h("dialog", { label, class: kind, onclose: () => dialog.remove() }, h("form", { method: "dialog" }, h("h2", label), ...children));
	document.body.append(dialog);
	dialog.showModal();
	return dialog;
}

const ODD = /((?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Co}])/u;

/** Return text as nodes in which characters that nobody sees show. */
export function visible(text) {
	return String(text).split(ODD).map((each, place) => {
		if (place % 2 === 0) return each;
		const code = each.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
		return h("span.odd", { title: `the character U+${code}` }, `U+${code}`);
	});
}

/** Return text cut to some length, its odd characters visible. */
export function short(text, most = 200) {
	const whole = String(text);
	return visible(whole.length > most ? `${whole.slice(0, most)}…` : whole);
}

export const plural = (count, one, many = `${one}s`) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

export function say(text) {
	const place = document.getElementById("said");
	place.textContent = text;
	place.classList.add("shown");
	clearTimeout(say.timer);
	say.timer = setTimeout(() => place.classList.remove("shown"), 4000);
}

/** Put a text into the clipboard, also without the right to it. */
export async function copy(text, what) {
	try {
		await navigator.clipboard.writeText(text);
	} catch {
		const area = h("textarea.away", { "aria-hidden": "true", tabindex: "-1", value: text });
		document.body.append(area);
		area.select();
		document.execCommand("copy");
		area.remove();
	}
	say(`Copied ${what}`);
}

export function download(name, text, type) {
	const url = URL.createObjectURL(new Blob([text], { type }));
	h("a", { href: url, download: name }).click();
	setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** Ask for a yes, which Enter means too unless something would be lost. */
export function agreed(title, action, kind, ...children) {
	const yes = h("button", { class: kind, value: "yes", autofocus: kind !== "danger" }, action);
	const dialog = opened(title, "", children, h("div.row.end", yes, h("button", { value: "no", formnovalidate: true, autofocus: true }, "Cancel")));
	return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes")));
}

export const confirmed = (title, text, action) => agreed(title, action, "danger", h("p", text));

/** Return a function that calls another one soon, once for many calls. */
export function soon(action, ms = 0) {
	let timer = null;
	return () => {
		timer ??= setTimeout(() => { timer = null; action(); }, ms);
	};
}
