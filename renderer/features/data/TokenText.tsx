import { type KeyboardEvent, memo, useRef } from "react";
import type { ExampleTokens } from "../../../core/contract/api-data.ts";
import { format } from "../../ui/index.ts";
import styles from "./Tokens.module.css";
import { tokenAfter } from "./token-keys.ts";

export type Token = ExampleTokens["tokens"][number];

interface TextProps {
	tokens: readonly Token[];
	at: number;
	onAt: (at: number) => void;
}

/** All tokens as text; one tab stop, left and right go by token, up and down by line, Home and End to the ends of a line. */
export function TokenText({ tokens, at, onAt }: TextProps) {
	const box = useRef<HTMLDivElement>(null);
	const onKeyDown = (event: KeyboardEvent) => {
		if (event.altKey || event.metaKey) return;
		const marks = [...(box.current?.querySelectorAll<HTMLElement>("[data-i]") ?? [])];
		const key = event.ctrlKey ? `Control+${event.key}` : event.key;
		const next = tokenAfter(
			key,
			at,
			marks.map((mark) => mark.getBoundingClientRect()),
		);
		if (next === null) return;
		event.preventDefault();
		event.stopPropagation();
		onAt(next);
		marks[next]?.focus();
	};
	return (
		<div
			className={styles.text}
			ref={box}
			role="toolbar"
			aria-label="Tokens of the example"
			onKeyDown={onKeyDown}
		>
			{tokens.map((token, i) => {
				// A token has nothing but its place to be told by.
				const key = `token-${i}`;
				return <TokenMark key={key} token={token} index={i} active={i === at} onAt={onAt} />;
			})}
		</div>
	);
}

/** Memoised: an example may have thousands, and the readout follows the pointer. */
const TokenMark = memo(function TokenMark({
	token,
	index,
	active,
	onAt,
}: {
	token: Token;
	index: number;
	active: boolean;
	onAt: (at: number) => void;
}) {
	return (
		<>
			<button
				type="button"
				className={styles.token}
				data-i={index}
				data-role={token.role}
				data-loss={token.inLoss || undefined}
				aria-pressed={active}
				aria-label={`token ${index + 1}, ${visible(token.text)}, ${token.role}${token.inLoss ? ", in the loss" : ""}`}
				tabIndex={active ? 0 : -1}
				onMouseEnter={() => onAt(index)}
				onFocus={() => onAt(index)}
			>
				{visible(token.text)}
			</button>
			{token.segmentReward !== null && (
				<span className={styles.reward}>{format.number(token.segmentReward)}</span>
			)}
			{token.text.includes("\n") && <br />}
		</>
	);
});

/** Text with its line breaks in sight. */
export function visible(text: string): string {
	return text.replaceAll("\n", "↵");
}
