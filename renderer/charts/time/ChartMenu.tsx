import { DropdownMenu } from "radix-ui";
import styles from "./TimeChart.module.css";

export interface ChartMenuItem {
	label: string;
	/** Shown as a check; absent for plain commands. */
	checked?: boolean;
	/** Its key in the focused chart. */
	hint?: string;
	onSelect: () => void;
}

/** The chart's commands; everything the pointer can do by dragging has an item here. */
export function ChartMenu({ title, items }: { title: string; items: readonly (ChartMenuItem | null)[] }) {
	return (
		<DropdownMenu.Root modal={false}>
			<DropdownMenu.Trigger className={styles.menuButton} aria-label={`${title}: chart menu`}>
				<svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" fill="currentColor">
					<circle cx="3.5" cy="8" r="1.2" />
					<circle cx="8" cy="8" r="1.2" />
					<circle cx="12.5" cy="8" r="1.2" />
				</svg>
			</DropdownMenu.Trigger>
			<DropdownMenu.Portal>
				<DropdownMenu.Content className={styles.menu} align="start" sideOffset={4}>
					{items.map((item, i) => {
						if (!item) {
							// biome-ignore lint/suspicious/noArrayIndexKey: separators have no other identity and never move.
							return <DropdownMenu.Separator key={`separator-${i}`} className={styles.menuRule} />;
						}
						if (item.checked === undefined) {
							return (
								<DropdownMenu.Item key={item.label} className={styles.menuItem} onSelect={item.onSelect}>
									{item.label}
									{item.hint && <kbd>{item.hint}</kbd>}
								</DropdownMenu.Item>
							);
						}
						return (
							<DropdownMenu.CheckboxItem
								key={item.label}
								className={styles.menuItem}
								checked={item.checked}
								onCheckedChange={item.onSelect}
							>
								{item.label}
								<DropdownMenu.ItemIndicator>✓</DropdownMenu.ItemIndicator>
							</DropdownMenu.CheckboxItem>
						);
					})}
				</DropdownMenu.Content>
			</DropdownMenu.Portal>
		</DropdownMenu.Root>
	);
}
