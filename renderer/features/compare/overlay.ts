import type { RunDetail } from "../../../core/contract/api-runs.ts";
import { type ChartSpec, type CurveSpec, mainCharts, moreCharts } from "../runs/chart-specs.ts";

/** A chart over several runs: one curve of each, for there a colour means a run. */
export interface OverlaySpec
	extends Omit<ChartSpec, "curves" | "difference" | "bandLabel" | "wide" | "note"> {
	readonly curve: CurveSpec;
}

type Facts = Pick<RunDetail, "config" | "summary">;

/** The charts of all runs in the order of the run screen; one with a curve by verdict becomes one for each. */
export function overlays(runs: readonly Facts[], all: boolean): OverlaySpec[] {
	const bases = new Set(runs.map(({ summary }) => summary.baseAccuracy));
	const found = new Map<string, OverlaySpec>();
	for (const { config, summary } of runs) {
		if (config === null) continue;
		const facts = {
			method: config.method,
			clipNorm: config.clipNorm,
			// A line for the base model is drawn where it is the same for all.
			baseAccuracy: bases.size === 1 ? summary.baseAccuracy : null,
			graded: config.task !== null,
		};
		for (const spec of [...mainCharts(facts), ...(all ? moreCharts(facts) : [])])
			for (const one of split(spec)) if (!found.has(one.id)) found.set(one.id, one);
	}
	return [...found.values()];
}

function split({ curves, difference, bandLabel: _, wide: __, note: ___, ...spec }: ChartSpec): OverlaySpec[] {
	return curves.map((curve): OverlaySpec => {
		if (curves.length === 1) return { ...spec, curve };
		const { unit, ...rest } = spec;
		return {
			...rest,
			// The unit of a difference is not that of its parts.
			...(unit === undefined || difference ? {} : { unit }),
			id: `${spec.id} ${curve.label}`,
			title: `${spec.title}, ${curve.label}`,
			curve,
		};
	});
}
