import { Check, X } from "lucide-react";
import { useState } from "react";
import type { Paired } from "../../../core/contract/api-tasks.ts";
import { useShortcuts } from "../../app/useShortcuts.ts";
import { Button, Card, format, Icon, Segmented, VisuallyHidden } from "../../ui/index.ts";
import { Answers } from "./Answers.tsx";
import styles from "./Compare.module.css";
import type { Side } from "./PairedView.tsx";
import { byWinner, type Problem, WINNERS, type Winner } from "./problems.ts";

interface Props {
	paired: Paired;
	sides: readonly Side[];
	names: readonly string[];
	pair: Paired["pairs"][number];
	counts: Readonly<Record<Winner, number>>;
}

/** As many problems are listed at first, and as many more at each press. */
const PAGE = 100;

/** Problems by who of a pair solved them; one opens with the answers side by side. */
export function Problems({ paired, sides, names, pair, counts }: Props) {
	const groups = byWinner(paired.problems, pair.a, pair.b);
	const [winner, setWinner] = useState<Winner>(() => WINNERS.find((one) => groups[one].length > 0) ?? "both");
	const [row, setRow] = useState<number | null>(null);
	const [shown, setShown] = useState(PAGE);
	const problems = groups[winner];
	const at = Math.max(
		0,
		problems.findIndex((problem) => problem.row === row),
	);
	const problem = problems[at];
	const move = (step: number) =>
		setRow(problems[Math.min(problems.length - 1, Math.max(0, at + step))]?.row ?? null);
	useShortcuts([
		{ keys: "J", label: "Next problem", run: () => move(1) },
		{ keys: "K", label: "Previous problem", run: () => move(-1) },
	]);
	const words: Record<Winner, string> = {
		a: `Only ${names[pair.a]}`,
		b: `Only ${names[pair.b]}`,
		both: "Both",
		neither: "Neither",
	};
	return (
		<Card
			flush
			title="Problems"
			note="J and K go to the next and the previous"
			actions={
				<Segmented<Winner>
					label="Problems by who solved them"
					value={winner}
					onChange={(next) => {
						setWinner(next);
						setRow(null);
						setShown(PAGE);
					}}
					options={WINNERS.map((one) => ({
						value: one,
						label: `${words[one]} ${format.count(counts[one])}`,
						disabled: groups[one].length === 0,
					}))}
				/>
			}
		>
			<div className={styles.problems}>
				<div className={styles.list}>
					{problems.slice(0, shown).map((one, i) => (
						<button
							key={one.row}
							type="button"
							className={styles.problem}
							aria-pressed={i === at}
							onClick={() => setRow(one.row)}
						>
							<Marks problem={one} names={names} />
							<span className="truncate">{one.prompt}</span>
						</button>
					))}
					{problems.length > shown && (
						<Button size="sm" onClick={() => setShown(shown + PAGE)}>
							Show {format.count(Math.min(PAGE, problems.length - shown))} more
						</Button>
					)}
				</div>
				{problem ? (
					<Answers key={problem.row} {...{ problem, sides, names }} />
				) : (
					<p className={styles.quiet}>No problem of this kind.</p>
				)}
			</div>
		</Card>
	);
}

/** Who solved it, in the order of the runs. */
function Marks({ problem, names }: { problem: Problem; names: readonly string[] }) {
	return (
		<span className={styles.marks}>
			{problem.answers.map(({ correct }, i) => {
				const said = `${names[i]}: ${correct ? "correct" : "wrong"}`;
				return (
					<i key={names[i]} data-correct={correct} title={said}>
						<Icon icon={correct ? Check : X} size={12} />
						<VisuallyHidden>{said}</VisuallyHidden>
					</i>
				);
			})}
		</span>
	);
}
