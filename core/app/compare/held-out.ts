import type { Paired } from "../../contract/api-tasks.ts";
import { AppError } from "../../contract/errors.ts";
import type { RunService } from "../runs/service.ts";
import type { Thread } from "../threads/thread.ts";
import { type Answered, type Answers, pairOf } from "./paired.ts";

/** Runs on the held-out problems that all of them answered, each at its best evaluation. Throws `data-empty`. */
export async function compareHeldOut(
	runs: RunService,
	ids: readonly string[],
	thread: Thread,
): Promise<Paired> {
	const sides = await Promise.all(ids.map((id) => answersOf(runs, id)));
	const empty = sides.filter(({ answers }) => answers.length === 0);
	const answered = sides.filter(({ answers }) => answers.length > 0);
	if (answered.length === 0) {
		throw new AppError({
			code: "data-empty",
			message: "None of these runs has answered a held-out problem.",
			hint: "Runs answer held-out problems when they have a task and data with references.",
		});
	}
	const notes = empty.map(({ label }) => `${label} has answered no held-out problem and is left out.`);
	return thread.ask("pairAnswers", { sides: answered, notes });
}

/** McNemar's test of two runs; null until both have answers to the same problems. */
export async function topTwo(runs: RunService, a: string, b: string) {
	const sides = await Promise.all([answersOf(runs, a), answersOf(runs, b)]);
	const [first, second] = sides.map(
		({ answers }) => new Map(answers.map(({ prompt, correct }) => [prompt, correct])),
	);
	const prompts = [...(first?.keys() ?? [])].filter((prompt) => second?.has(prompt));
	if (prompts.length === 0) return null;
	const marks = (side: typeof first) => prompts.map((prompt) => side?.get(prompt) === true);
	return { a, b, n: prompts.length, ...pairOf(marks(first), marks(second)) };
}

async function answersOf(runs: RunService, id: string): Promise<Answers> {
	const entry = await runs.read(id);
	const steps = await entry.samples.steps();
	const { bestStep } = entry.reader.digest;
	const step = bestStep !== null && steps.includes(bestStep) ? bestStep : (steps.at(-1) ?? null);
	const lines = step === null ? [] : await entry.samples.load(await entry.samples.places(step));
	const answers = lines.flatMap(({ row, prompt, reference, correct, extracted, response }): Answered[] =>
		correct === null ? [] : [{ row, prompt, reference, correct, extracted, response }],
	);
	return { id, label: runs.summary(id).name, step, answers };
}
