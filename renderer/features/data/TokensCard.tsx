import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";
import { BalanceStrip } from "../../charts/index.ts";
import { Card, format, IconButton, Skeleton } from "../../ui/index.ts";
import { useAnswer } from "../shared/useAnswer.ts";
import { DataError } from "./DataError.tsx";
import { useLimits } from "./limits.ts";
import styles from "./Tokens.module.css";
import { TokenText, visible } from "./TokenText.tsx";

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
	const more = (value?.siblings.length ?? 0) - siblings.length;
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
					<b>{format.count(index + 1)}</b> of{" "}
					{value === null && error === null ? <Skeleton chars={4} /> : format.count(value?.total)}
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
			{error !== null && <DataError id={id} error={error} />}
			{value === null && error === null ? (
				<div className={styles.text}>
					{[38, 46, 44, 22].map((chars) => (
						<div key={chars}>
							<Skeleton chars={chars} label="Counting tokens" />
						</div>
					))}
				</div>
			) : (
				<TokenText tokens={tokens} at={at} onAt={setAt} />
			)}
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
					{more > 0 && <span>+{format.count(more)} more</span>}
				</div>
			)}
		</Card>
	);
}
