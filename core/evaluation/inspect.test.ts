import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type InspectSpec, inspectResultSchema } from "../contract/playground.ts";
import { sampleLineSchema } from "../contract/token-scores.ts";
import { recordingContext } from "../sampling/testing/context.ts";
import { jobConfig, logLines, type Ran, train, type Workplace, workplace } from "../training/testing/job.ts";
import { inspectJob } from "./inspect.ts";

let place: Workplace;
let dqo: Ran;
let sft: Ran;
beforeAll(async () => {
	place = workplace();
	dqo = await train(place, "dqo", jobConfig(place, { maxSteps: 6 }));
	sft = await train(
		place,
		"sft",
		jobConfig(place, { method: "sft", maxSteps: 3, adapter: { type: "full" } }),
	);
});

const inspect = async (change: Partial<InspectSpec>) => {
	const spec: InspectSpec = {
		...{ kind: "inspect", model: { dir: dqo.runDir, checkpoint: "last" }, template: null, task: "gsm8k" },
		...{ prompt: "Ben has 1 coins.", response: "1+2=3\n#### 3", responseTokenIds: null, reference: null },
		...{ threads: 1, eventsPath: null, ...change },
	};
	return inspectResultSchema.parse(await inspectJob(spec, recordingContext().context));
};

describe("an inspect job", () => {
	it("says of a sample what the run's own evaluation said of it", async () => {
		const lines = logLines(dqo.runDir, "samples").map((line) => sampleLineSchema.parse(line));
		const sample = lines.find(({ step }) => step === 6);
		if (!sample?.scores) throw new Error("the evaluation scored its samples");
		const { prompt, response, reference, correct } = sample;
		const responseTokenIds = sample.scores.tokenIds;
		const result = await inspect({ prompt, response, reference, responseTokenIds });
		expect(result).toMatchObject({ step: 6, verdict: { correct } });
		const close = (values: readonly number[] | null) => values?.map((x) => expect.closeTo(x, 4));
		const { values, logProbs, referenceLogProbs, ...rest } = sample.scores;
		expect(result.scores).toEqual({
			...rest,
			values: close(values),
			logProbs: close(logProbs),
			referenceLogProbs: close(referenceLogProbs),
		});
	});

	it("reads a text's own tokens with an end, line by line, and grades against a reference", async () => {
		const { scores, verdict } = await inspect({ reference: "#### 3" });
		expect(scores.tokens.join("")).toBe("1+2=3\n#### 3");
		expect(scores.tokens.at(-1)).toBe("");
		expect(scores.segmentEnds).toHaveLength(2);
		expect(scores.tokens.slice(0, scores.segmentEnds[0]).join("")).toBe("1+2=3\n");
		expect(scores.segmentEnds.at(-1)).toBe(scores.tokens.length - 1);
		expect([scores.reward, verdict?.extracted]).toEqual([1, "3"]);
		expect((await inspect({})).verdict).toBeNull();
	});

	it("gives both log-probs of a run without a value function, and a model's own", async () => {
		const trained = await inspect({ model: { dir: sft.runDir, checkpoint: 3 } });
		const model = await inspect({ model: { dir: place.modelDir, checkpoint: "best" } });
		expect([trained.scores.values, model.scores.values]).toEqual([null, null]);
		expect([trained.step, model.step]).toEqual([3, null]);
		expect(trained.scores.referenceLogProbs).toEqual(model.scores.logProbs);
		expect(trained.scores.logProbs).not.toEqual(model.scores.logProbs);
		expect(model.scores.referenceLogProbs).toBeNull();
		// Another graph, with adapters beside the weights, agrees on the reference.
		const { scores } = await inspect({});
		expect(scores.referenceLogProbs).toEqual(model.scores.logProbs.map((x) => expect.closeTo(x, 4)));
	});

	it("names what it cannot read", async () => {
		const long = { responseTokenIds: Array<number>(3000).fill(5) };
		await expect(inspect(long)).rejects.toMatchObject({ code: "data-invalid" });
		await expect(inspect({ responseTokenIds: [99_999] })).rejects.toMatchObject({ code: "data-invalid" });
		const missing = { model: { dir: dqo.runDir, checkpoint: 4 } };
		await expect(inspect(missing)).rejects.toMatchObject({ code: "file-missing" });
		const nowhere = { model: { dir: join(place.root, "none"), checkpoint: "best" as const } };
		await expect(inspect(nowhere)).rejects.toMatchObject({ code: "file-missing" });
	});
});
