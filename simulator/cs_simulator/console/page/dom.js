// Elements and text. No markup is ever read from data: what a request holds is text to this page.

/** Make an element; `on...` are listeners, `class`, `style` and `data` what they say. */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [key, each] of Object.entries(value)) element.style.setProperty(key, each);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(3).filter((each) => each !== null && each !== undefined && each !== false));
  return element;
}

/** Put other children in the place of those of an element. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(3).filter((each) => each !== null && each !== undefined && each !== false));
  return element;
}

const ODD = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Co}]/gu;

/** Return text as nodes in which characters that nobody sees, or that turn text around, show. */
export function visible(text) {
  const whole = String(text);
  if (whole.search(ODD) < 0) return [whole];
  const nodes = [];
  let from = 0;
  for (const found of whole.matchAll(ODD)) {
    if (found.index > from) nodes.push(whole.slice(from, found.index));
    const code = found[0].codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
    nodes.push(h("span", { class: "odd", title: `the character U+${code}` }, `U+${code}`));
    from = found.index + found[0].length;
  }
  if (from < whole.length) nodes.push(whole.slice(from));
  return nodes;
}

/** Return text cut to some length, its odd characters visible. */
export function short(text, most = 200) {
  const whole = String(text);
  return visible(whole.length > most ? `${whole.slice(0, most)}…` : whole);
}

/** Return one of two words. */
export function plural(count, one, many = `${one}s`) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** Say something to everybody, also to who does not see it. */
export function say(text) {
  const place = document.getElementById("said");
  place.textContent = text;
  place.classList.add("shown");
  clearTimeout(say.timer);
  say.timer = setTimeout(() => place.classList.remove("shown"), 4000);
}

/** Put a text into the clipboard, in a page without the right to it too. */
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = h("textarea", { class: "away", "aria-hidden": "true", tabindex: "-1", value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  say(`Copied ${what}`);
}

/** Give a file to whoever looks at the page. */
export function download(name, text, type) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** Ask before something is lost; resolve to whether to do it. */
export function confirmed(title, text, action) {
  const yes = h("button", { class: "danger", value: "yes" }, action);
  const dialog = h("dialog", { "aria-label": title },
    h("form", { method: "dialog" }, h("h2", null, title), h("p", null, text),
      h("div", { class: "row end" }, h("button", { value: "no" }, "Cancel"), yes)));
  document.body.append(dialog);
  dialog.showModal();
  yes.focus();
  return new Promise((resolve) => dialog.addEventListener("close", () => {
    dialog.remove();
    resolve(dialog.returnValue === "yes");
  }));
}

/** Return a function that calls another one soon, once for all its calls until then. */
export function soon(action, milliseconds = 0) {
  let timer = null;
  return () => {
    timer ??= setTimeout(() => { timer = null; action(); }, milliseconds);
  };
}
