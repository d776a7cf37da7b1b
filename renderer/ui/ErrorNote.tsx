import { ChevronRight, CircleAlert } from "lucide-react";
import { Collapsible } from "radix-ui";
import type { ReactNode } from "react";
import { CopyButton } from "./CopyButton.tsx";
import styles from "./ErrorNote.module.css";
import { describeError } from "./error-text.ts";
import { Icon } from "./Icon.tsx";

/** Shows anything thrown, where it happened: an expected error as written, with what to do next; a bug with its stack. */
export function ErrorNote({
	error,
	action,
	flush = false,
}: {
	/** An `AppError`, its body, a failure from another process, or anything else thrown. */
	error: unknown;
	/** The remedy as a button. */
	action?: ReactNode;
	/** Without border and corners. */
	flush?: boolean;
}) {
	const { title, hint, details } = describeError(error);
	return (
		<div className={styles.note} role="alert" data-flush={flush || undefined}>
			<Icon icon={CircleAlert} className={styles.glyph} />
			<div className={styles.words}>
				<div className={styles.title}>{title}</div>
				{hint && <div className={styles.hint}>{hint}</div>}
				{details && (
					<Collapsible.Root>
						<div className={styles.more}>
							<Collapsible.Trigger className={styles.trigger}>
								<Icon icon={ChevronRight} size={14} className={styles.chevron} />
								Details
							</Collapsible.Trigger>
							<CopyButton text={`${title}\n${hint}\n\n${details}`} label="Copy error" />
						</div>
						<Collapsible.Content>
							{/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the focus */}
							<pre className={styles.details} tabIndex={0}>
								{details}
							</pre>
						</Collapsible.Content>
					</Collapsible.Root>
				)}
			</div>
			{action && <div className={styles.action}>{action}</div>}
		</div>
	);
}
