import type { Prompt } from "../../datasets/types.ts";
import { DigestTable, digestOf } from "./digest.ts";
import { GrowingU32 } from "./growing.ts";

/** Numbers the prompts as they come and counts the responses to each. */
export class PromptTally {
	readonly #numbers = new DigestTable();
	readonly #first = new GrowingU32();
	readonly #responses = new GrowingU32();
	readonly #labelled = new GrowingU32();
	readonly #correct = new GrowingU32();

	get prompts(): number {
		return this.#first.length;
	}

	/** The number of a prompt, first met in the row at `position`; a text and one user message with it are the same. */
	numberOf(prompt: Prompt, position: number): number {
		const messages = typeof prompt === "string" ? [{ role: "user", content: prompt }] : prompt;
		const number = this.#numbers.getOrPut(digestOf(messages), this.prompts);
		if (number !== undefined) return number;
		this.#first.push(position);
		for (const list of [this.#responses, this.#labelled, this.#correct]) list.push(0);
		return this.prompts - 1;
	}

	/** Counts a response; `correct` is null without a verdict. */
	count(prompt: number, correct: boolean | null): void {
		this.#responses.set(prompt, this.#responses.get(prompt) + 1);
		if (correct === null) return;
		this.#labelled.set(prompt, this.#labelled.get(prompt) + 1);
		if (correct) this.#correct.set(prompt, this.#correct.get(prompt) + 1);
	}

	/** Median number of responses of the prompts that have any. */
	medianResponses(): number | null {
		const counts = this.#responses
			.view()
			.filter((count) => count > 0)
			.sort();
		if (counts.length === 0) return null;
		const middle = counts.length >> 1;
		const upper = counts[middle] ?? 0;
		return counts.length % 2 === 1 ? upper : (upper + (counts[middle - 1] ?? 0)) / 2;
	}

	/** Prompts whose verdicts are all the same: the position of their first row, how many responses, and which way. */
	*oneOutcome(): Generator<{ position: number; responses: number; correct: boolean }> {
		for (let i = 0; i < this.prompts; i++) {
			const responses = this.#labelled.get(i);
			const correct = this.#correct.get(i);
			if (responses === 0 || (correct > 0 && correct < responses)) continue;
			yield { position: this.#first.get(i), responses, correct: correct > 0 };
		}
	}
}
