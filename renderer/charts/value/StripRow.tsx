import { memo } from "react";
import { fixed, signed } from "../../ui/format.ts";
import { vColor } from "../data/ramps.ts";
import styles from "./StripRow.module.css";
import {
	onScale,
	rewardText,
	type Scale,
	type StripLine,
	type StripToken,
	spoken,
	visibleText,
} from "./strip.ts";

interface StripRowProps {
	tokens: readonly StripToken[];
	line: StripLine;
	number: number;
	scale: Scale;
	/** One tint for the whole line, of V at its end. */
	byLine: boolean;
	reward: number | null;
	/** The token with the tab stop, -1 in other lines. */
	active: number;
	/** The told fall's token, -1 in other lines. */
	fall: number;
	/** The process score of this line, when known. */
	score: number | null;
	/** There is a V for every token. */
	hasValues: boolean;
}

/** One line: its number, its tokens tinted by V, and V at its end with the change. */
export const StripRow = memo(function StripRow(props: StripRowProps) {
	const { tokens, line, number, scale, byLine, active, fall } = props;
	const end = line.end === null ? "" : `, V ${fixed(line.end, 2)}, change ${signed(line.change ?? 0, 2)}`;
	return (
		// biome-ignore lint/a11y/useSemanticElements: options of one listbox, grouped by line; a fieldset is no part of a listbox.
		<div
			role="group"
			className={styles.row}
			data-fall={fall >= 0 || undefined}
			aria-label={`line ${number}${end}`}
		>
			<span className={styles.number} aria-hidden="true">
				{number}
			</span>
			<div className={styles.tokens}>
				{tokens.slice(line.from, line.to).map((token, k) => {
					const i = line.from + k;
					const last = i === tokens.length - 1 && props.hasValues;
					const value = byLine ? line.end : token.valueAfter;
					const tint = value === null || last ? undefined : vColor(onScale(value, scale));
					return (
						<span
							key={i}
							role="option"
							data-i={i}
							tabIndex={i === active ? 0 : -1}
							aria-selected={i === active}
							aria-label={spoken(tokens, i, props.reward)}
							className={last ? styles.last : styles.token}
							data-drop={i === fall || undefined}
							style={
								tint
									? {
											borderBottomColor: tint,
											background: `color-mix(in oklab, ${tint} var(--v-tint), transparent)`,
										}
									: undefined
							}
						>
							{visibleText(token.text)}
							{last && props.reward !== null && `, reward ${rewardText(props.reward)}`}
						</span>
					);
				})}
			</div>
			<div className={styles.end} aria-hidden="true">
				{line.end !== null && <End {...props} end={line.end} />}
			</div>
		</div>
	);
});

function End({ line, scale, fall, score, end }: StripRowProps & { end: number }) {
	const at = (value: number) => `${Math.min(1, Math.max(0, onScale(value, scale))) * 100}%`;
	return (
		<>
			<div className={styles.bar}>
				<i style={{ width: at(end), background: vColor(onScale(end, scale)) }} />
				{score !== null && (
					<b
						className={styles.score}
						title={`Process score ${fixed(score, 2)}`}
						style={{ left: at(score) }}
					/>
				)}
			</div>
			<b className={styles.value}>{fixed(end, 2)}</b>
			<span className={fall >= 0 ? styles.fallChange : styles.change}>
				{line.change === null ? "" : signed(line.change, 2)}
			</span>
		</>
	);
}
