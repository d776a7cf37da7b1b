import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./EmptyState.module.css";
import { Icon } from "./Icon.tsx";

/** Where nothing is yet: what goes here, one action, one example as a ghost of what will be. */
export function EmptyState({
	icon,
	title,
	children,
	action,
	example,
	exampleLabel = "Example",
}: {
	icon?: LucideIcon;
	title: string;
	/** What goes here, in a sentence or two. */
	children?: ReactNode;
	action?: ReactNode;
	example?: ReactNode;
	exampleLabel?: string;
}) {
	return (
		<div className={styles.empty}>
			{icon && (
				<span className={styles.glyph}>
					<Icon icon={icon} size={20} />
				</span>
			)}
			<h2>{title}</h2>
			{children && <div className={styles.words}>{children}</div>}
			{action && <div className={styles.action}>{action}</div>}
			{example && (
				<figure className={styles.example}>
					<figcaption>{exampleLabel}</figcaption>
					{example}
				</figure>
			)}
		</div>
	);
}
