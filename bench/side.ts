import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Spec, Who } from "./spec.ts";

export interface Ready {
	readonly flops: number | null;
	readonly bytes?: number;
	/** Versions, said by the peer. */
	readonly version?: string;
	readonly blas?: string;
}

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** One side of a measurement: a process that runs steps when it is asked to, so that sides can take turns. */
export class Side {
	private readonly child: ChildProcess;
	private readonly lines: AsyncIterator<string>;
	/** What the process writes: it may be killed before it tidies up. */
	private readonly folder: string;
	ready: Ready = { flops: null };

	private constructor(child: ChildProcess, folder: string) {
		this.child = child;
		this.folder = folder;
		this.lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
	}

	/** Starts the process and waits until it is warm. `python` runs the peer. */
	static async start(who: Who, spec: Spec, python: string | null): Promise<Side> {
		const argument = JSON.stringify({ who, spec });
		const [command, args] =
			who === "peer"
				? [python as string, [here("peer.py"), argument]]
				: [process.execPath, ["--import", "tsx", here("ours.ts"), argument]];
		const folder = mkdtempSync(join(tmpdir(), "dqo-bench-"));
		// The names that Unix and Windows know the temporary folder by.
		const env = { ...process.env, TMPDIR: folder, TEMP: folder };
		const side = new Side(spawn(command, args, { env, stdio: ["pipe", "pipe", "inherit"] }), folder);
		try {
			side.ready = await side.answer<Ready>();
			return side;
		} catch (error) {
			await side.end();
			throw error;
		}
	}

	/** Runs steps and gives the milliseconds of each, and of the processor for one; the peer leaves that out. */
	turn(steps: number): Promise<{ ms: number[]; cpuMs?: number }> {
		this.child.stdin?.write(`${steps}\n`);
		return this.answer();
	}

	/** Ends the process; gives its peak of memory in bytes, without what it held before the model was made. */
	async stop(): Promise<number> {
		this.child.stdin?.end();
		return (await this.answer<{ peakBytes: number }>()).peakBytes;
	}

	/** Ends the process where it still runs, and removes its files. */
	async end(): Promise<void> {
		const { child } = this;
		if (child.exitCode === null && child.signalCode === null) {
			const gone = new Promise((resolve) => child.once("exit", resolve));
			child.kill();
			await gone;
		}
		rmSync(this.folder, { recursive: true, force: true });
	}

	private async answer<T>(): Promise<T> {
		const { value, done } = await this.lines.next();
		if (done) throw new Error(`a side of the bench ended early: ${this.child.spawnargs.join(" ")}`);
		return JSON.parse(value) as T;
	}
}
