import { type CaseResult, measure, type Rounds } from "./measure.ts";
import { type Say, show } from "./report.ts";
import type { Case } from "./spec.ts";

export interface MeasureOptions {
	readonly python: string | null;
	readonly plan: Rounds;
	readonly say: Say;
}

/** Measures cases one after another and shows each as it is done; `peer` is what the peer said of itself. */
export async function measureAll(
	cases: readonly Case[],
	{ python, plan, say }: MeasureOptions,
): Promise<{ results: CaseResult[]; peer: string | null }> {
	const results: CaseResult[] = [];
	for (const one of cases) {
		const result = await measure(one, python, plan);
		show(result, say);
		results.push(result);
	}
	const peer = results.find((result) => result.peer)?.peer ?? null;
	if (peer) say(`Peer: ${peer}.`);
	return { results, peer };
}
