import type { StripToken } from "../value/strip.ts";
import { random } from "./curves.ts";

const lines = [
	"Betty has half of the money she needs, so she has $100 / 2 = $50.\n",
	"Her parents give her $15.\n",
	"Her grandparents give her twice as much as she has, so they give her $50 * 2 = $100.\n",
	"Now Betty has $50 + $15 + $100 = $165.\n",
	"She needs $100 - $165 = -$65, so she needs no more money.\n",
	"#### 0",
];

/** A wrong GSM8K answer that turns at " she" of line 3, as a value function sees it. */
export function response(repeat = 1): { tokens: StripToken[]; segments: number[] } {
	const u = random(11);
	const texts: string[] = [];
	const segments: number[] = [];
	for (let k = 0; k < repeat; k++) {
		for (const line of lines) {
			texts.push(...(line.match(/ ?[A-Za-z]+|\d| ?[^A-Za-z\d]/g) ?? []));
			segments.push(texts.length - 1);
		}
	}
	texts.push("<|im_end|>");
	const turn = texts.findIndex((t, i) => t === " she" && i > 38);
	const values = texts.map((_, i) => {
		if (i <= turn)
			return Math.min(0.93, 0.61 + 0.3 * (1 - Math.exp(-i / 14))) - 0.03 * u() - (i > 30 ? 0.05 : 0);
		return 0.34 * Math.exp(-(i - turn - 1) / 28) + 0.02 * u();
	});
	const tokens = texts.map((text, i) => ({
		text,
		valueBefore: values[i] ?? null,
		valueAfter: values[i + 1] ?? null,
		logProb: -u() * 0.8,
		baseLogProb: -u() * 0.9,
	}));
	return { tokens, segments: segments.slice(0, -1) };
}
