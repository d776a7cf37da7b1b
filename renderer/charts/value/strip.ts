import { fixed } from "../../ui/format.ts";

/** One response token `a_h` with the value before it, `V(s_h)`, and after it, `V(s_{h+1})`. */
export interface StripToken {
	text: string;
	/** Null where the method has no V here (all but the first state for DRO). */
	valueBefore: number | null;
	/** Null for the last token, which has no next state. */
	valueAfter: number | null;
	logProb: number | null;
	baseLogProb: number | null;
}

/** A line of the response: tokens `[from, to)`. */
export interface StripLine {
	from: number;
	to: number;
	/** V after the line's last token that has a next state; null without V. */
	end: number | null;
	/** Against the previous line's end, or `V(s_1)` for the first line. */
	change: number | null;
}

export interface Fall {
	index: number;
	from: number;
	to: number;
}

export type Scale = readonly [low: number, high: number];

/** The least fall that is told, as a share of the scale. */
export const leastFall = 0.15;
/** Above this many tokens the overview shows one bar a line. */
export const maxTokenBars = 400;

/** The value scale: 0 to 1, or as wide as rewards outside it need. */
export function valueScale(reward: number | null, range: Scale = [0, 1]): Scale {
	const low = Math.min(range[0], reward ?? range[0]);
	const high = Math.max(range[1], reward ?? range[1]);
	return low >= 0 && high <= 1 ? [0, 1] : [low, high > low ? high : low + 1];
}

/** Where a value lies on the scale, 0 to 1 when inside. */
export function onScale(value: number, [low, high]: Scale): number {
	return (value - low) / (high - low);
}

/** `r_h + V(s_{h+1}) - V(s_h)`; the reward comes with the last token, after which V is 0. Null without V. */
export function advantage(
	tokens: readonly StripToken[],
	index: number,
	reward: number | null,
): number | null {
	const token = tokens[index];
	if (!token || token.valueBefore === null) return null;
	if (index === tokens.length - 1) return reward === null ? null : reward - token.valueBefore;
	return token.valueAfter === null ? null : token.valueAfter - token.valueBefore;
}

/** All falls of at least `leastFall` of the scale, largest first; equal ones by position. */
export function largestFalls(tokens: readonly StripToken[], scale: Scale = [0, 1]): Fall[] {
	const least = leastFall * (scale[1] - scale[0]) - 1e-9;
	const falls: Fall[] = [];
	tokens.forEach(({ valueBefore, valueAfter }, index) => {
		if (valueBefore === null || valueAfter === null || valueBefore - valueAfter < least) return;
		falls.push({ index, from: valueBefore, to: valueAfter });
	});
	return falls.sort((a, b) => b.from - b.to - (a.from - a.to) || a.index - b.index);
}

/** Lines from the index of each one's last token; tokens after the last of them make a line of their own. */
export function linesOf(
	tokens: readonly StripToken[],
	segments: readonly number[],
	v1: number | null,
): StripLine[] {
	const lines: StripLine[] = [];
	let from = 0;
	let before = v1;
	for (const lastIndex of [...segments, tokens.length - 1]) {
		const to = Math.min(lastIndex + 1, tokens.length);
		if (to <= from) continue;
		const last = tokens[to - 1];
		const end = last?.valueAfter ?? (to === tokens.length && to > 1 ? (last?.valueBefore ?? null) : null);
		lines.push({ from, to, end, change: end === null || before === null ? null : end - before });
		before = end;
		from = to;
	}
	return lines;
}

/** Index of the line that holds token `index`. */
export function lineAt(lines: readonly StripLine[], index: number): number {
	return lines.findIndex((line) => index >= line.from && index < line.to);
}

/** The token a key goes to: left and right by token, up and down by line at the same place in it, Home and End; null for other keys. */
export function moved(lines: readonly StripLine[], index: number, key: string): number | null {
	const last = (lines.at(-1)?.to ?? 1) - 1;
	const at = lineAt(lines, index);
	const line = lines[at];
	if (!line) return null;
	const beside = (other: StripLine | undefined) =>
		other ? Math.min(other.to - 1, other.from + index - line.from) : index;
	switch (key) {
		case "ArrowLeft":
			return Math.max(0, index - 1);
		case "ArrowRight":
			return Math.min(last, index + 1);
		case "ArrowUp":
			return beside(lines[at - 1]);
		case "ArrowDown":
			return beside(lines[at + 1]);
		case "Home":
			return line.from;
		case "End":
			return line.to - 1;
		default:
			return null;
	}
}

/** The fall after (or before) `current` in reading order, going round; null without falls. */
export function neighbourFall(falls: readonly Fall[], current: number, step: 1 | -1): Fall | null {
	const ordered = falls.toSorted((a, b) => a.index - b.index);
	const next =
		step === 1 ? ordered.find((f) => f.index > current) : ordered.findLast((f) => f.index < current);
	return next ?? ordered.at(step === 1 ? 0 : -1) ?? null;
}

/** A token as it is shown: line breaks as `↵`, tabs as `⇥`. */
export function visibleText(text: string): string {
	return text.replaceAll("\n", "↵").replaceAll("\t", "⇥");
}

/** A reward, or a bound of the scale, with no more decimals than it needs. */
export function rewardText(reward: number): string {
	return fixed(reward, Number.isInteger(reward) ? 0 : 2);
}

function spokenText(text: string): string {
	if (text.trim() !== "") return text.trim();
	return text.includes("\n") ? "line break" : "space";
}

/** What a screen reader says: `token 41, she, V 0.34, down 0.47`; the last token tells its reward. */
export function spoken(tokens: readonly StripToken[], index: number, reward: number | null): string {
	const token = tokens[index];
	if (!token) return "";
	const name = `token ${index + 1}, ${spokenText(token.text)}`;
	if (index === tokens.length - 1) return reward === null ? name : `${name}, reward ${rewardText(reward)}`;
	if (token.valueAfter === null) return name;
	const value = `${name}, V ${fixed(token.valueAfter, 2)}`;
	if (token.valueBefore === null) return value;
	const change = token.valueAfter - token.valueBefore;
	if (Math.abs(change) < 0.005) return `${value}, no change`;
	return `${value}, ${change < 0 ? "down" : "up"} ${fixed(Math.abs(change), 2)}`;
}

/** One bar of the overview: its place in 0 to 1, and what it stands for. */
export interface OverviewBar {
	left: number;
	width: number;
	value: number | null;
	/** First token it stands for. */
	index: number;
}

/** `V(s_1)` as a leading cell of width `slot`, then one bar a token, or one a line (as wide as its tokens). */
export function overviewLayout(
	tokens: readonly StripToken[],
	lines: readonly StripLine[],
	byLine: boolean,
): { slot: number; bars: OverviewBar[] } {
	const slot = 1 / (tokens.length + 1);
	const bars = byLine
		? lines.map((l) => ({
				left: (l.from + 1) * slot,
				width: (l.to - l.from) * slot,
				value: l.end,
				index: l.from,
			}))
		: tokens.map((t, i) => ({ left: (i + 1) * slot, width: slot, value: t.valueAfter, index: i }));
	return { slot, bars };
}
