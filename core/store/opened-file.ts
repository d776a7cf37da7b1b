import { type Stats, statSync } from "node:fs";
import { AppError } from "../contract/errors.ts";
import { guardFile } from "./files.ts";

type Stamp = Pick<Stats, "size" | "mtimeMs" | "ino">;

/**
 * A file of somebody else's as it was when it was opened. Its values are read long after its header and its hash were, so a file
 * that is written to meanwhile would be read as a mixture of both.
 */
export class OpenedFile {
	readonly #path: string;
	readonly #stamp: Stamp;

	constructor(path: string, stamp: Stamp) {
		this.#path = path;
		this.#stamp = stamp;
	}

	/** Throws `file-corrupt` where what is there now (at the path unless given) is not what was opened, `file-missing`. */
	check(now: Stamp = guardFile(this.#path, () => statSync(this.#path))): void {
		const { size, mtimeMs } = this.#stamp;
		if (now.size === size && now.mtimeMs === mtimeMs) return;
		throw new AppError({
			code: "file-corrupt",
			message: `${this.#path} has changed since it was opened.`,
			hint: "Leave a model's files alone while it is in use. Put the old file back, or start anew with this one.",
		});
	}

	/** The same for a file that is mapped: it lives on where its name was deleted or given to another. */
	checkMapped(): void {
		const now = statSync(this.#path, { throwIfNoEntry: false });
		if (now?.ino === this.#stamp.ino) this.check(now);
	}
}
