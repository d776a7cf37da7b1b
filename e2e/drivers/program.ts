import type { Page } from "playwright/test";
import type { ApiInput, ApiMethod, ApiOutput } from "../../core/contract/api.ts";
/**
 * Calls the program over a connection of the page's own, as the page's code does: for a journey's setting up, and for
 * asking what is true behind what is shown. In a browser only.
 */
export function callProgram<M extends ApiMethod>(
	page: Page,
	method: M,
	input: ApiInput<M>,
): Promise<ApiOutput<M>> {
	return page.evaluate(
		(sent) =>
			new Promise<never>((resolve, reject) => {
				const socket = new WebSocket(`ws://${location.host}/ws`);
				socket.onopen = () => socket.send(sent);
				socket.onerror = () => reject(new Error("no connection"));
				socket.onmessage = ({ data }) => {
					const message = JSON.parse(String(data));
					if (message.id !== 1) return;
					socket.close();
					if (message.type === "result") resolve(message.output as never);
					else reject(new Error(JSON.stringify(message.failure)));
				};
			}),
		JSON.stringify({ type: "call", id: 1, method, input }),
	);
}

/** A run of a minute or less on the starter, with a point a step. */
export async function startRun(
	page: Page,
	{ name, steps }: { name: string; steps: number },
): Promise<string> {
	const started = await callProgram(page, "runs.start", {
		name,
		modelId: "starter",
		dataId: "starter-train",
		validationDataId: "starter-validation",
		fields: {
			method: "sft",
			task: "gsm8k",
			adapter: { type: "full" },
			lr: 1e-4,
			epochs: 50,
			maxSteps: steps,
			globalBatch: 24,
			maxPromptTokens: 176,
			maxResponseTokens: 80,
			evalEverySteps: 40,
			evalLimit: 16,
			checkpointEverySteps: 10,
		},
		space: {},
		search: { method: "grid", trials: null, minSteps: null, reduction: 3, seed: 0, objective: null },
	});
	return started.id;
}
