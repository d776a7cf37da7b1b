import type { ApiInput } from "../../contract/api.ts";
import type { ModelRef } from "../../contract/api-common.ts";
import type { PlaygroundEvent } from "../../contract/api-playground.ts";
import { AppError } from "../../contract/errors.ts";
import type { PlaygroundReply } from "../../contract/playground.ts";
import type { Method } from "../../contract/run.ts";
import type { AppContext } from "../context.ts";
import { newId } from "../ids.ts";
import { type ModelSources, modelSource } from "../model-source.ts";
import { traceOf } from "../runs/samples.ts";
import { ModelProcess } from "./model-process.ts";

interface Session {
	readonly process: ModelProcess;
	/** Training method of each target; null for a model. */
	readonly methods: readonly (Method | null)[];
}

type Ask = Required<ApiInput<"playground.ask">>;

/** Windows' conversations with models, a process for each. */
export class PlaygroundService {
	readonly #context: AppContext;
	readonly #sources: ModelSources;
	readonly #sessions = new Map<string, Session>();

	constructor(context: AppContext, sources: ModelSources) {
		this.#context = context;
		this.#sources = sources;
	}

	/** Throws what looking up the models throws; they are loaded when first asked. */
	open(targets: readonly ModelRef[]): string {
		const sources = targets.map((ref) => modelSource(ref, this.#sources));
		const id = newId();
		this.#sessions.set(id, {
			process: new ModelProcess(
				this.#context,
				sources.map(({ dir, checkpoint }) => ({ dir, checkpoint })),
			),
			methods: sources.map(({ method }) => method),
		});
		return id;
	}

	/**
	 * Asks the targets one after the other; answers arrive as `playground` pushes. A model without values is read by a
	 * run trained from it, so that its answer can be seen under the same V.
	 */
	ask({ sessionId, requestId, targets, sampling, ...asked }: Ask): void {
		const session = this.#session(sessionId);
		for (const target of targets) {
			if (target >= session.methods.length) {
				throw new AppError({
					code: "usage",
					message: `The session has no model ${target}.`,
					hint: "Open a session with all models that are to answer.",
				});
			}
		}
		const valued = [...session.methods.keys()].filter((place) => hasValues(session.methods[place] ?? null));
		for (const target of targets) {
			const request = {
				...asked,
				requestId: ofTarget(requestId, target),
				target,
				readers: valued.includes(target) ? [] : valued,
				prefix: "",
				sampling: { ...sampling, n: 1 },
				guided: hasValues(session.methods[target] ?? null) ? asked.guided : null,
			};
			session.process.ask(request, (reply) => {
				const event = toEvent(reply, { sessionId, requestId, target }, asked, session.methods);
				if (event !== null) this.#context.hub.push({ type: "playground", event });
			});
		}
	}

	cancel(sessionId: string, requestId: string): void {
		const { process, methods } = this.#session(sessionId);
		for (const target of methods.keys()) process.cancel(ofTarget(requestId, target));
	}

	/** A session that is closed already is none to complain about. */
	close(sessionId: string): void {
		this.#sessions.get(sessionId)?.process.close();
		this.#sessions.delete(sessionId);
	}

	processIds(): number[] {
		return [...this.#sessions.values()].flatMap(({ process }) => process.pid ?? []);
	}

	closeAll(): void {
		for (const id of [...this.#sessions.keys()]) this.close(id);
	}

	#session(id: string): Session {
		const session = this.#sessions.get(id);
		if (session !== undefined) return session;
		throw new AppError({
			code: "usage",
			message: "This conversation was closed.",
			hint: "Open it again; models are then loaded anew.",
		});
	}
}

function hasValues(method: Method | null): boolean {
	return method === "dqo" || method === "dro";
}

/** The engine knows a request by one name; here one request goes to several targets. */
function ofTarget(requestId: string, target: number): string {
	return `${target}:${requestId}`.slice(0, 300);
}

function toEvent(
	reply: PlaygroundReply,
	id: { sessionId: string; requestId: string; target: number },
	{ prompt, reference }: Pick<Ask, "prompt" | "reference">,
	methods: readonly (Method | null)[],
): PlaygroundEvent | null {
	switch (reply.type) {
		case "loading":
		case "cancelled":
			return { type: reply.type, ...id };
		case "progress":
			return null;
		case "delta":
			return { type: "delta", ...id, text: reply.text };
		case "failed":
			return { type: "failed", ...id, failure: reply.failure };
		case "final": {
			const [answer] = reply.answers;
			if (answer === undefined) return null;
			const { seconds, tokensPerSecond } = reply;
			const verdict = {
				extracted: answer.verdict?.extracted ?? null,
				correct: answer.verdict?.correct ?? null,
			};
			const trace = {
				prompt,
				reference,
				...verdict,
				...traceOf(answer.scores, methods[reply.readBy] ?? null),
			};
			return { type: "final", ...id, trace, seconds, tokensPerSecond, truncated: !answer.finished };
		}
	}
}
