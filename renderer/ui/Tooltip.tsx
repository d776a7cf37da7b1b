import { Tooltip as Radix } from "radix-ui";
import type { ReactElement, ReactNode } from "react";
import { Kbd } from "./Kbd.tsx";
import styles from "./Tooltip.module.css";

/** A short note on hover and on focus. It never holds what cannot be found elsewhere. */
export function Tooltip({
	text,
	kbd,
	side = "top",
	disabled = false,
	children,
}: {
	text: ReactNode;
	kbd?: string | undefined;
	side?: "top" | "right" | "bottom" | "left";
	/** Shows the child alone. */
	disabled?: boolean;
	/** One element that takes a ref. */
	children: ReactElement;
}) {
	return (
		<Radix.Root {...(disabled ? { open: false } : {})}>
			<Radix.Trigger asChild>{children}</Radix.Trigger>
			<Radix.Portal>
				<Radix.Content className={styles.tip} side={side} sideOffset={6} collisionPadding={8}>
					{text}
					{kbd && <Kbd keys={kbd} />}
				</Radix.Content>
			</Radix.Portal>
		</Radix.Root>
	);
}
