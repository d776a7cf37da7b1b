import { ChevronRight } from "lucide-react";
import { Collapsible } from "radix-ui";
import { type ReactNode, useId } from "react";
import styles from "./Card.module.css";
import { cx } from "./cx.ts";
import { Icon } from "./Icon.tsx";

export interface CardProps {
	title?: ReactNode;
	/** A quiet note beside the title. */
	note?: ReactNode;
	/** At the right end of the header. */
	actions?: ReactNode;
	/** A line below the content, ruled off. */
	footer?: ReactNode;
	/** Content to the edges, for tables and lists. */
	flush?: boolean;
	/** Takes the room that is left, and scrolls inside. */
	grow?: boolean;
	className?: string | undefined;
	children?: ReactNode;
}

/** A group of things, with a header where it has a title. */
export function Card({ title, note, actions, footer, flush, grow, className, children }: CardProps) {
	const id = useId();
	return (
		<section
			className={cx(styles.card, grow && styles.grow, className)}
			aria-labelledby={title ? id : undefined}
		>
			{(title || actions) && (
				<div className={styles.head}>
					{title && <h2 id={id}>{title}</h2>}
					{note && <span className={styles.note}>{note}</span>}
					{actions && <div className={styles.actions}>{actions}</div>}
				</div>
			)}
			<div className={flush ? styles.flush : styles.body}>{children}</div>
			{footer && <div className={styles.footer}>{footer}</div>}
		</section>
	);
}

/** A card that opens, with a line that says what is inside while it is shut. */
export function Disclosure({
	title,
	summary,
	defaultOpen = false,
	children,
}: {
	title: ReactNode;
	summary?: ReactNode;
	defaultOpen?: boolean;
	children: ReactNode;
}) {
	return (
		<Collapsible.Root className={styles.card} defaultOpen={defaultOpen}>
			<Collapsible.Trigger className={styles.trigger}>
				<Icon icon={ChevronRight} className={styles.chevron} />
				<b>{title}</b>
				<span className={styles.summary}>{summary}</span>
			</Collapsible.Trigger>
			<Collapsible.Content className={styles.inner}>{children}</Collapsible.Content>
		</Collapsible.Root>
	);
}
