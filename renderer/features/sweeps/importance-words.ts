import type { SweepTrial } from "../../../core/contract/api-sweeps.ts";
import type { ParameterImportance, ParameterInteraction, SweepValue } from "../../../core/contract/sweep.ts";
import { fieldWord, valueText } from "../shared/field-names.ts";

/** Fewer finished runs say nothing about what moved the score. */
export const LEAST_FOR_IMPORTANCE = 8;
/** Below this share a setting explains next to nothing. */
const LITTLE = 0.05;
/** Means within this share of their whole spread count as equal to the best. */
const FLAT = 0.2;
/** Ranges have too many values to name one by one. */
const MOST_VALUES = 5;

type Scored = Pick<SweepTrial, "values"> & { readonly score: number };

/** What one setting did to the score, in a few words; `trials` are the finished runs. */
export function importanceSentence(
	{ field, share }: ParameterImportance,
	trials: readonly Scored[],
	higherIsBetter: boolean,
): string {
	if (share === null) return "not enough different values among the finished runs";
	const better = (a: number, b: number) => (higherIsBetter ? a > b : a < b);
	const distinct = [...new Set(trials.map(({ values }) => values[field] ?? null))];
	if (distinct.length === 2) {
		const pairs = pairSentence(field, distinct as [SweepValue, SweepValue], trials, better);
		if (pairs !== null) return pairs;
	}
	if (share < LITTLE) return "makes little difference here";
	if (distinct.every((value) => typeof value === "number"))
		return trendSentence(
			field,
			distinct.toSorted((a, b) => a - b),
			trials,
			better,
		);
	const best = meansOf(field, distinct, trials).reduce((a, b) => (better(b.mean, a.mean) ? b : a));
	return `best with ${valueText(best.value)}`;
}

/** Two values compare run by run, where every other setting is the same. */
function pairSentence(
	field: string,
	[a, b]: [SweepValue, SweepValue],
	trials: readonly Scored[],
	better: (a: number, b: number) => boolean,
): string | null {
	const others = ({ values }: Scored) =>
		JSON.stringify(Object.entries(values).filter(([name]) => name !== field));
	const withB = new Map(
		trials.filter(({ values }) => values[field] === b).map((trial) => [others(trial), trial.score]),
	);
	const pairs = trials
		.filter(({ values }) => values[field] === a)
		.flatMap((trial) => {
			const score = withB.get(others(trial));
			return score === undefined ? [] : [[trial.score, score] as const];
		});
	if (pairs.length < 2) return null;
	const wonByA = pairs.filter(([x, y]) => better(x, y)).length;
	const wonByB = pairs.filter(([x, y]) => better(y, x)).length;
	if (wonByA === wonByB)
		return wonByA === 0
			? `the same score in all ${pairs.length} finished pairs`
			: `${valueText(a)} and ${valueText(b)} win ${wonByA} of ${pairs.length} finished pairs each`;
	const [winner, loser, won] = wonByA > wonByB ? [a, b, wonByA] : [b, a, wonByB];
	const share = won === pairs.length ? `all ${won}` : `${won} of ${pairs.length}`;
	const ties = pairs.length - wonByA - wonByB;
	const same = ties === 0 ? "" : `, the same in ${ties}`;
	return `${valueText(winner)} beats ${valueText(loser)} in ${share} finished pairs${same}`;
}

function trendSentence(
	field: string,
	values: readonly number[],
	trials: readonly Scored[],
	better: (a: number, b: number) => boolean,
): string {
	const means = meansOf(field, values, trials);
	if (means.length > MOST_VALUES) return rangeSentence(means, better);
	const rises = means.every(({ mean }, i) => i === 0 || better(mean, means[i - 1]?.mean ?? mean));
	const falls = means.every(({ mean }, i) => i === 0 || better(means[i - 1]?.mean ?? mean, mean));
	if (rises) return `higher is better up to ${valueText(means.at(-1)?.value)}`;
	if (falls) return `lower is better down to ${valueText(means[0]?.value)}`;
	const at = means.reduce((best, { mean }, i) => (better(mean, means[best]?.mean ?? mean) ? i : best), 0);
	const top = means[at]?.mean ?? 0;
	const spread = Math.max(...means.map(({ mean }) => mean)) - Math.min(...means.map(({ mean }) => mean));
	const near = (i: number) => Math.abs((means[i]?.mean ?? Number.POSITIVE_INFINITY) - top) <= FLAT * spread;
	let [from, to] = [at, at];
	while (near(from - 1)) from--;
	while (near(to + 1)) to++;
	const flat =
		from === to ? "" : `, flat from ${valueText(means[from]?.value)} to ${valueText(means[to]?.value)}`;
	return `best at ${valueText(means[at]?.value)}${flat}`;
}

/** Of a range that was drawn from: where the better half of the runs lies. */
function rangeSentence(
	means: readonly { value: SweepValue; mean: number }[],
	better: (a: number, b: number) => boolean,
): string {
	const best = means
		.toSorted((a, b) => (better(a.mean, b.mean) ? -1 : 1))
		.slice(0, Math.ceil(means.length / 4));
	const values = best.map(({ value }) => value as number);
	return `the best quarter lies from ${valueText(Math.min(...values))} to ${valueText(Math.max(...values))}`;
}

/** What two settings did together beyond what each did alone. */
export function interactionSentence(
	{ fields: [a, b], share }: ParameterInteraction,
	trials: readonly Scored[],
	higherIsBetter: boolean,
): string {
	if (share < LITTLE) return "little interaction";
	const distinct = (field: string) => [...new Set(trials.map(({ values }) => values[field] ?? null))];
	const bests = distinct(b).map((value) => {
		const some = trials.filter(({ values }) => (values[b] ?? null) === value);
		const means = meansOf(a, distinct(a), some).filter(({ mean }) => !Number.isNaN(mean));
		return means.reduce((x, y) => ((higherIsBetter ? y.mean > x.mean : y.mean < x.mean) ? y : x)).value;
	});
	if (bests.length > MOST_VALUES) return `the best ${fieldWord(a)} depends on ${fieldWord(b)}`;
	if (new Set(bests).size === 1)
		return `${valueText(bests[0])} is best throughout, by more for some ${fieldWord(b)}`;
	const ways = bests.map((best, i) => `${valueText(best)} at ${valueText(distinct(b)[i])}`);
	return `the best ${fieldWord(a)} depends on ${fieldWord(b)}: ${ways.join(", ")}`;
}

function meansOf(field: string, values: readonly SweepValue[], trials: readonly Scored[]) {
	return values.map((value) => {
		const scores = trials
			.filter((trial) => (trial.values[field] ?? null) === value)
			.map(({ score }) => score);
		return { value, mean: scores.reduce((sum, score) => sum + score, 0) / scores.length };
	});
}
