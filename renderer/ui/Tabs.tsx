import { Tabs as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { count as countText } from "./format.ts";
import styles from "./Tabs.module.css";

export interface TabItem<T extends string> {
	value: T;
	label: ReactNode;
	count?: number | undefined;
	content: ReactNode;
}

/** Several views of one thing, one at a time. */
export function Tabs<T extends string>({
	label,
	value,
	onChange,
	items,
	actions,
}: {
	/** Its accessible name. */
	label: string;
	value: T;
	onChange: (value: T) => void;
	items: readonly TabItem<T>[];
	/** At the right end of the tabs. */
	actions?: ReactNode;
}) {
	return (
		<Radix.Root
			className={styles.root}
			value={value}
			onValueChange={(next) => {
				const item = items.find((candidate) => candidate.value === next);
				if (item) onChange(item.value);
			}}
		>
			<div className={styles.bar}>
				<Radix.List aria-label={label} className={styles.list}>
					{items.map((item) => (
						<Radix.Trigger key={item.value} value={item.value} className={styles.tab}>
							{item.label}
							{item.count !== undefined && <span className={styles.count}>{countText(item.count)}</span>}
						</Radix.Trigger>
					))}
				</Radix.List>
				{actions && <div className={styles.actions}>{actions}</div>}
			</div>
			{items.map((item) => (
				<Radix.Content key={item.value} value={item.value} className={styles.content}>
					{item.content}
				</Radix.Content>
			))}
		</Radix.Root>
	);
}
