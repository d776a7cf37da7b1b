import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";

/** Size at which the log starts anew; the one before it is kept. */
const MAX_BYTES = 1024 ** 2;

/** Writes what happens to the app itself to `main.log`; never throws, because a full disk must not end the app. */
export class Log {
	readonly path: string;

	constructor(dir: string) {
		mkdirSync(dir, { recursive: true });
		this.path = join(dir, "main.log");
	}

	write(text: string): void {
		try {
			if (existsSync(this.path) && statSync(this.path).size > MAX_BYTES) {
				renameSync(this.path, `${this.path}.old`);
			}
			appendFileSync(this.path, `${new Date().toISOString()} ${text}\n`);
		} catch {
			process.stderr.write(`${text}\n`);
		}
	}

	error(what: string, error: unknown): void {
		this.write(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
	}
}
