// JSON whose numbers keep all their digits.

const MANY_DIGITS = /\d{16}/;
const STRING_OR_INTEGER = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;

/** Return the value of a text; integers of sixteen digits and more become text with all of them. */
export function parse(text) {
  if (!MANY_DIGITS.test(text)) return JSON.parse(text);
  return JSON.parse(text.replace(STRING_OR_INTEGER, (word) => (word[0] === '"' ? word : `"${word}"`)));
}

const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*"?)|(-?\d[\d.eE+-]*)|(true|false|null)|([[\]{}:,]))/gy;

/** Return the tokens of a text in JSON, indented; null where it is something else. */
export function indented(text) {
  const tokens = [];
  const lines = { depth: 0 };
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  let before = null;
  while (TOKEN.lastIndex < end) {
    const found = TOKEN.exec(text);
    if (found === null) return null;
    const [, string, number, word, sign] = found;
    place(tokens, lines, before, sign);
    if (string !== undefined) tokens.push({ kind: "string", text: string });
    else if (number !== undefined) tokens.push({ kind: "number", text: number });
    else if (word !== undefined) tokens.push({ kind: "word", text: word });
    else {
      if (sign === ":" && tokens.length) tokens.at(-1).kind = "key";
      tokens.push({ kind: "sign", text: sign === ":" ? ": " : sign });
    }
    before = sign ?? "value";
  }
  return tokens.length ? tokens : null;
}

function place(tokens, lines, before, sign) {
  const closes = sign === "]" || sign === "}";
  if (closes) lines.depth = Math.max(0, lines.depth - 1);
  const wasOpened = before === "[" || before === "{";
  if ((wasOpened && !closes) || before === "," || (closes && before !== null && !wasOpened)) {
    tokens.push({ kind: "space", text: `\n${"  ".repeat(lines.depth)}` });
  }
  if (sign === "[" || sign === "{") lines.depth += 1;
}

/** Return a text in JSON with lines and indents, anything else as it is. */
export function prettyText(text) {
  const tokens = indented(text);
  return tokens === null ? text : tokens.map((each) => each.text).join("");
}
