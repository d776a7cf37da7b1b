import { describe, expect, test } from "vitest";
import {
	answer,
	drawScene,
	drawSplit,
	question,
	type Scene,
	SPLITS,
	splitOf,
	TRAP_SHARE,
} from "./problems.ts";
import { Random } from "./random.ts";

const scenes = drawSplit("sft", 4000, 7);

/** Reads the question as a person would, knowing nothing of how it was made. */
function readAnswer(text: string): number {
	const sentences = text.split(/(?<=[.?]) /);
	const [, name, opening, item] = sentences[0]?.match(/^(\w+) has (\d+|\d+ bags of \d+) (\w+)\.$/) ?? [];
	const amount = (words: string) => (words.match(/\d+/g) ?? []).map(Number).reduce((a, b) => a * b, 1);
	const totals = new Map([[name, amount(opening ?? "")]]);
	const add = (n: number) => totals.set(name, (totals.get(name) ?? 0) + n);
	for (const sentence of sentences.slice(1)) {
		const other = sentence.match(/^(\w+) has (\d+) (more|fewer) (\w+) than (\w+)\.$/);
		if (sentence.endsWith("?")) {
			const asked = sentence.match(/does (\w+) /)?.[1];
			return totals.get(asked === "each" ? name : asked) ?? Number.NaN;
		}
		if (other?.[4] === item)
			totals.set(other?.[1], (totals.get(name) ?? 0) + Number(other?.[2]) * (other?.[3] === "more" ? 1 : -1));
		else if (sentence.includes(" shares ")) totals.set(name, (totals.get(name) ?? 0) / amount(sentence));
		else if (/ (buys|finds) /.test(sentence) && sentence.includes(` ${item}`)) add(amount(sentence));
		else if (/ (gives|loses|sells) /.test(sentence) && sentence.includes(` ${item}`)) add(-amount(sentence));
	}
	return Number.NaN;
}

/** Checks every line's arithmetic and returns what stands after `####`. */
function checkedResult(text: string): number {
	const lines = text.split("\n");
	const final = Number(lines.at(-1)?.match(/^#### (\d+)$/)?.[1]);
	let last = Number.NaN;
	for (const line of lines.slice(0, -1)) {
		const [, left, operator, right, result] = line.match(/^(\d+)([-+*/])(\d+)=(\d+)$/) ?? [];
		const [a, b] = [Number(left), Number(right)];
		const value = { "+": a + b, "-": a - b, "*": a * b, "/": a / b }[operator ?? ""];
		expect(value, line).toBe(Number(result));
		last = Number(result);
	}
	expect(final).toBe(last);
	return final;
}

describe("problems", () => {
	test("right answers are what an independent reader of the question finds, in sound lines", () => {
		for (const scene of scenes)
			expect(checkedResult(answer(scene, { trap: false })), question(scene)).toBe(
				readAnswer(question(scene)),
			);
	});

	test("habitual answers are reached by their own sound lines and are wrong", () => {
		for (const scene of scenes.filter((s) => s.trap !== null))
			expect(checkedResult(answer(scene, { trap: true }))).not.toBe(readAnswer(question(scene)));
	});

	test("each habit is the one its name says", () => {
		const scene = (trap: Scene["trap"], changes: Partial<Scene>): Scene => ({
			name: "Ann",
			item: "eggs",
			start: { count: 3, each: 9 },
			events: [],
			ending: { kind: "now" },
			trap,
			...changes,
		});
		const habit = (s: Scene) => answer(s, { trap: true });
		const cards = { kind: "distractor", n: 4, item: "cards", owner: null } as const;
		expect(habit(scene("distractor", { events: [cards] }))).toBe("3*9=27\n27+4=31\n#### 31");
		expect(habit(scene("lose", { events: [{ kind: "lose", n: 5 }] }))).toBe("3*9=27\n27+5=32\n#### 32");
		const boxes = { kind: "boxes", count: 2, each: 6 } as const;
		expect(habit(scene("boxes", { events: [boxes] }))).toBe("3*9=27\n27-2=25\n#### 25");
		const fewer = { kind: "fewer", n: 7, other: "Tom" } as const;
		expect(habit(scene("fewer", { ending: fewer }))).toBe("3*9=27\n27+7=34\n#### 34");
	});

	test("problems take 2 to 4 steps, operands of the question stay within 12 and traps keep their share", () => {
		for (const scene of scenes) {
			const steps = answer(scene, { trap: false }).split("\n").length - 1;
			expect(steps >= 2 && steps <= 4).toBe(true);
			for (const n of question(scene).match(/\d+/g) ?? []) expect(Number(n)).toBeLessThanOrEqual(12);
		}
		for (const trap of ["distractor", "lose", "fewer", "boxes"])
			expect(scenes.filter((s) => s.trap === trap).length / scenes.length).toBeCloseTo(TRAP_SHARE / 4, 1);
	});

	test("no question is in two splits, whatever seeds drew them", () => {
		const owner = new Map<string, string>();
		for (const seed of [0, 1])
			for (const split of SPLITS)
				for (const scene of drawSplit(split, 300, seed)) {
					expect(owner.get(question(scene)) ?? split).toBe(split);
					owner.set(question(scene), split);
				}
		const random = new Random(3, "splits");
		const counts = { sft: 0, train: 0, validation: 0, test: 0 };
		for (let i = 0; i < 4000; i++) counts[splitOf(drawScene(random))]++;
		expect(counts.sft / 4000).toBeCloseTo(0.85, 1);
		expect(counts.test / 4000).toBeCloseTo(0.05, 1);
	});

	test("the same seed draws the same problems, another seed others", () => {
		expect(drawSplit("test", 20, 5)).toEqual(drawSplit("test", 20, 5));
		expect(drawSplit("test", 20, 5)).not.toEqual(drawSplit("test", 20, 6));
	});
});
