import type { KeyboardEvent } from "react";
import { cx } from "../../ui/cx.ts";
import styles from "./small.module.css";

export interface BalanceStripProps {
	/** One verdict a sample of the same prompt; null is not graded. */
	samples: readonly (boolean | null)[];
	selected?: number;
	onSelect?: (index: number) => void;
}

const verdict = (correct: boolean | null) =>
	correct === null ? "not graded" : correct ? "correct" : "wrong";

/** Correct and wrong samples of one prompt: filled and hollow squares, so that no colour is needed. One tab stop; arrows choose. */
export function BalanceStrip({ samples, selected = -1, onSelect }: BalanceStripProps) {
	const right = samples.filter((s) => s === true).length;
	const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
		const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
		if (!step || !onSelect) return;
		event.preventDefault();
		const next = Math.min(samples.length - 1, Math.max(0, selected + step));
		onSelect(next);
		(event.currentTarget.children[next] as HTMLElement | undefined)?.focus();
	};
	return (
		<div className={styles.balance}>
			<div
				className={styles.squares}
				role="toolbar"
				aria-label={`Samples of this prompt: ${right} of ${samples.length} correct`}
				onKeyDown={onKeyDown}
			>
				{samples.map((correct, i) => {
					const square = { "data-verdict": verdict(correct), title: `sample ${i + 1}, ${verdict(correct)}` };
					const key = `sample-${i}`;
					if (!onSelect) return <i key={key} className={styles.square} {...square} />;
					return (
						<button
							key={key}
							type="button"
							aria-pressed={i === selected}
							aria-label={square.title}
							tabIndex={i === Math.max(0, selected) ? 0 : -1}
							className={cx(styles.square, styles.pickable)}
							onClick={() => onSelect(i)}
							{...square}
						/>
					);
				})}
			</div>
			<span>
				<b>{right}</b> of {samples.length} correct
			</span>
		</div>
	);
}
