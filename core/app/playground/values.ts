import type { ApiInput, ApiOutput } from "../../contract/api.ts";
import { GREEDY_SAMPLING, PAPER_SAMPLING } from "../../contract/sampling.ts";
import { startJob } from "../../engine/supervisor.ts";
import { type AppContext, machineOf } from "../context.ts";
import { type ModelSources, modelSource } from "../model-source.ts";
import { traceOf } from "../runs/samples.ts";
import { ModelProcess } from "./model-process.ts";

/** Looks at single responses: V along them, and what becomes of them from a line on. */
export class ValueService {
	readonly #context: AppContext;
	readonly #sources: ModelSources;
	/** The model that was retried last stays loaded: lines of one response are tried one after the other. */
	#kept: { key: string; process: ModelProcess } | null = null;

	constructor(context: AppContext, sources: ModelSources) {
		this.#context = context;
		this.#sources = sources;
	}

	async inspect(input: ApiInput<"values.inspect">): Promise<ApiOutput<"values.inspect">> {
		const { model, prompt, template, response, task, reference } = input;
		const { dir, checkpoint, method } = modelSource(model, this.#sources);
		const { scores, verdict } = await startJob<"inspect">(
			{
				kind: "inspect",
				model: { dir, checkpoint },
				...{ prompt, template, response, task, reference },
				responseTokenIds: null,
				...machineOf(this.#context.settings()),
				eventsPath: null,
			},
			this.#context.engine,
		).result;
		const verdictOf = { extracted: verdict?.extracted ?? null, correct: verdict?.correct ?? null };
		return { prompt, reference, ...verdictOf, ...traceOf(scores, method) };
	}

	/** How many completions are written is told by `retry` pushes. */
	async retry(input: ApiInput<"values.retry">): Promise<ApiOutput<"values.retry">> {
		const { requestId, model, prompt, template, prefix, n, task, reference, maxNewTokens, seed } = input;
		const { answers, correct } = await this.#processOf(model).answer(
			{
				requestId,
				target: 0,
				readers: [],
				...{ prompt, template, task, reference, prefix },
				sampling: { ...(n === 1 ? GREEDY_SAMPLING : PAPER_SAMPLING), n, maxNewTokens, seed },
				guided: null,
			},
			({ done, total }) => this.#context.hub.push({ type: "retry", requestId, done, total }),
		);
		const completions = answers.map(({ response, verdict }) => ({
			text: response.startsWith(prefix) ? response.slice(prefix.length) : response,
			correct: verdict?.correct ?? null,
			extracted: verdict?.extracted ?? null,
		}));
		return { completions, correct };
	}

	/** Ends a retry that is wanted no more: it fails with `cancelled`. */
	cancel(requestId: string): void {
		this.#kept?.process.cancel(requestId);
	}

	get processIds(): number[] {
		const pid = this.#kept?.process.pid;
		return pid === undefined ? [] : [pid];
	}

	close(): void {
		this.#kept?.process.close();
		this.#kept = null;
	}

	#processOf(ref: ApiInput<"values.retry">["model"]): ModelProcess {
		const { dir, checkpoint } = modelSource(ref, this.#sources);
		const key = JSON.stringify([dir, checkpoint]);
		if (this.#kept?.key === key) return this.#kept.process;
		this.close();
		const process = new ModelProcess(this.#context, [{ dir, checkpoint }]);
		this.#kept = { key, process };
		return process;
	}
}
