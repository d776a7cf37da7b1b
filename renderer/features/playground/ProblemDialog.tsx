import { useEffect, useState } from "react";
import { call } from "../../api/index.ts";
import { useStudio } from "../../app/store.ts";
import { Button, Dialog, EmptyState, ErrorNote, LoadingLine, Select } from "../../ui/index.ts";
import styles from "./Playground.module.css";
import { type Problem, problemsOfRows } from "./problems.ts";
import { change } from "./store.ts";
import type { Target } from "./useTargets.ts";

const SHOWN = 100;

/** Problems that a run was measured on, or of a data set. */
async function problemsOf(source: string): Promise<Problem[]> {
	const id = source.slice(source.indexOf(":") + 1);
	if (source.startsWith("run:")) {
		const { samples } = await call("runs.samples", { id, step: null, only: "all", limit: SHOWN });
		return samples.map(({ prompt, reference }) => ({ prompt, reference }));
	}
	const [{ columns }, page] = await Promise.all([
		call("data.columns", { id }),
		call("data.rows", { id, limit: SHOWN }),
	]);
	return problemsOfRows(columns, page);
}

/** Puts a known problem and its reference into the form. */
export function ProblemDialog({ targets, onClose }: { targets: readonly Target[]; onClose: () => void }) {
	const data = useStudio((s) => s.data) ?? [];
	const sources = [
		...new Map(
			targets.flatMap(({ ref, detail }) =>
				ref.type === "run"
					? [[ref.id, { value: `run:${ref.id}`, label: `Held out from ${detail?.summary.name ?? ref.id}` }]]
					: [],
			) as [string, { value: string; label: string }][],
		).values(),
		...data
			.filter(({ state }) => state === "ready")
			.map(({ id, name }) => ({ value: `data:${id}`, label: name })),
	];
	const [source, setSource] = useState(sources[0]?.value);
	const [problems, setProblems] = useState<readonly Problem[] | null>(null);
	const [error, setError] = useState<unknown>(null);
	useEffect(() => {
		if (source === undefined) return;
		let current = true;
		setProblems(null);
		setError(null);
		problemsOf(source).then(
			(found) => current && setProblems(found),
			(problem: unknown) => current && setError(problem),
		);
		return () => {
			current = false;
		};
	}, [source]);
	return (
		<Dialog open onOpenChange={(open) => !open && onClose()} title="Take a problem" size="lg">
			{source === undefined ? (
				<EmptyState title="No problems yet">
					Add a data set, or choose a run that was measured on held-out problems.
				</EmptyState>
			) : (
				<>
					<Select label="Problems from" value={source} options={sources} onChange={setSource} />
					<LoadingLine active={problems === null && error === null} label="Reading the problems" />
					{error !== null && <ErrorNote error={error} />}
					<ul className={styles.problems} aria-label="Problems">
						{problems?.map(({ prompt, reference }, i) => (
							// biome-ignore lint/suspicious/noArrayIndexKey: equal problems are told apart by their place alone.
							<li key={i}>
								<Button
									variant="quiet"
									fill
									onClick={() => {
										change({ prompt, reference: reference ?? "" });
										onClose();
									}}
								>
									{prompt}
								</Button>
							</li>
						))}
						{problems?.length === 0 && <li className={styles.quiet}>No problem can be read from it.</li>}
					</ul>
				</>
			)}
		</Dialog>
	);
}
