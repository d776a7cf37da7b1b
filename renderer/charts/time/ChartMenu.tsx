import { Ellipsis } from "lucide-react";
import { Icon } from "../../ui/Icon.tsx";
import { Menu, type MenuItem } from "../../ui/Popover.tsx";
import styles from "./TimeChart.module.css";

/** The chart's commands; everything the pointer can do by dragging has an item here. */
export function ChartMenu({ title, items }: { title: string; items: readonly MenuItem[] }) {
	return (
		<Menu
			align="start"
			items={items}
			trigger={
				<button type="button" className={styles.menuButton} aria-label={`${title}: chart menu`}>
					<Icon icon={Ellipsis} size={14} />
				</button>
			}
		/>
	);
}
