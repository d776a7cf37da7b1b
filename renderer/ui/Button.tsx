import type { LucideIcon } from "lucide-react";
import type { AnchorHTMLAttributes, ButtonHTMLAttributes, ReactNode, Ref } from "react";
import styles from "./Button.module.css";
import { cx } from "./cx.ts";
import { Icon } from "./Icon.tsx";
import { Kbd } from "./Kbd.tsx";
import { Tooltip } from "./Tooltip.tsx";

interface Look {
	/** One primary a screen. */
	variant?: "default" | "primary" | "quiet" | "danger";
	/** 24, 28 or, for the one commit of a screen, 36 px high. */
	size?: "sm" | "md" | "lg";
}

interface Content {
	icon?: LucideIcon | undefined;
	iconEnd?: LucideIcon | undefined;
	/** The shortcut that does the same, as in `mod+enter`. */
	kbd?: string | undefined;
	children?: ReactNode;
}

const lookOf = ({ variant = "default", size = "md" }: Look, more?: string) =>
	cx(styles.button, styles[variant], styles[size], more);

function ButtonContent({ icon, iconEnd, kbd, children }: Content) {
	return (
		<>
			{icon && <Icon icon={icon} />}
			<span className={styles.label}>{children}</span>
			{iconEnd && <Icon icon={iconEnd} />}
			{kbd && <Kbd keys={kbd} />}
		</>
	);
}

export interface ButtonProps extends Look, Content, ButtonHTMLAttributes<HTMLButtonElement> {
	/** Work begun by this button is under way: it takes no second press, and keeps its size. */
	loading?: boolean;
	/** Across the whole width. */
	fill?: boolean;
	ref?: Ref<HTMLButtonElement>;
}

/** Does something. For going somewhere use `ButtonLink`. */
export function Button(props: ButtonProps) {
	const { variant, size, icon, iconEnd, kbd, children, loading, fill, className, onClick, ...rest } = props;
	return (
		<button
			type="button"
			{...rest}
			className={lookOf({ variant, size }, cx(fill && styles.fill, className))}
			aria-busy={loading || undefined}
			aria-disabled={loading || rest["aria-disabled"]}
			onClick={loading ? undefined : onClick}
		>
			<ButtonContent icon={icon} iconEnd={iconEnd} kbd={kbd}>
				{children}
			</ButtonContent>
		</button>
	);
}

export interface ButtonLinkProps extends Look, Content, AnchorHTMLAttributes<HTMLAnchorElement> {
	href: string;
}

/** Goes somewhere and looks like a button. */
export function ButtonLink(props: ButtonLinkProps) {
	const { variant, size, icon, iconEnd, kbd, children, className, ...rest } = props;
	return (
		<a {...rest} className={lookOf({ variant, size }, className)}>
			<ButtonContent icon={icon} iconEnd={iconEnd} kbd={kbd}>
				{children}
			</ButtonContent>
		</a>
	);
}

export interface IconButtonProps
	extends Omit<Look, "size">,
		Omit<ButtonHTMLAttributes<HTMLButtonElement>, "children"> {
	icon: LucideIcon;
	/** Its name for everybody: the tooltip and the accessible name. */
	label: string;
	kbd?: string | undefined;
	size?: "sm" | "md";
	/** For a button that stays down. */
	pressed?: boolean | undefined;
	side?: "top" | "right" | "bottom" | "left";
	ref?: Ref<HTMLButtonElement>;
}

/** A square button of one glyph, with its name in a tooltip. */
export function IconButton(props: IconButtonProps) {
	const { icon, label, kbd, variant = "quiet", size = "md", pressed, side, className, ...rest } = props;
	return (
		<Tooltip text={label} kbd={kbd} side={side ?? "top"}>
			<button
				type="button"
				aria-label={label}
				aria-pressed={pressed}
				{...rest}
				className={lookOf({ variant, size }, cx(styles.square, className))}
			>
				<Icon icon={icon} />
			</button>
		</Tooltip>
	);
}
