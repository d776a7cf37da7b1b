import { existsSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { AppError } from "../contract/errors.ts";

/**
 * The folders and files that windows may name: the roots given at the start, and what the user picked or dropped since.
 * Everything else is refused, so that a page gone wrong cannot read or list the rest of the disk.
 */
export class Places {
	readonly #roots: { name: string; path: string }[] = [];
	readonly #granted = new Set<string>();

	constructor(roots: readonly { name: string; path: string }[]) {
		for (const root of roots)
			if (existsSync(root.path)) this.#roots.push({ ...root, path: realpathSync(root.path) });
	}

	/** Folders that may be listed, the data folder first. */
	get roots(): readonly { name: string; path: string }[] {
		return this.#roots;
	}

	/** Allows a path that the user picked in a dialog of the system or dropped on the window, and all below it. */
	grant(path: string): void {
		this.#granted.add(real(path));
	}

	/**
	 * The path itself, symbolic links followed.
	 * @throws AppError `usage` when it is relative, or outside of everything that was picked.
	 */
	check(path: string): string {
		if (!isAbsolute(path)) throw outside(path);
		const target = real(path);
		const allowed = [...this.#roots.map((root) => root.path), ...this.#granted];
		if (allowed.some((root) => within(target, root))) return target;
		throw outside(path);
	}
}

/** The real path of the part that exists, with the rest appended: a file to be written is not there yet. */
function real(path: string): string {
	const whole = resolve(path);
	if (existsSync(whole)) return realpathSync(whole);
	const parent = dirname(whole);
	return parent === whole ? whole : join(real(parent), relative(parent, whole));
}

function within(path: string, root: string): boolean {
	const way = relative(root, path);
	return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

function outside(path: string): AppError {
	return new AppError({
		code: "usage",
		message: `${path} is outside the folders that were picked.`,
		hint: "Pick the file or its folder, drop it on the window, or start `dqo serve` with --root for its folder.",
		details: { path },
	});
}
