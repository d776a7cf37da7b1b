import { expect, test } from "vitest";
import type { ApiInput } from "../../contract/api.ts";
import type { PlaygroundEvent } from "../../contract/api-playground.ts";
import { GREEDY_SAMPLING } from "../../contract/sampling.ts";
import { Queue } from "../queue/queue.ts";
import { RunService } from "../runs/service.ts";
import { appFolder } from "../testing/services.ts";
import { PlaygroundService } from "./service.ts";
import { ValueService } from "./values.ts";

const WAIT = { timeout: 60_000, interval: 20 };
const model = { type: "model", id: "starter" } as const;
const question = "Ben has 6 cakes. He finds 2 cakes. How many cakes does Ben have?";

test("models answer with the same seed; a cancelled answer says so; a closed session is told", async () => {
	const app = appFolder();
	const queue = new Queue(app.context);
	const runs = new RunService(app.context, queue);
	const playground = new PlaygroundService(app.context, { ...app, runs });
	const events = () =>
		app.pushes.flatMap((push): PlaygroundEvent[] => (push.type === "playground" ? [push.event] : []));
	const finals = () => events().flatMap((event) => (event.type === "final" ? [event] : []));
	const sessionId = playground.open([model, model]);
	const ask: Required<ApiInput<"playground.ask">> = {
		sessionId,
		requestId: "r1",
		prompt: question,
		template: "{problem}",
		task: "gsm8k",
		reference: "#### 8",
		sampling: { ...GREEDY_SAMPLING, maxNewTokens: 64 },
		guided: null,
		targets: [0, 1],
	};
	playground.ask(ask);
	await expect.poll(() => finals().length, WAIT).toBe(2);
	const [a, b] = finals();
	expect(a).toMatchObject({ sessionId, requestId: "r1", target: 0, truncated: false });
	expect(a?.trace).toMatchObject({ values: "none", prompt: question });
	expect(b?.trace.tokens).toEqual(a?.trace.tokens);
	const streamed = events()
		.flatMap((event) => (event.type === "delta" && event.target === 0 ? [event.text] : []))
		.join("");
	expect(streamed).toBe(a?.trace.tokens.map(({ text }) => text).join(""));

	playground.ask({ ...ask, requestId: "r2" });
	playground.cancel(sessionId, "r2");
	await expect
		.poll(() => events().filter(({ type }) => type === "cancelled").length, WAIT)
		.toBeGreaterThan(0);
	expect(() => playground.ask({ ...ask, targets: [2] })).toThrow(/no model 2/);
	playground.close(sessionId);
	expect(() => playground.ask(ask)).toThrow(/closed/);
	expect(playground.processIds()).toEqual([]);

	const values = new ValueService(app.context, { ...app, runs });
	const shared = {
		model,
		prompt: question,
		template: "{problem}",
		task: "gsm8k",
		reference: "#### 8",
	} as const;
	const trace = await values.inspect({ ...shared, response: "6+2=8\n#### 8" });
	expect(trace).toMatchObject({ correct: true, extracted: "8", reward: 1, firstValue: null });
	expect(trace.tokens.map(({ text }) => text).join("")).toBe("6+2=8\n#### 8");
	expect(trace.tokens.every(({ logProb }) => (logProb ?? 1) <= 0)).toBe(true);
	const retry = { ...shared, prefix: "6+2=8\n", maxNewTokens: 32, seed: 1 };
	const retried = await values.retry({ ...retry, requestId: "t1", n: 3 });
	expect(retried.completions).toHaveLength(3);
	const progress = app.pushes.filter((push) => push.type === "retry");
	expect(progress.at(-1)).toEqual({ type: "retry", requestId: "t1", done: 3, total: 3 });
	expect(retried.correct).toBe(retried.completions.filter(({ correct }) => correct).length);
	const ungraded = await values.retry({ ...retry, requestId: "t2", n: 2, task: null, reference: null });
	expect(ungraded.correct).toBeNull();
	expect(ungraded.completions.map(({ correct }) => correct)).toEqual([null, null]);
	const unwanted = values.retry({ ...retry, requestId: "t3", n: 64 });
	values.cancel("t3");
	await expect(unwanted).rejects.toMatchObject({ code: "cancelled" });
	values.close();
	runs.close();
	app.hub.close();
});
