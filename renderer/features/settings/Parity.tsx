import type { Device } from "../../../core/contract/api-app.ts";
import type { ParityCheck, ParityResult } from "../../../core/contract/parity.ts";
import { format, Pill } from "../../ui/index.ts";
import styles from "./Settings.module.css";
import { sentence } from "./sentence.ts";

const VERDICTS: Record<
	ParityResult["verdict"],
	{ tone: "good" | "warn" | "bad"; word: string; means: string }
> = {
	equal: {
		tone: "good",
		word: "Equal",
		means: "computes what the CPU does, up to the rounding of 32-bit numbers",
	},
	close: {
		tone: "warn",
		word: "Close",
		means: "is as far off as reduced-precision products are; training there is sound",
	},
	different: { tone: "bad", word: "Different", means: "computes something else; do not train on it" },
	failed: { tone: "bad", word: "Failed", means: "could not compute all of it; do not train on it" },
};

/** How a provider compares with the CPU, once that was asked for. */
export function Parity({ device: { label, parity, parityError, comparing } }: { device: Device }) {
	if (comparing)
		return <p>Computes a training step and answers of the starter model on both. This can take minutes.</p>;
	if (parityError !== null) return <p>The comparison broke off: {parityError}</p>;
	if (parity === null) return null;
	const { tone, word, means } = VERDICTS[parity.verdict];
	return (
		<div className={styles.parity}>
			<p className={styles.verdict}>
				<Pill tone={tone}>{word}</Pill> {label} {means}.
			</p>
			<table>
				<thead>
					<tr>
						<th scope="col">Computed</th>
						<th scope="col">Furthest off</th>
						<th scope="col" data-right>
							CPU, ms
						</th>
						<th scope="col" data-right>
							{label}, ms
						</th>
						<th scope="col">On the CPU all the same</th>
					</tr>
				</thead>
				<tbody>
					{parity.checks.map((check) => (
						<tr key={check.what}>
							<th scope="row">{sentence(check.what)}</th>
							<td>{check.error ?? furthest(check)}</td>
							<td data-right>{check.referenceMs === null ? "" : format.count(check.referenceMs)}</td>
							<td data-right>{check.ms === null ? "" : format.count(check.ms)}</td>
							<td>{fallen(check, parity.provider)}</td>
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}

/** The worst share, with what it is of; of answers, the tokens. */
function furthest({ differences, tokens }: ParityCheck): string {
	if (tokens !== null) return `${tokens.equal} of ${tokens.all} tokens equal`;
	const worst = [...differences].sort((a, b) => b.maxRelative - a.maxRelative)[0];
	return worst === undefined ? "" : `${worst.maxRelative.toExponential(1)} (${worst.what})`;
}

function fallen({ placement }: ParityCheck, provider: string): string {
	const nodes = placement.reduce((sum, one) => sum + one.nodes, 0);
	const elsewhere = placement.filter((one) => one.provider !== provider);
	const count = elsewhere.reduce((sum, one) => sum + one.nodes, 0);
	const ops = elsewhere.slice(0, 3).map(({ op }) => op);
	return count === 0
		? "Nothing"
		: `${count} of ${nodes} nodes: ${ops.join(", ")}${elsewhere.length > 3 ? " ..." : ""}`;
}
