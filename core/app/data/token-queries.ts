import { existsSync } from "node:fs";
import type { ApiOutput } from "../../contract/api.ts";
import type { ExampleTokens, Lengths, ProblemGroup } from "../../contract/api-data.ts";
import { AppError } from "../../contract/errors.ts";
import { fitToContext } from "../../training/fit-to-context.ts";
import type { AppContext, ModelLookup } from "../context.ts";
import { LengthJobs } from "./length-jobs.ts";
import { type LimitsInput, lengthsPath } from "./lengths.ts";
import { readManifest } from "./manifest.ts";
import type { DataService } from "./service.ts";
import type { EncodingInput } from "./tokens.ts";
import { count } from "./words.ts";

/** Code of the problem group of responses over the token limit. */
export const OVER_LIMIT = "response-over-limit";

/** How a window says that text is to become tokens. */
export interface Encoding {
	readonly modelId: string;
	readonly template: string;
	readonly maxPromptTokens: number;
	readonly maxResponseTokens: number;
}

/** Token statistics of a data set for a model and a template, as `summariseLengths` of the thread gives them. */
export type LengthSummary = Extract<Lengths, { state: "ready" }>;

/** Answers what a data set looks like to a model: its tokens, and how long its examples are. */
export class TokenQueries {
	readonly #data: DataService;
	readonly #models: ModelLookup;
	readonly #jobs: LengthJobs;
	/** What lengths were last asked for, by data set: responses over that limit are among its problems. */
	readonly #last = new Map<string, LimitsInput>();

	constructor(context: AppContext, data: DataService, models: ModelLookup) {
		this.#data = data;
		this.#models = models;
		this.#jobs = new LengthJobs(context.readingThread, () => context.hub.changed("data"));
	}

	close(): void {
		this.#jobs.close();
	}

	async tokens(id: string, index: number, encoding: Encoding): Promise<ExampleTokens> {
		const dir = this.#data.indexDir(id);
		return this.#data.queries.ask("readTokens", { dir, index, ...this.#resolve(encoding) });
	}

	/** Lengths under the limits; counting begins with the first question, and its end is told as `changed: data`. */
	async lengths(id: string, encoding: Encoding): Promise<Lengths> {
		const dir = this.#data.indexDir(id);
		const { modelDir, template, ...limits } = this.#resolve(encoding);
		const path = lengthsPath(dir, modelDir, template);
		const state = this.#jobs.ask({ dir, path, modelDir, template }, readManifest(dir).counts.entries);
		if (state.state !== "ready") return state;
		this.#last.set(id, { dir, path, ...limits });
		return this.#data.queries.ask("summariseLengths", { dir, path, ...limits });
	}

	/** How many examples and prompts a data set has, and how long they are where that was counted before; begins nothing. */
	async stats(
		id: string,
		encoding: Encoding,
	): Promise<{ examples: number; prompts: number; lengths: LengthSummary | null }> {
		const dir = this.#data.indexDir(id);
		const { examples, prompts } = readManifest(dir).counts;
		const { modelDir, template, ...limits } = this.#resolve(encoding);
		const path = lengthsPath(dir, modelDir, template);
		const lengths = existsSync(path)
			? await this.#data.queries.ask("summariseLengths", { dir, path, ...limits })
			: null;
		return { examples, prompts, lengths };
	}

	/** The group of responses over the limit, once their lengths were asked for; null when there are none. */
	async longResponses(id: string): Promise<ProblemGroup | null> {
		const last = this.#lastOf(id);
		if (last === null) return null;
		const { total } = await this.#data.queries.ask("readLongRows", { ...last, offset: 0, limit: 0 });
		if (total === 0) return null;
		return {
			level: "note",
			code: OVER_LIMIT,
			column: null,
			count: total,
			message: `${count(total, "response")} ${total === 1 ? "has" : "have"} more than ${count(last.maxResponseTokens, "token")}.`,
			effect: "Kept: cut at the limit",
			hint: "Raise the limit of response tokens if their ends matter.",
		};
	}

	async longRows(id: string, offset: number, limit: number): Promise<ApiOutput<"data.problemRows">> {
		const last = this.#lastOf(id);
		return last === null
			? { total: 0, rows: [] }
			: this.#data.queries.ask("readLongRows", { ...last, offset, limit });
	}

	#lastOf(id: string): LimitsInput | null {
		const last = this.#last.get(id);
		return last !== undefined && last.dir === this.#data.indexDir(id) ? last : null;
	}

	/** The model's folder, and limits that leave room in its context, as training fits them. */
	#resolve({ modelId, template, ...limits }: Encoding): EncodingInput {
		const model = this.#models.resolve(modelId);
		if (model.refusal !== null) throw new AppError(model.refusal);
		const fitted = model.contextLength === null ? limits : fitToContext(limits, model.contextLength);
		return { modelDir: model.path, template, ...fitted };
	}
}
