import { type LucideIcon, X } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "./cx.ts";
import { Icon } from "./Icon.tsx";
import styles from "./Pill.module.css";
import type { Tone } from "./StatusDot.tsx";

/** A verdict or a state, always in a word or a number: colour alone says nothing. */
export function Pill({
	tone = "neutral",
	icon,
	dot = false,
	onRemove,
	removeLabel,
	children,
}: {
	tone?: Tone;
	icon?: LucideIcon | undefined;
	/** A dot before the word, for what goes on now. */
	dot?: boolean;
	onRemove?: (() => void) | undefined;
	removeLabel?: string;
	children: ReactNode;
}) {
	return (
		<span className={styles.pill} data-tone={tone}>
			{dot && <span className={styles.dot} />}
			{icon && <Icon icon={icon} size={14} />}
			{children}
			{onRemove && (
				<button
					type="button"
					className={styles.remove}
					aria-label={removeLabel ?? "Remove"}
					onClick={onRemove}
				>
					<Icon icon={X} size={14} />
				</button>
			)}
		</span>
	);
}

/** A setting and its value, or one value of a list. */
export function Chip({
	label,
	mono = false,
	tone = "neutral",
	onClick,
	onRemove,
	removeLabel,
	pressed,
	children,
}: {
	/** What the value is of, as in "β". */
	label?: ReactNode;
	/** For typed values. */
	mono?: boolean;
	tone?: "neutral" | "accent" | "bad";
	onClick?: (() => void) | undefined;
	onRemove?: (() => void) | undefined;
	removeLabel?: string;
	pressed?: boolean;
	children: ReactNode;
}) {
	const className = cx(styles.chip, mono && styles.mono);
	const content = (
		<>
			{label !== undefined && <span>{label}</span>}
			<b>{children}</b>
		</>
	);
	if (onClick)
		return (
			<button type="button" className={className} data-tone={tone} aria-pressed={pressed} onClick={onClick}>
				{content}
			</button>
		);
	return (
		<span className={className} data-tone={tone}>
			{content}
			{onRemove && (
				<button
					type="button"
					className={styles.remove}
					aria-label={removeLabel ?? "Remove"}
					onClick={onRemove}
				>
					<Icon icon={X} size={14} />
				</button>
			)}
		</span>
	);
}
