import { cpSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PlaygroundReply, PlaygroundRequest, PlaygroundResult } from "../contract/playground.ts";
import { PAPER_SAMPLING } from "../contract/sampling.ts";
import { jobConfig, train, workplace } from "../training/testing/job.ts";
import { type Job, startJob } from "./supervisor.ts";

const starter = fileURLToPath(new URL("../../resources/starter/model", import.meta.url));
const BASE = 0;
const RUN = 1;
const STARTER = 2;
const MISSING = 3;
/** The base model in another folder. */
const COPY = 4;
const QUESTION = "Ann has 7 apples. She buys 5 apples. How many apples does Ann have now?";

let job: Job<PlaygroundResult>;
const replies: PlaygroundReply[] = [];
let heard = () => {};
beforeAll(async () => {
	const place = workplace();
	const { runDir } = await train(place, "run", jobConfig(place, { maxSteps: 6 }));
	const copy = join(place.root, "copy");
	cpSync(place.modelDir, copy, { recursive: true });
	const models = [place.modelDir, runDir, starter, join(place.root, "none"), copy];
	job = startJob<"playground">(
		{
			...{ kind: "playground", threads: 1, eventsPath: null },
			models: models.map((dir) => ({ dir, checkpoint: "last" })),
		},
		{
			onReply: (reply) => {
				replies.push(reply);
				heard();
			},
		},
	);
});
afterAll(() => job.kill());

let asked = 0;
function request(change: Partial<PlaygroundRequest>): string {
	const requestId = `request-${asked++}`;
	job.request({
		...{ requestId, target: RUN, readers: [], prompt: QUESTION, template: "{problem}" },
		...{ task: "gsm8k", reference: "#### 12", prefix: "", guided: null },
		...{ sampling: { ...PAPER_SAMPLING, n: 1, maxNewTokens: 24 }, ...change },
	});
	return requestId;
}

/** Every reply to a request, once its last is there. */
async function repliesTo(requestId: string): Promise<PlaygroundReply[]> {
	const own = () => replies.filter((reply) => reply.requestId === requestId);
	while (!own().some(({ type }) => type === "final" || type === "cancelled" || type === "failed"))
		await new Promise<void>((resolve) => {
			heard = resolve;
		});
	return own();
}

type Final = Extract<PlaygroundReply, { type: "final" }>;
async function ask(change: Partial<PlaygroundRequest>): Promise<{ final: Final; texts: string[] }> {
	const all = await repliesTo(request(change));
	const final = all.at(-1);
	if (final?.type !== "final") throw new Error(`the request ended with ${JSON.stringify(final)}`);
	const texts: string[] = [];
	for (const reply of all)
		if (reply.type === "delta") texts[reply.sample] = (texts[reply.sample] ?? "") + reply.text;
	return { final, texts };
}

describe("a playground", () => {
	it("streams an answer and then gives its tokens with V and both log-probs; the same for a seed", async () => {
		const first = await ask({});
		const [answer] = first.final.answers;
		expect(first.texts).toEqual([answer?.response]);
		expect(answer?.scores.tokens.join("")).toBe(answer?.response);
		expect(answer?.scores.values).toHaveLength(answer?.scores.tokenIds.length as number);
		expect(answer?.scores.referenceLogProbs).not.toEqual(answer?.scores.logProbs);
		expect(first.final.tokensPerSecond).toBeGreaterThan(0);
		expect(first.final.correct).toBe(0);
		expect((await ask({})).final.answers).toEqual(first.final.answers);
	});

	it("has the run's V read the answer of its base model, wherever that lies, and of no other", async () => {
		const plain = await ask({ target: BASE });
		expect(plain.final).toMatchObject({ readBy: BASE });
		expect(plain.final.answers[0]?.scores).toMatchObject({ values: null, referenceLogProbs: null });
		const other = await ask({ target: STARTER, readers: [MISSING, RUN] });
		expect(other.final).toMatchObject({ readBy: STARTER });
		expect(other.final.answers[0]?.scores.values).toBeNull();
		const read = await ask({ target: COPY, readers: [STARTER, RUN] });
		expect(read.final).toMatchObject({ readBy: RUN });
		const scores = read.final.answers[0]?.scores;
		expect(scores?.tokenIds).toEqual(plain.final.answers[0]?.scores.tokenIds);
		expect(scores?.values).toHaveLength(scores?.tokenIds.length as number);
		expect(scores?.referenceLogProbs).toEqual(scores?.logProbs.map((x) => expect.closeTo(x, 4)));
	});

	it("answers problems with the starter, first words first, and takes a conversation", async () => {
		const greedy = { ...PAPER_SAMPLING, n: 1, greedy: true, maxNewTokens: 64 };
		const prompt = [{ role: "user", content: QUESTION }];
		const { final, texts } = await ask({ target: STARTER, sampling: greedy, prompt });
		expect(final.answers[0]?.finished).toBe(true);
		expect(texts[0]).toBe(final.answers[0]?.response);
		expect(final.answers[0]?.response).toContain("####");
		const deltas = replies.filter((r) => r.type === "delta" && r.requestId === final.requestId);
		expect(deltas.length).toBeGreaterThan(1);
	});

	it("tries a response again from the end of a line, and says how many come out right", async () => {
		const sampling = { ...PAPER_SAMPLING, n: 6, maxNewTokens: 48 };
		const { final, texts } = await ask({ target: STARTER, prefix: "7+5=12\n", sampling });
		expect(final.answers).toHaveLength(6);
		for (const [i, { response, scores }] of final.answers.entries()) {
			expect(response).toBe(`7+5=12\n${texts[i]}`);
			expect(scores.logProbs).toHaveLength(scores.tokenIds.length);
		}
		expect(final.correct).toBe(final.answers.filter(({ verdict }) => verdict?.correct).length);
		const ids = final.answers[0]?.scores.tokenIds.slice(0, final.answers[0].scores.segmentEnds[0]) ?? [];
		const byTokens = await ask({ target: STARTER, prefix: ids, sampling });
		expect(byTokens.final.answers).toEqual(final.answers);
	});

	it.each([
		{ type: "best-of-n" as const, n: 4 },
		{ type: "beam" as const, n: 2, beams: 2 },
	])("lets V choose: $type", async (guided) => {
		const { final, texts } = await ask({ guided });
		expect(final.answers).toHaveLength(1);
		expect(texts).toEqual([]);
	});

	it("cancels what waits and what is being answered, and goes on", async () => {
		const long = { ...PAPER_SAMPLING, n: 1, topK: 0, threshold: 0, topP: 1, maxNewTokens: 2000 };
		const [running, waiting] = [request({ sampling: long }), request({})];
		job.cancelRequest(waiting);
		while (!replies.some((r) => r.type === "delta" && r.requestId === running))
			await new Promise<void>((resolve) => {
				heard = resolve;
			});
		job.cancelRequest(running);
		for (const id of [running, waiting])
			expect((await repliesTo(id)).at(-1)).toEqual({ type: "cancelled", requestId: id });
		expect((await ask({})).final.answers).toHaveLength(1);
	});

	it("answers what goes wrong with the reason, and goes on", async () => {
		const failures = [
			[{ target: MISSING }, "file-missing"],
			[{ target: 9 }, "usage"],
			[{ target: BASE, guided: { type: "best-of-n", n: 2 } }, "config-invalid"],
			[{ prefix: [77_777] }, "data-invalid"],
		] as const;
		for (const [change, code] of failures) {
			const last = (await repliesTo(request(change as Partial<PlaygroundRequest>))).at(-1);
			expect(last).toMatchObject({ type: "failed", failure: { kind: "expected", error: { code } } });
		}
		expect((await ask({})).final.answers).toHaveLength(1);
	});

	it("ends in good order when it is stopped", async () => {
		job.stop();
		expect(await job.result).toMatchObject({ reason: "stopped" });
	});
});
