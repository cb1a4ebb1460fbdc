// The control API, as the page asks it.

import { parse } from "./json.js";

/** What the server refused, in its own words. */
export class RefusedError extends Error {
	constructor(status, title, detail, errors) {
		super(detail || title);
		Object.assign(this, { status, title, errors: errors ?? [] });
	}
}

export class GoneError extends Error {}

export class AwayError extends Error {
	message = "The server does not answer";
}

const TOKEN_KEY = "cs-simulator token";

/** A server, asked through the page's own address. */
export class Server {
	constructor(page) {
		this.root = new URL("..", page);
		this.token = sessionStorage.getItem(TOKEN_KEY);
		this.wantsToken = async () => null;
		this.asking = null;
		this.isLocked = false;
	}

	/** Return the address of a path below `_control`, of a world or the server. */
	url(path, world) {
		const prefix = world ? `_world/${encodeURIComponent(world)}/` : "";
		return new URL(`${prefix}_control/${path}`, this.root);
	}

	async ask(method, path, options = {}) {
		const { world, body, type, signal, stream = false } = options;
		const headers = { ...options.headers };
		const isText = typeof body === "string";
		if (body !== undefined) headers["Content-Type"] = type ?? `application/${isText ? "yaml" : "json"}`;
		if (this.token) headers.Authorization = `Bearer ${this.token}`;
		let response;
		const sent = this.token;
		const locked = new RefusedError(401, "Unauthorized", "This server needs its token");
		if (this.isLocked) throw locked;
		try {
			response = await fetch(this.url(path, world), {
				method, headers, signal, cache: "no-store", credentials: "omit",
				body: body === undefined || isText ? body : JSON.stringify(body),
			});
		} catch (error) {
			if (error.name === "AbortError") throw error;
			throw new AwayError();
		}
		if (response.status === 401) {
			if (await this.#newToken(sent)) return this.ask(method, path, options);
			throw locked;
		}
		if (stream && response.ok) return response;
		const text = await response.text().catch(() => { throw new AwayError(); });
		if (!response.ok) throw refusal(response.status, text);
		return text;
	}

	async json(method, path, options) {
		return parse(await this.ask(method, path, options));
	}

	/** Ask the person for the token, once for all requests that wait for it. */
	async #newToken(sent) {
		if (this.token !== sent) return true;
		this.asking ??= this.wantsToken(sent !== null).finally(() => { this.asking = null; });
		const token = await this.asking;
		this.isLocked = !token;
		if (!token) return false;
		this.token = token;
		sessionStorage.setItem(TOKEN_KEY, token);
		return true;
	}
}

function refusal(status, text) {
	let problem;
	try {
		problem = parse(text);
	} catch {
		problem = { detail: text.slice(0, 500) };
	}
	return new RefusedError(status, problem.title ?? `Status ${status}`, problem.detail ?? "", problem.errors);
}
