import { ChevronDown } from "lucide-react";
import { type MouseEvent, useMemo } from "react";
import { fixed } from "../../ui/format.ts";
import { Icon } from "../../ui/Icon.tsx";
import { vColor } from "../data/ramps.ts";
import styles from "./Overview.module.css";
import {
	type Fall,
	type OverviewBar,
	onScale,
	overviewLayout,
	rewardText,
	type Scale,
	type StripLine,
	type StripToken,
	visibleText,
} from "./strip.ts";

interface OverviewProps {
	tokens: readonly StripToken[];
	lines: readonly StripLine[];
	v1: number;
	scale: Scale;
	byLine: boolean;
	falls: readonly Fall[];
	/** The fall the pill tells of. */
	fall: Fall | null;
	active: number;
	onPick: (index: number) => void;
	onHover: (index: number | null) => void;
}

const width = 1_000;
const height = 100;
const clamp = (t: number) => Math.min(1, Math.max(0, t));

/** The whole response at a glance: `V(s_1)`, then a bar for each token or line. The lines below say the same to screen readers. */
export function Overview(props: OverviewProps) {
	const { tokens, lines, v1, scale, byLine, falls, fall, active, onPick, onHover } = props;
	const { slot, bars } = useMemo(() => overviewLayout(tokens, lines, byLine), [tokens, lines, byLine]);
	const gap = Math.min(1.2, (slot * width) / 4);
	const at = (event: MouseEvent<HTMLElement>) => {
		const box = event.currentTarget.getBoundingClientRect();
		const index = Math.floor((event.clientX - box.left) / box.width / slot) - 1;
		return Math.min(tokens.length - 1, Math.max(0, index));
	};
	const fallAt = fall ? (fall.index + 1) * slot * 100 : 0;
	const first = clamp(onScale(v1, scale));
	let lastNumber = -1;
	return (
		<div className={styles.overview}>
			<span className={styles.tick} style={{ top: 0 }}>
				{rewardText(scale[1])}
			</span>
			<span className={styles.tick} style={{ top: "50%" }}>
				V
			</span>
			<span className={styles.tick} style={{ top: "100%" }}>
				{rewardText(scale[0])}
			</span>
			{/* biome-ignore lint/a11y/noStaticElementInteractions: a shortcut for the pointer; the lines below take the keyboard. */}
			{/* biome-ignore lint/a11y/useKeyWithClickEvents: as above. */}
			<div
				className={styles.bars}
				onClick={(event) => onPick(at(event))}
				onMouseMove={(event) => onHover(at(event))}
				onMouseLeave={() => onHover(null)}
			>
				<svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
					<path className={styles.grid} d={`M0 0H${width}M0 ${height / 2}H${width}M0 ${height}H${width}`} />
					<path
						className={styles.edges}
						d={lines
							.slice(1)
							.map((line) => `M${(line.from + 1) * slot * width} 0V${height}`)
							.join("")}
					/>
					<rect
						className={styles.firstState}
						x={gap / 2}
						width={Math.max(1, slot * width - gap)}
						y={height * (1 - first)}
						height={height * first}
					/>
					{bars.map((bar) => (
						<Bar key={bar.index} bar={bar} scale={scale} gap={gap} active={bar.index === active} />
					))}
				</svg>
				{lines.map((line, i) => {
					const middle = ((line.from + line.to) / 2 + 1) * slot;
					if (middle - lastNumber < 0.025) return null;
					lastNumber = middle;
					return (
						<span
							key={line.from}
							className={styles.number}
							style={{ left: `${middle * 100}%` }}
							aria-hidden="true"
						>
							{i + 1}
						</span>
					);
				})}
				{fall && <span className={styles.fallRule} style={{ left: `${fallAt}%` }} />}
			</div>
			{fall && (
				<button
					type="button"
					className={styles.fallPill}
					style={fallAt < 60 ? { left: `calc(${fallAt}% + 6px)` } : { right: `calc(${100 - fallAt}% + 6px)` }}
					title="[ and ] visit the other falls"
					onClick={() => onPick(fall.index)}
				>
					<Icon icon={ChevronDown} size={12} />
					{fall === falls[0] ? "Largest fall" : `Fall ${falls.indexOf(fall) + 1} of ${falls.length}`}:{" "}
					{fixed(fall.from, 2)} to {fixed(fall.to, 2)} at token {fall.index + 1}, “
					{visibleText(tokens[fall.index]?.text ?? "")}”
				</button>
			)}
		</div>
	);
}

function Bar({ bar, scale, gap, active }: { bar: OverviewBar; scale: Scale; gap: number; active: boolean }) {
	if (bar.value === null) return null;
	const t = onScale(bar.value, scale);
	const tall = Math.max(0.02, clamp(t));
	const x = bar.left * width + gap / 2;
	const w = Math.max(0.5, bar.width * width - gap);
	return (
		<>
			<rect x={x} width={w} y={height * (1 - tall)} height={height * tall} style={{ fill: vColor(t) }} />
			{/* Outside the scale: clipped, with a tick that says so. */}
			{(t > 1 || t < 0) && (
				<rect className={styles.clipped} x={x} width={w} y={t > 1 ? 0 : height - 6} height={6} />
			)}
			{active && <rect className={styles.active} x={x} width={w} y={height + 3} height={5} />}
		</>
	);
}
