import { statSync } from "node:fs";
import { AppError } from "../../contract/errors.ts";
import type { RunConfig } from "../../contract/run.ts";
import type { Hub } from "../hub.ts";
import type { Thread } from "../threads/thread.ts";
import type { TrainingFacts } from "./thread-operations.ts";

/** Fields that decide which data a run reads and how it encodes them. */
const FIELDS = [
	...(["method", "modelDir", "dataPath", "columns", "validationPath", "validationColumns"] as const),
	...([
		"task",
		"template",
		"split",
		"seed",
		"processRewardScale",
		"maxPromptTokens",
		"maxResponseTokens",
		"evalLimit",
	] as const),
] satisfies (keyof RunConfig)[];
const MOST_KEPT = 32;

/** Counts of encoded data, kept by what they depend on: a slider that changes nothing about them waits for nothing. */
export class FactsCache {
	readonly #thread: Thread;
	readonly #hub: Hub;
	readonly #known = new Map<string, Promise<TrainingFacts | AppError>>();

	constructor(thread: Thread, hub: Hub) {
		this.#thread = thread;
		this.#hub = hub;
	}

	/** An AppError says why the data cannot be trained on. */
	of(config: RunConfig): Promise<TrainingFacts | AppError> {
		const key = JSON.stringify([
			...FIELDS.map((field) => config[field]),
			stampOf(config.dataPath),
			stampOf(config.validationPath),
		]);
		const known = this.#known.get(key);
		if (known !== undefined) return known;
		const facts = this.#thread.ask("trainingFacts", { config }).catch((error: unknown) => {
			if (error instanceof AppError && error.code !== "cancelled") return error;
			this.#known.delete(key);
			throw error;
		});
		this.#known.set(key, facts);
		const [oldest] = this.#known.keys();
		if (this.#known.size > MOST_KEPT && oldest !== undefined) this.#known.delete(oldest);
		return facts;
	}

	/** The same, or null when they take longer than `ms`; a change of the data is told once they are there. */
	async within(config: RunConfig, ms: number): Promise<TrainingFacts | AppError | null> {
		let late = false;
		const facts = this.of(config).then((found) => {
			if (late) this.#hub.changed("data");
			return found;
		});
		facts.catch(() => {});
		let timer: NodeJS.Timeout | undefined;
		const timeout = new Promise<null>((resolve) => {
			timer = setTimeout(() => {
				late = true;
				resolve(null);
			}, ms);
		});
		try {
			return await Promise.race([facts, timeout]);
		} finally {
			clearTimeout(timer);
		}
	}
}

/** Differs once a file was changed. */
function stampOf(path: string | null): string {
	if (path === null) return "";
	try {
		const { mtimeMs, size } = statSync(path);
		return `${mtimeMs} ${size}`;
	} catch {
		return "missing";
	}
}
