import { existsSync, realpathSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const gzipped = promisify(gzip);

const TYPES: Readonly<Record<string, string>> = {
	".html": "text/html; charset=utf-8",
	".js": "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8",
	".json": "application/json; charset=utf-8",
	".map": "application/json; charset=utf-8",
	".txt": "text/plain; charset=utf-8",
	".svg": "image/svg+xml",
	".png": "image/png",
	".ico": "image/x-icon",
	".webp": "image/webp",
	".woff2": "font/woff2",
	".woff": "font/woff",
};

/** Kinds that shrink; fonts and pictures are compressed already. */
const COMPRESSIBLE = new Set([".html", ".js", ".css", ".json", ".map", ".txt", ".svg"]);

/** Vite puts what it named by content into `assets`: such a file never changes. */
const HASHED = /^assets\/.+-[\w-]{8,}\.\w+$/;

export interface StaticFile {
	readonly body: Buffer;
	readonly headers: Record<string, string>;
}

/** The built page in a folder. Only files inside it of a kind that a page needs are ever given out. */
export class StaticFiles {
	readonly #dir: string;
	readonly #compressed = new Map<string, { modifiedMs: number; body: Buffer }>();

	constructor(dir: string) {
		this.#dir = dir;
	}

	/** Whether there is a page at all. */
	get built(): boolean {
		return existsSync(join(this.#dir, "index.html"));
	}

	/** The file behind a request's path as it came, still encoded; null for whatever is not ours to give. */
	async read(urlPath: string, acceptEncoding = ""): Promise<StaticFile | null> {
		const name = fileName(urlPath);
		if (name === null) return null;
		const extension = extname(name).toLowerCase();
		const type = TYPES[extension];
		const path = this.#inside(name);
		if (type === undefined || path === null) return null;
		// Read by path and not by handle: this is how files inside Electron's archive can be read, too.
		const about = await stat(path);
		if (!about.isFile()) return null;
		const headers: Record<string, string> = {
			"Content-Type": type,
			"Cache-Control": HASHED.test(name) ? "public, max-age=31536000, immutable" : "no-cache",
			Vary: "Accept-Encoding",
		};
		const body = await readFile(path);
		if (!COMPRESSIBLE.has(extension) || !/\bgzip\b/.test(acceptEncoding)) return { body, headers };
		headers["Content-Encoding"] = "gzip";
		return { body: await this.#compress(path, about.mtimeMs, body), headers };
	}

	/** Symbolic links are followed first, so that one inside the folder cannot lead out of it. */
	#inside(name: string): string | null {
		const path = join(this.#dir, name);
		if (!existsSync(path)) return null;
		const real = realpathSync(path);
		return real.startsWith(realpathSync(this.#dir) + sep) ? real : null;
	}

	async #compress(path: string, modifiedMs: number, body: Buffer): Promise<Buffer> {
		const known = this.#compressed.get(path);
		if (known?.modifiedMs === modifiedMs) return known.body;
		const compressed = await gzipped(body);
		this.#compressed.set(path, { modifiedMs, body: compressed });
		return compressed;
	}
}

/** `assets/a.js` for `/assets/a.js`; null when it is anything but plain names one below the other. */
function fileName(urlPath: string): string | null {
	let decoded: string;
	try {
		decoded = decodeURIComponent(urlPath);
	} catch {
		return null;
	}
	if (decoded === "/") return "index.html";
	if (!decoded.startsWith("/")) return null;
	const parts = decoded.slice(1).split("/");
	// Letters, digits and a few signs are all that our build uses: no backslash, colon, null byte or leading dot.
	return parts.every((part) => /^[\w@+-][\w@+.-]*$/.test(part)) ? parts.join("/") : null;
}
