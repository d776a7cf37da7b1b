import type { ReactNode } from "react";
import { Button } from "../../ui/Button.tsx";
import { fixed, number, signed } from "../../ui/format.ts";
import { vColor } from "../data/ramps.ts";
import styles from "./Readout.module.css";
import { advantage, onScale, type Scale, type StripToken, visibleText } from "./strip.ts";

interface ReadoutProps {
	tokens: readonly StripToken[];
	index: number;
	/** Its line, counted from 1. */
	line: number;
	reward: number | null;
	scale: Scale;
	onRetryFromLine: ((line: number) => void) | undefined;
	actions: ReactNode;
}

function probability(logProb: number): string {
	const p = Math.exp(logProb);
	return p < 0.005 ? number(p, 2) : fixed(p, 2);
}

/** The token under the pointer or the keyboard, in numbers. Its height and places never change. */
export function Readout({ tokens, index, line, reward, scale, onRetryFromLine, actions }: ReadoutProps) {
	const token = tokens[index];
	if (!token) return <div className={styles.readout} />;
	const gain = advantage(tokens, index, reward);
	const tint = token.valueAfter === null ? undefined : vColor(onScale(token.valueAfter, scale));
	const tone = gain === null || Math.abs(gain) < 0.005 ? undefined : gain < 0 ? styles.bad : styles.good;
	return (
		<div className={styles.readout}>
			<span
				className={styles.token}
				style={tint ? { background: `color-mix(in oklab, ${tint} var(--v-tint), transparent)` } : undefined}
			>
				{visibleText(token.text)}
			</span>
			<span className={styles.place}>
				token <b>{index + 1}</b> of {tokens.length}
			</span>
			{token.valueBefore !== null && (
				<span className={styles.values}>
					V <b>{fixed(token.valueBefore, 2)}</b>
					{token.valueAfter !== null && (
						<>
							{" to "}
							<b>{fixed(token.valueAfter, 2)}</b>
						</>
					)}
				</span>
			)}
			{token.logProb !== null && (
				<span>
					probability <b>{probability(token.logProb)}</b>
					{token.baseLogProb !== null && (
						<>
							, base <b>{probability(token.baseLogProb)}</b>
						</>
					)}
				</span>
			)}
			{gain !== null && (
				<span>
					advantage <b className={tone}>{signed(gain, 2)}</b>
				</span>
			)}
			<span className={styles.actions}>
				{onRetryFromLine && (
					<Button size="sm" onClick={() => onRetryFromLine(line)}>
						Retry from line {line}
					</Button>
				)}
				{actions}
			</span>
		</div>
	);
}
