import { Side } from "./side.ts";
import type { Aim, Case, Spec } from "./spec.ts";

export interface SideResult {
	/** Median milliseconds of a step. */
	readonly ms: number;
	/** The quickest step: what other programs did meanwhile is not in it. */
	readonly bestMs: number;
	readonly peakBytes: number;
	readonly flops: number | null;
	/** Bytes that a step writes, for an export. */
	readonly bytes?: number;
	/** Median step of each round, which ratios are made of. */
	readonly rounds: readonly number[];
	/** Milliseconds of the processor for a step of each round, where the side tells them. */
	readonly cpuRounds: readonly number[];
	readonly spec: Spec;
}

export interface CaseResult {
	readonly name: string;
	readonly kind: Case["kind"];
	readonly sides: Readonly<Record<string, SideResult>>;
	readonly outcomes: readonly Outcome[];
	/** What the peer said of itself. */
	readonly peer: string | null;
}

/** A ratio against its aim; `met` is null where there is no aim. */
export interface Outcome {
	readonly what: Aim["what"];
	readonly of: string;
	readonly against: string;
	readonly ratio: number;
	readonly aim: number | null;
	readonly met: boolean | null;
}

export interface Rounds {
	/** How often each side has its turn, and about how long a turn is. */
	readonly rounds: number;
	readonly turnMs: number;
}

/** Runs a case: all its sides are started, then take turns; what is compared was measured within seconds. */
export async function measure(
	{ name, kind, sides, aims }: Case,
	python: string | null,
	{ rounds, turnMs }: Rounds,
): Promise<CaseResult> {
	const running = new Map<
		string,
		{ side: Side; steps: number; medians: number[]; all: number[]; cpu: number[] }
	>();
	try {
		for (const [label, { who, spec }] of Object.entries(sides)) {
			if (who === "peer" && python === null) continue;
			const side = await Side.start(who, spec, python);
			running.set(label, { side, steps: 1, medians: [], all: [], cpu: [] });
		}
		for (const entry of running.values()) {
			const [ms = turnMs] = (await entry.side.turn(1)).ms;
			entry.steps = Math.max(1, Math.min(50, Math.round(turnMs / ms)));
		}
		for (let round = 0; round < rounds; round++) {
			for (const { side, steps, medians, all, cpu } of running.values()) {
				const { ms, cpuMs } = await side.turn(steps);
				medians.push(median(ms));
				all.push(...ms);
				if (cpuMs !== undefined) cpu.push(cpuMs);
			}
		}
		const results: Record<string, SideResult> = {};
		let peer: string | null = null;
		for (const [label, { side, medians, all, cpu }] of running) {
			const { flops, bytes, version, blas } = side.ready;
			if (version) peer = `PyTorch ${version}, ${blas}`;
			const spec = sides[label]?.spec as Spec;
			const peakBytes = await side.stop();
			results[label] = {
				ms: median(all),
				bestMs: Math.min(...all),
				peakBytes,
				flops,
				bytes,
				rounds: medians,
				cpuRounds: cpu,
				spec,
			};
		}
		return { name, kind, sides: results, outcomes: outcomesOf(aims, results), peer };
	} finally {
		for (const { side } of running.values()) await side.end();
	}
}

function outcomesOf(aims: Case["aims"], results: Record<string, SideResult>): Outcome[] {
	return aims.flatMap(({ what, of, against, bound: aim }) => {
		const [a, b] = [results[of], results[against]];
		if (!a || !b) return [];
		const faster = (of: readonly number[], than: readonly number[]) =>
			median(than.map((ms, i) => ms / (of[i] as number)));
		const ratio =
			what === "memory"
				? a.peakBytes / b.peakBytes
				: what === "cpu"
					? faster(a.cpuRounds, b.cpuRounds)
					: faster(a.rounds, b.rounds);
		const met = aim === null ? null : what === "memory" ? ratio <= aim : ratio >= aim;
		return [{ what, of, against, ratio, aim, met }];
	});
}

export function median(numbers: readonly number[]): number {
	const sorted = [...numbers].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	const high = sorted[middle] as number;
	return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] as number)) / 2;
}
