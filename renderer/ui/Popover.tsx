import type { LucideIcon } from "lucide-react";
import { DropdownMenu, Popover as Radix } from "radix-ui";
import type { ReactElement, ReactNode } from "react";
import { Icon } from "./Icon.tsx";
import { Kbd } from "./Kbd.tsx";
import styles from "./Popover.module.css";

/** Something small beside its button; Esc and a click elsewhere close it. */
export function Popover({
	trigger,
	label,
	side = "bottom",
	align = "start",
	open,
	onOpenChange,
	children,
}: {
	/** One button. */
	trigger: ReactElement;
	/** Its accessible name. */
	label: string;
	side?: "top" | "right" | "bottom" | "left";
	align?: "start" | "center" | "end";
	open?: boolean;
	onOpenChange?: (open: boolean) => void;
	children: ReactNode;
}) {
	return (
		<Radix.Root open={open} onOpenChange={onOpenChange}>
			<Radix.Trigger asChild>{trigger}</Radix.Trigger>
			<Radix.Portal>
				<Radix.Content
					className={styles.popover}
					{...{ side, align }}
					sideOffset={4}
					collisionPadding={8}
					aria-label={label}
				>
					{children}
				</Radix.Content>
			</Radix.Portal>
		</Radix.Root>
	);
}

export type MenuItem =
	| {
			label: string;
			icon?: LucideIcon | undefined;
			kbd?: string | undefined;
			onSelect: () => void;
			danger?: boolean;
			disabled?: boolean;
			/** A quiet second line. */
			detail?: string | undefined;
	  }
	| { heading: string }
	| "separator";

/** Commands behind one button. */
export function Menu({
	trigger,
	items,
	align = "end",
}: {
	/** One button. */
	trigger: ReactElement;
	items: readonly MenuItem[];
	align?: "start" | "center" | "end";
}) {
	return (
		<DropdownMenu.Root modal={false}>
			<DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
			<DropdownMenu.Portal>
				<DropdownMenu.Content className={styles.menu} align={align} sideOffset={4} collisionPadding={8}>
					{items.map((item, index) => {
						if (item === "separator")
							// biome-ignore lint/suspicious/noArrayIndexKey: a separator has nothing but its place
							return <DropdownMenu.Separator key={`separator-${index}`} className={styles.separator} />;
						if ("heading" in item)
							return (
								<DropdownMenu.Label key={item.heading} className={styles.heading}>
									{item.heading}
								</DropdownMenu.Label>
							);
						return (
							<DropdownMenu.Item
								key={item.label}
								className={styles.item}
								data-danger={item.danger || undefined}
								disabled={item.disabled ?? false}
								onSelect={item.onSelect}
							>
								{item.icon && <Icon icon={item.icon} />}
								<span className={styles.words}>
									{item.label}
									{item.detail && <span className={styles.detail}>{item.detail}</span>}
								</span>
								{item.kbd && <Kbd keys={item.kbd} />}
							</DropdownMenu.Item>
						);
					})}
				</DropdownMenu.Content>
			</DropdownMenu.Portal>
		</DropdownMenu.Root>
	);
}
