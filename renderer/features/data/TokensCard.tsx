import { ChevronLeft, ChevronRight } from "lucide-react";
import { type KeyboardEvent, memo, useRef, useState } from "react";
import type { ExampleTokens } from "../../../core/contract/api-data.ts";
import { BalanceStrip } from "../../charts/index.ts";
import { Card, ErrorNote, format, IconButton } from "../../ui/index.ts";
import { useAnswer } from "../shared/useAnswer.ts";
import { useLimits } from "./limits.ts";
import styles from "./Tokens.module.css";

type Token = ExampleTokens["tokens"][number];
const LEGEND = ["system", "user", "assistant", "eos"] as const;

/** More responses of one prompt than these would take the card. */
const MOST_SIBLINGS = 24;

/** An example as the model sees it: every token by its role, and whether it is in the loss. */
export function TokensCard({ id, version }: { id: string; version: string }) {
	const limits = useLimits();
	const [index, setIndex] = useState(0);
	const { value, error } = useAnswer("data.tokens", { id, index, ...limits }, version);
	const [at, setAt] = useState(0);
	const tokens = value?.tokens ?? [];
	const shown = tokens[Math.min(at, tokens.length - 1)];
	const siblings = (value?.siblings ?? []).slice(0, MOST_SIBLINGS);
	const go = (next: number) => setIndex(Math.max(0, Math.min((value?.total ?? 1) - 1, next)));
	return (
		<Card
			title="Tokens"
			flush
			grow
			className={styles.card}
			note={
				<span className={styles.pager}>
					<IconButton
						icon={ChevronLeft}
						label="Previous example"
						size="sm"
						disabled={index === 0}
						onClick={() => go(index - 1)}
					/>
					<b>{format.count(index + 1)}</b> of {format.count(value?.total ?? null)}
					<IconButton
						icon={ChevronRight}
						label="Next example"
						size="sm"
						disabled={value === null || index + 1 >= value.total}
						onClick={() => go(index + 1)}
					/>
				</span>
			}
			actions={
				<span className={styles.legend}>
					{LEGEND.map((role) => (
						<span key={role} data-role={role}>
							{role === "eos" ? "EOS" : role}
						</span>
					))}
				</span>
			}
			footer={
				value && (
					<span className={styles.foot}>
						<span>
							Prompt <b>{format.count(value.promptTokens)}</b> tokens
						</span>
						<span>
							Response <b>{format.count(value.responseTokens)}</b> tokens, in the loss: stronger tint
							{value.cutTokens > 0 && `; ${format.count(value.cutTokens)} cut`}
						</span>
						{value.reward !== null && (
							<span>
								reward <b>{format.number(value.reward)}</b>
							</span>
						)}
					</span>
				)
			}
		>
			{error !== null && <ErrorNote error={error} flush />}
			<TokenText tokens={tokens} at={at} onAt={setAt} />
			<div className={styles.readout}>
				{shown && (
					<>
						<code className={styles.token} data-role={shown.role} data-loss={shown.inLoss || undefined}>
							{visible(shown.text)}
						</code>
						<span>
							token <b>{format.count(Math.min(at, tokens.length - 1) + 1)}</b>
						</span>
						<span>
							id <b>{shown.id}</b>
						</span>
						<span>
							role <b>{shown.role}</b>
						</span>
						<span>{shown.inLoss ? "in the loss" : "not in the loss"}</span>
						{shown.segmentReward !== null && (
							<span>
								process reward <b>{format.number(shown.segmentReward)}</b>
							</span>
						)}
					</>
				)}
			</div>
			{value && siblings.length > 1 && (
				<div className={styles.readout}>
					<span>Same prompt</span>
					<BalanceStrip
						samples={siblings.map(({ correct }) => correct)}
						selected={siblings.findIndex((one) => one.index === index)}
						onSelect={(i) => go(siblings[i]?.index ?? index)}
					/>
				</div>
			)}
		</Card>
	);
}

interface TextProps {
	tokens: readonly Token[];
	at: number;
	onAt: (at: number) => void;
}

/** All tokens in a row; one tab stop, the arrows go from token to token. */
function TokenText({ tokens, at, onAt }: TextProps) {
	const box = useRef<HTMLDivElement>(null);
	const onKeyDown = (event: KeyboardEvent) => {
		const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
		if (by === 0) return;
		event.preventDefault();
		const next = Math.max(0, Math.min(tokens.length - 1, at + by));
		onAt(next);
		box.current?.querySelector<HTMLElement>(`[data-i="${next}"]`)?.focus();
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
function visible(text: string): string {
	return text.replaceAll("\n", "↵");
}
