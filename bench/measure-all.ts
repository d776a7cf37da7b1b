import { type CaseResult, measure, type Rounds } from "./measure.ts";
import { show } from "./report.ts";
import type { Case } from "./spec.ts";

export interface MeasureOptions {
	/** Only cases whose name holds this. */
	readonly only: string;
	/** All numbers on standard output at the end. */
	readonly json: boolean;
	readonly python: string | null;
	readonly plan: Rounds;
	/** The machine, for the numbers. */
	readonly about: object;
	readonly say: (text: string) => void;
}

/** Measures the cases one after another and shows each as it is done. */
export async function measureAll(cases: readonly Case[], options: MeasureOptions): Promise<void> {
	const { only, json, python, plan, about, say } = options;
	const results: CaseResult[] = [];
	for (const one of cases.filter(({ name }) => name.includes(only))) {
		const result = await measure(one, python, plan);
		show(result, say);
		results.push(result);
	}
	const peer = results.find((result) => result.peer)?.peer ?? null;
	if (peer) say(`Peer: ${peer}.`);
	if (json) console.log(JSON.stringify({ machine: about, peer, results }, null, "\t"));
}
