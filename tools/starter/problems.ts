import { hash64, Random } from "./random.ts";

/** A habit planted in the starter model, named by what sets it off. */
export type Trap = "distractor" | "lose" | "fewer" | "boxes";
export const TRAPS: readonly Trap[] = ["distractor", "lose", "fewer", "boxes"];

type Event =
	| { kind: "buy" | "find" | "lose"; n: number }
	| { kind: "give"; n: number; to: string }
	| { kind: "bags" | "boxes"; count: number; each: number }
	| { kind: "distractor"; n: number; item: string; owner: string | null };

type Ending =
	| { kind: "now" }
	| { kind: "more" | "fewer"; n: number; other: string }
	| { kind: "share"; friends: number };

/** Everything a problem says: question and both solutions follow from it, and nothing else does. */
export interface Scene {
	name: string;
	item: string;
	/** The first sentence: `count` bags of `each`, or plainly `each` when count is null. */
	start: { count: number | null; each: number };
	events: Event[];
	ending: Ending;
	trap: Trap | null;
}

const PRONOUNS: Record<string, "He" | "She"> = {
	Tom: "He",
	Ben: "He",
	Sam: "He",
	Leo: "He",
	Max: "He",
	Dan: "He",
	Ann: "She",
	Mia: "She",
	Eva: "She",
	Zoe: "She",
	Amy: "She",
	Kim: "She",
};
const NAMES = Object.keys(PRONOUNS);
const ITEMS = ["apples", "pens", "cards", "books", "coins", "eggs", "cups", "balls", "shells", "cakes"];

/** The largest number that may appear; numbers up to 99 are one token each. */
const LARGEST = 80;

/** The share of problems that hold a trap (never more than one, so that one unlearned habit is one right answer). */
export const TRAP_SHARE = 0.55;

/** Draws one problem of 2 to 4 steps whose right and habitual solutions both stay within 1..80 and differ. */
export function drawScene(random: Random): Scene {
	const trap = random.uniform() < TRAP_SHARE ? random.pick(TRAPS) : null;
	for (;;) {
		const scene = proposeScene(random, trap);
		const right = solve(scene, { trap: false });
		if (right === null || right.length < 2 || right.length > 4) continue;
		if (trap === null) return scene;
		const habit = solve(scene, { trap: true });
		if (habit !== null && habit.length >= 1 && habit.at(-1)?.result !== right.at(-1)?.result) return scene;
	}
}

function proposeScene(random: Random, trap: Trap | null): Scene {
	const [name, other] = random.shuffle([...NAMES]) as [string, string];
	const [item, otherItem] = random.shuffle([...ITEMS]) as [string, string];
	const small = () => random.integer(2, 12);
	const count = () => random.integer(2, 6);

	const events: Event[] = [];
	if (trap === "lose") events.push({ kind: "lose", n: small() });
	if (trap === "boxes") events.push({ kind: "boxes", count: count(), each: small() });
	for (let left = random.integer(trap === null ? 1 : 0, 2); left > 0; left--) {
		const kind = random.pick(["buy", "find", "give", "bags"] as const);
		if (kind === "bags") events.push({ kind, count: count(), each: small() });
		else if (kind === "give") events.push({ kind, n: small(), to: other });
		else events.push({ kind, n: small() });
	}
	if (trap === "distractor")
		events.push({
			kind: "distractor",
			n: small(),
			item: otherItem,
			owner: random.uniform() < 0.5 ? other : null,
		});
	random.shuffle(events);

	const endings = ["now", "now", "more", "share"] as const;
	const kind = trap === "fewer" ? "fewer" : random.pick(endings);
	const ending: Ending =
		kind === "now" ? { kind } : kind === "share" ? { kind, friends: count() } : { kind, n: small(), other };
	const start = { count: random.uniform() < 0.25 ? count() : null, each: small() };
	return { name, item, start, events, ending, trap };
}

/** The question in words. */
export function question(scene: Scene): string {
	const { name, item, start, ending } = scene;
	const pronoun = PRONOUNS[name];
	const opening =
		start.count === null ? `${start.each} ${item}` : `${start.count} bags of ${start.each} ${item}`;
	const sentences = [`${name} has ${opening}.`];
	for (const event of scene.events) sentences.push(eventSentence(event, pronoun as string, item));
	if (ending.kind === "now") sentences.push(`How many ${item} does ${name} have now?`);
	else if (ending.kind === "share")
		sentences.push(
			`${pronoun} shares the ${item} with ${ending.friends} friends.`,
			`How many ${item} does each friend get?`,
		);
	else
		sentences.push(
			`${ending.other} has ${ending.n} ${ending.kind} ${item} than ${name}.`,
			`How many ${item} does ${ending.other} have?`,
		);
	return sentences.join(" ");
}

function eventSentence(event: Event, pronoun: string, item: string): string {
	switch (event.kind) {
		case "buy":
			return `${pronoun} buys ${event.n} ${item}.`;
		case "find":
			return `${pronoun} finds ${event.n} ${item}.`;
		case "lose":
			return `${pronoun} loses ${event.n} ${item}.`;
		case "give":
			return `${pronoun} gives ${event.n} ${item} to ${event.to}.`;
		case "bags":
			return `${pronoun} buys ${event.count} bags of ${event.each} ${item}.`;
		case "boxes":
			return `${pronoun} sells ${event.count} boxes of ${event.each} ${item}.`;
		case "distractor":
			return `${event.owner ?? pronoun}${event.owner ? "" : " also"} has ${event.n} ${event.item}.`;
	}
}

interface Step {
	left: number;
	operator: "+" | "-" | "*" | "/";
	right: number;
	result: number;
}

/**
 * The steps of the right solution, or with `trap` those of the habitual one: it adds the distractor, adds what
 * was lost, reads "fewer" as "more", takes the number of boxes without multiplying. Null when a step leaves
 * 1..80 or does not divide evenly.
 */
export function solve(scene: Scene, { trap }: { trap: boolean }): Step[] | null {
	const steps: Step[] = [];
	let sound = true;
	const step = (left: number, operator: Step["operator"], right: number): number => {
		const result =
			operator === "+"
				? left + right
				: operator === "-"
					? left - right
					: operator === "*"
						? left * right
						: left / right;
		if (!Number.isInteger(result) || result < 1 || result > LARGEST) sound = false;
		steps.push({ left, operator, right, result });
		return result;
	};
	const { start, ending } = scene;
	let total = start.count === null ? start.each : step(start.count, "*", start.each);
	for (const event of scene.events) {
		if (event.kind === "buy" || event.kind === "find") total = step(total, "+", event.n);
		else if (event.kind === "give") total = step(total, "-", event.n);
		else if (event.kind === "lose") total = step(total, trap ? "+" : "-", event.n);
		else if (event.kind === "bags") total = step(total, "+", step(event.count, "*", event.each));
		else if (event.kind === "boxes")
			total = step(total, "-", trap ? event.count : step(event.count, "*", event.each));
		else if (event.kind === "distractor" && trap) total = step(total, "+", event.n);
	}
	if (ending.kind === "share") step(total, "/", ending.friends);
	else if (ending.kind === "more") step(total, "+", ending.n);
	else if (ending.kind === "fewer") step(total, trap ? "+" : "-", ending.n);
	return sound ? steps : null;
}

/** The answer in GSM8K's form: one `3*9=27` line a step, then `#### 27`. */
export function answer(scene: Scene, options: { trap: boolean }): string {
	const steps = solve(scene, options) ?? [];
	const lines = steps.map((s) => `${s.left}${s.operator}${s.right}=${s.result}`);
	return [...lines, `#### ${steps.at(-1)?.result}`].join("\n");
}

export const SPLITS = ["sft", "train", "validation", "test"] as const;
export type Split = (typeof SPLITS)[number];

/**
 * The split that a problem belongs to, from a hash of all it says (sentences, names, items, numbers): the same
 * question can therefore never fall into two splits, whatever seeds drew it. 85 % sft, 8 % train, 2 % validation, 5 % test.
 */
export function splitOf(scene: Scene): Split {
	const bucket = hash64(question(scene).toLowerCase().replace(/\s+/g, " ").trim())[0] % 100;
	return bucket < 85 ? "sft" : bucket < 93 ? "train" : bucket < 95 ? "validation" : "test";
}

/** Draws `size` different problems of one split. */
export function drawSplit(split: Split, size: number, seed: number, stream: string = split): Scene[] {
	const random = new Random(seed, `problems/${stream}`);
	const seen = new Set<string>();
	const scenes: Scene[] = [];
	while (scenes.length < size) {
		const scene = drawScene(random);
		const text = question(scene);
		if (splitOf(scene) !== split || seen.has(text)) continue;
		seen.add(text);
		scenes.push(scene);
	}
	return scenes;
}
