import { Info, X } from "lucide-react";
import { type ReactNode, useId } from "react";
import { cx } from "./cx.ts";
import styles from "./Field.module.css";
import { Icon } from "./Icon.tsx";
import { Tooltip } from "./Tooltip.tsx";

export interface FieldProps {
	label: string;
	/** What the setting does, behind the (i). */
	help?: ReactNode;
	/** Below the field; an error takes its place. */
	hint?: ReactNode;
	error?: string | undefined;
	/** At the right end of the label's line, such as "5 values". */
	aside?: ReactNode;
	/** Between the control and the hint, such as the values as chips. */
	below?: ReactNode;
	/** Lines kept free for hint and error, so that nothing below moves. */
	lines?: 0 | 1 | 2;
	/** The label is for screen readers alone. */
	hideLabel?: boolean;
	className?: string;
}

/** What a control takes over from its `Field`. */
export interface ControlIds {
	id: string;
	"aria-describedby": string | undefined;
	"aria-invalid": true | undefined;
}

/** The (i) beside a label: explains on hover and on focus. */
export function Help({ children, about }: { children: ReactNode; about: string }) {
	return (
		<Tooltip text={children}>
			<button type="button" className={styles.help} aria-label={`About ${about}`}>
				<Icon icon={Info} size={14} />
			</button>
		</Tooltip>
	);
}

/** Label, control and two reserved lines. `TextField`, `NumberField`, `TextArea` and `SelectField` are built on it. */
export function Field({
	label,
	help,
	hint,
	error,
	aside,
	below,
	lines = 2,
	hideLabel = false,
	className,
	children,
}: FieldProps & { children: (ids: ControlIds) => ReactNode }) {
	const id = useId();
	const noteId = `${id}-note`;
	const note = error ?? hint;
	const ids: ControlIds = {
		id,
		"aria-describedby": note ? noteId : undefined,
		"aria-invalid": error ? true : undefined,
	};
	return (
		<div className={cx(styles.field, className)}>
			<div className={hideLabel ? styles.hidden : styles.top}>
				<label htmlFor={id}>{label}</label>
				{help && <Help about={label}>{help}</Help>}
				{aside && <span className={styles.aside}>{aside}</span>}
			</div>
			{children(ids)}
			{below && <div className={styles.below}>{below}</div>}
			{(lines > 0 || note) && (
				<div id={noteId} className={styles.note} data-error={error ? true : undefined} data-lines={lines}>
					{error && <Icon icon={X} size={12} />}
					<span>{note}</span>
				</div>
			)}
		</div>
	);
}

/** Puts the focus on the first control in error below `root`; tells whether there was one. */
export function focusFirstInvalid(root: ParentNode | null): boolean {
	const control = root?.querySelector<HTMLElement>('[aria-invalid="true"]');
	control?.focus();
	control?.scrollIntoView({ block: "center" });
	return Boolean(control);
}
