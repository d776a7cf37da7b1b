import { Check, CircleAlert, Info, type LucideIcon, TriangleAlert, X } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./Banner.module.css";
import { IconButton } from "./Button.tsx";
import { cx } from "./cx.ts";
import { Icon } from "./Icon.tsx";

export type BannerTone = "info" | "good" | "warn" | "bad";

const GLYPHS: Readonly<Record<BannerTone, LucideIcon>> = {
	info: Info,
	good: Check,
	warn: TriangleAlert,
	bad: CircleAlert,
};

/** What the user should know here and now, with the next step: what, why, what is safe, what to do. */
export function Banner({
	tone = "info",
	title,
	children,
	action,
	onDismiss,
	flush = false,
	plain = false,
}: {
	tone?: BannerTone;
	/** The first words, in bold. */
	title?: ReactNode;
	children?: ReactNode;
	/** A button, or several. */
	action?: ReactNode;
	onDismiss?: () => void;
	/** Without border and corners, at the foot of a card. */
	flush?: boolean;
	/** On the card's own ground, with a glyph alone in colour. */
	plain?: boolean;
}) {
	return (
		<div className={cx(styles.banner, flush && styles.flush, plain && styles.plain)} data-tone={tone}>
			<Icon icon={GLYPHS[tone]} className={styles.glyph} />
			<div className={styles.words}>
				{title && <b>{title}</b>} {children}
			</div>
			{action && <div className={styles.action}>{action}</div>}
			{onDismiss && <IconButton icon={X} label="Dismiss" size="sm" onClick={onDismiss} />}
		</div>
	);
}
