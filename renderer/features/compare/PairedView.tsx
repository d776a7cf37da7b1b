import { useState } from "react";
import type { ApiInput } from "../../../core/contract/api.ts";
import type { Paired } from "../../../core/contract/api-tasks.ts";
import { WinLossBar } from "../../charts/index.ts";
import { Banner, Card, format } from "../../ui/index.ts";
import { AccuracyTable } from "./AccuracyTable.tsx";
import styles from "./Compare.module.css";
import { shortNames } from "./names.ts";
import { PairTable } from "./PairTable.tsx";
import { Problems } from "./Problems.tsx";
import { pairCounts } from "./problems.ts";

type Inspected = ApiInput<"values.inspect">;

/** One of those compared, as it is shown. */
export interface Side {
	readonly label: string;
	readonly color: string;
	/** Where it can be opened; null for a model. */
	readonly route: string | null;
	readonly baseAccuracy: number | null;
	/** What reads V along its answers; null without a value function. */
	readonly inspect: Pick<Inspected, "model" | "template" | "task"> | null;
}

interface Props {
	paired: Paired;
	/** In the order of `paired.sides`. */
	sides: readonly Side[];
	/** Where the answers come from. */
	note: string;
}

/** Accuracy of each, every pair tested on the same problems, and the problems themselves. */
export function PairedView({ paired, sides, note }: Props) {
	const [at, setAt] = useState(0);
	const pair = paired.pairs[at] ?? paired.pairs[0];
	const names = shortNames(sides.map(({ label }) => label));
	const counts = pair && pairCounts(paired, pair);
	return (
		<>
			<div className={styles.paired}>
				<AccuracyTable {...{ paired, sides, names, note }} />
				{pair && counts && (
					<Card
						flush
						title="Who solves what"
						note={`the same ${format.plural(paired.n, "problem")}, McNemar's exact test`}
					>
						<PairTable
							{...{ paired, sides, names }}
							current={pair}
							onChoose={(next) => setAt(paired.pairs.indexOf(next))}
						/>
						<div className={styles.winLoss}>
							<WinLossBar
								first={names[pair.a] ?? ""}
								second={names[pair.b] ?? ""}
								onlyFirst={counts.a}
								both={counts.both}
								neither={counts.neither}
								onlySecond={counts.b}
								pValue={pair.p}
							/>
						</div>
					</Card>
				)}
			</div>
			{paired.notes.length > 0 && <Banner plain>{paired.notes.join(" ")}</Banner>}
			{pair && counts && <Problems key={`${pair.a} ${pair.b}`} {...{ paired, sides, names, pair, counts }} />}
		</>
	);
}
