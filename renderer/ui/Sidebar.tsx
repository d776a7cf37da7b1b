import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Icon } from "./Icon.tsx";
import styles from "./Sidebar.module.css";
import { StatusDot } from "./StatusDot.tsx";
import { Tooltip } from "./Tooltip.tsx";
import { useNarrow } from "./useNarrow.ts";

export interface NavItem {
	label: string;
	icon: LucideIcon;
	href: string;
	/** How many there are. */
	count?: number | undefined;
	/** What runs there now, in words, as in "1 run training"; shows the dot in place of the count. */
	live?: string | undefined;
	/** The shortcut, shown in the rail's tooltip. */
	kbd?: string | undefined;
}

function NavLink({ item, current, rail }: { item: NavItem; current: boolean; rail: boolean }) {
	return (
		<Tooltip text={item.label} kbd={item.kbd} side="right" disabled={!rail}>
			<a
				href={item.href}
				className={styles.item}
				aria-current={current ? "page" : undefined}
				aria-label={rail ? item.label : undefined}
			>
				<Icon icon={item.icon} />
				<span className={styles.label}>{item.label}</span>
				{item.live ? (
					<span className={styles.end}>
						<StatusDot live size={7} label={item.live} />
					</span>
				) : (
					item.count !== undefined && <span className={styles.count}>{item.count}</span>
				)}
			</a>
		</Tooltip>
	);
}

/** Where one can go, in groups, with what is at the foot; a rail of glyphs below 1360 px. */
export function Sidebar({
	groups,
	foot,
	current,
	device,
}: {
	groups: readonly (readonly NavItem[])[];
	foot: readonly NavItem[];
	/** The `href` of the item that is shown. */
	current: string;
	/** The device meter; hidden in the rail. */
	device?: ReactNode;
}) {
	const rail = useNarrow(1360);
	const link = (item: NavItem) => (
		<li key={item.href}>
			<NavLink item={item} current={item.href === current} rail={rail} />
		</li>
	);
	return (
		<nav aria-label="Main" className={styles.sidebar} data-pane tabIndex={-1}>
			{groups.map((items) => (
				<ul key={items[0]?.href}>{items.map(link)}</ul>
			))}
			<div className={styles.foot}>
				{!rail && device}
				<ul>{foot.map(link)}</ul>
			</div>
		</nav>
	);
}
