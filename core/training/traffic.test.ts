import { expect, it } from "vitest";
import type { RunConfigInput } from "../contract/resolve.ts";
import { tinyConfig, tinyModel, tinyReference, withTrainer } from "./testing/tiny.ts";
import { eightTrajectories } from "./testing/trajectories.ts";

async function oneStep(input: RunConfigInput) {
	const source = await tinyModel();
	const trajectories = eightTrajectories();
	const reference = await tinyReference(source, trajectories);
	const config = tinyConfig({ method: "dqo", microTokens: 4096, ...input });
	return withTrainer({ source, trajectories, reference }, config, async (trainer) => {
		const trained = [...trainer.shapes.values()].reduce(
			(sum, shape) => sum + shape.reduce((a, b) => a * b, 1),
			0,
		);
		return {
			...(await trainer.step()),
			trainedBytes: 4 * trained,
			tokens: trajectories.reduce((n, t) => n + t.prompt.length + t.response.length, 0),
		};
	});
}

it("a LoRA step hands over the adapters and the tokens, takes back gradients and per-token numbers, and nothing of the weights' size", async () => {
	const lora = await oneStep({ adapter: { type: "lora", rank: 2 } });
	const [into, out] = [lora.deviceInBytes as number, lora.deviceOutBytes as number];
	// Ten per-token tensors of at most 8 bytes, over rows padded to at most 4 times their tokens.
	const perToken = 10 * 8 * 4 * lora.tokens;
	expect(into).toBeGreaterThan(lora.trainedBytes);
	expect(into).toBeLessThan(lora.trainedBytes + perToken);
	expect(out).toBeGreaterThan(lora.trainedBytes);
	expect(out).toBeLessThan(lora.trainedBytes + perToken);

	// The per-token part is the same when every weight is trained; only what is trained makes the difference.
	const full = await oneStep({ adapter: { type: "full" } });
	const more = full.trainedBytes - lora.trainedBytes;
	expect(full.deviceInBytes).toBe(into + more);
	expect(full.deviceOutBytes).toBe(out + more);
});
