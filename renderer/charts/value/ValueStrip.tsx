import { Check, X } from "lucide-react";
import {
	type KeyboardEvent,
	type ReactNode,
	type Ref,
	useImperativeHandle,
	useMemo,
	useRef,
	useState,
} from "react";
import { cx } from "../../ui/cx.ts";
import { fixed } from "../../ui/format.ts";
import { Pill } from "../../ui/Pill.tsx";
import { Segmented } from "../../ui/Segmented.tsx";
import { Overview } from "./Overview.tsx";
import { Readout } from "./Readout.tsx";
import { StripRow } from "./StripRow.tsx";
import {
	largestFalls,
	lineAt,
	linesOf,
	maxTokenBars,
	moved,
	neighbourFall,
	rewardText,
	type Scale,
	type StripToken,
	valueScale,
} from "./strip.ts";
import styles from "./ValueStrip.module.css";

export interface ValueStripProps {
	tokens: readonly StripToken[];
	/** `V(s_1)`; null when the method learns no V. */
	v1: number | null;
	/** Index of the last token of each line. */
	segments: readonly number[];
	reward: number | null;
	/** The rewards of the data set, when they are not 0 and 1. */
	rewardRange?: Scale;
	verdict?: { correct: boolean; text: string } | null;
	/** The question, beside the verdict. */
	prompt?: string;
	/** A process score for each line, when known. */
	processScores?: readonly (number | null)[] | null;
	title?: string;
	/** Samples completions from the start of a line, counted from 1. */
	onRetryFromLine?: (line: number) => void;
	/** More buttons at the end of the readout. */
	actions?: ReactNode;
	className?: string;
	ref?: Ref<ValueStripHandle>;
}

/** For the screen's `[` and `]`, which work wherever the focus is. */
export interface ValueStripHandle {
	nextFall: () => void;
	previousFall: () => void;
}

/** V along one response: overview, lines with tinted tokens, and a readout of one token. */
export function ValueStrip(props: ValueStripProps) {
	const { tokens, v1, segments, reward, rewardRange, verdict, title = "Value along the response" } = props;
	const scale = useMemo(() => valueScale(reward, rewardRange), [reward, rewardRange]);
	const lines = useMemo(() => linesOf(tokens, segments, v1), [tokens, segments, v1]);
	const falls = useMemo(() => largestFalls(tokens, scale), [tokens, scale]);
	const perToken = tokens.some((t) => t.valueAfter !== null);
	const [view, setView] = useState<"token" | "line">("token");
	const [picked, setPicked] = useState<{ of: readonly StripToken[]; index: number } | null>(null);
	const [hover, setHover] = useState<number | null>(null);
	const list = useRef<HTMLDivElement>(null);

	// A new response starts at its largest fall.
	const active = picked?.of === tokens ? picked.index : (falls[0]?.index ?? 0);
	const fall = falls.find((f) => f.index === active) ?? falls[0] ?? null;
	const read = hover !== null && hover < tokens.length ? hover : active;
	const inLine = (index: number, line: { from: number; to: number }) =>
		index >= line.from && index < line.to ? index : -1;

	const pick = (index: number, focus: boolean) => {
		setPicked({ of: tokens, index });
		setHover(null);
		const target = list.current?.querySelector<HTMLElement>(`[data-i="${index}"]`);
		target?.scrollIntoView({ block: "nearest" });
		if (focus) target?.focus({ preventScroll: true });
	};
	const visit = (step: 1 | -1) => {
		const next = neighbourFall(falls, active, step);
		if (next) pick(next.index, list.current?.contains(document.activeElement) ?? false);
	};
	useImperativeHandle(props.ref, () => ({ nextFall: () => visit(1), previousFall: () => visit(-1) }));

	const onKeyDown = (event: KeyboardEvent) => {
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		const next = moved(lines, active, event.key);
		if (event.key === "[" || event.key === "]") visit(event.key === "]" ? 1 : -1);
		else if (next !== null) pick(next, true);
		else return;
		event.preventDefault();
		event.stopPropagation();
	};
	const tokenOf = (target: EventTarget): number | null => {
		const found = target instanceof Element ? target.closest("[data-i]")?.getAttribute("data-i") : null;
		return found ? Number(found) : null;
	};

	return (
		<section className={cx(styles.strip, props.className)} aria-label={title}>
			<header className={styles.header}>
				<h2>{title}</h2>
				{verdict && (
					<Pill tone={verdict.correct ? "good" : "bad"} icon={verdict.correct ? Check : X}>
						{verdict.text}
					</Pill>
				)}
				<span className={styles.prompt}>{props.prompt}</span>
				<span className={styles.ramp} aria-hidden="true">
					{rewardText(scale[0])}
					<i />
					{rewardText(scale[1])}
				</span>
				<Segmented
					label="Colour by"
					value={view}
					onChange={setView}
					options={[
						{ value: "token", label: "Token" },
						{ value: "line", label: "Line" },
					]}
				/>
			</header>
			{v1 === null ? (
				<p className={styles.needs}>V needs DQO or DRO</p>
			) : (
				<Overview
					tokens={tokens}
					lines={lines}
					v1={v1}
					scale={scale}
					byLine={view === "line" || tokens.length > maxTokenBars}
					falls={falls}
					fall={fall}
					active={active}
					onPick={(index) => pick(index, false)}
					onHover={setHover}
				/>
			)}
			{v1 !== null && !perToken && <p className={styles.firstOnly}>DRO learns V(s₁) only: {fixed(v1, 2)}</p>}
			<div
				ref={list}
				className={styles.rows}
				role="listbox"
				aria-label="Tokens of the response"
				onKeyDown={onKeyDown}
				onClick={(event) => {
					const index = tokenOf(event.target);
					if (index !== null) pick(index, true);
				}}
				onMouseOver={(event) => setHover(tokenOf(event.target))}
				onMouseLeave={() => setHover(null)}
				onFocus={() => setHover(null)}
			>
				{lines.map((line, i) => (
					<StripRow
						key={line.from}
						tokens={tokens}
						line={line}
						number={i + 1}
						scale={scale}
						byLine={view === "line"}
						reward={reward}
						active={inLine(active, line)}
						fall={fall ? inLine(fall.index, line) : -1}
						score={props.processScores?.[i] ?? null}
						hasValues={perToken}
					/>
				))}
			</div>
			<Readout
				tokens={tokens}
				index={read}
				line={lineAt(lines, read) + 1}
				reward={reward}
				scale={scale}
				onRetryFromLine={props.onRetryFromLine}
				actions={props.actions}
			/>
		</section>
	);
}
