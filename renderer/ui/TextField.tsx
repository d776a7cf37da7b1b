import type { LucideIcon } from "lucide-react";
import { type InputHTMLAttributes, type KeyboardEvent, type Ref, useState } from "react";
import { cx } from "./cx.ts";
import { type ControlIds, Field, type FieldProps } from "./Field.tsx";
import { Icon } from "./Icon.tsx";
import { Kbd } from "./Kbd.tsx";
import styles from "./TextField.module.css";

type Attributes = Pick<
	InputHTMLAttributes<HTMLInputElement>,
	"placeholder" | "disabled" | "readOnly" | "autoFocus" | "name" | "type" | "inputMode" | "spellCheck"
>;

export interface TextControlProps extends Attributes {
	value: string;
	onChange: (value: string) => void;
	/** Called when the focus leaves, after validation. */
	onBlur?: (() => void) | undefined;
	onEnter?: (() => void) | undefined;
	/** What is wrong with the value, in words; asked when the focus leaves. */
	validate?: ((value: string) => string | undefined) | undefined;
	/** Inside at the right. */
	unit?: string | undefined;
	icon?: LucideIcon | undefined;
	kbd?: string | undefined;
	/** For typed numbers, paths, tokens. */
	mono?: boolean | undefined;
	ref?: Ref<HTMLInputElement>;
}

/** The error to show: the owner's, else the one found when the focus last left. Typing clears the latter; Esc undoes the edit. */
function useEditing<E extends HTMLElement>(
	value: string,
	onChange: (value: string) => void,
	validate: ((value: string) => string | undefined) | undefined,
) {
	const [found, setFound] = useState<string>();
	const [before, setBefore] = useState<string>();
	const edited = before !== undefined && before !== value;
	return {
		found,
		/** For a dialog around it: Esc undoes this edit and closes nothing. */
		"data-edited": edited || undefined,
		onFocus: () => setBefore(value),
		onBlur: () => {
			setBefore(undefined);
			setFound(validate?.(value));
		},
		change: (next: string) => {
			setFound(undefined);
			onChange(next);
		},
		onKeyDown: (event: KeyboardEvent<E>) => {
			if (event.key !== "Escape" || !edited) return;
			event.preventDefault();
			event.stopPropagation();
			setFound(undefined);
			onChange(before);
		},
	};
}

/** One line of text. */
export function TextField(props: FieldProps & TextControlProps) {
	const { label, help, hint, error, aside, below, lines, hideLabel, className, ...control } = props;
	const { value, onChange, onBlur, onEnter, validate, unit, icon, kbd, mono, ref, ...attributes } = control;
	const editing = useEditing<HTMLInputElement>(value, onChange, validate);
	const shown = error ?? editing.found;
	return (
		<Field {...{ label, help, hint, aside, below, lines, hideLabel, className }} error={shown}>
			{(ids: ControlIds) => (
				<div
					className={styles.control}
					data-error={shown ? true : undefined}
					data-disabled={attributes.disabled}
				>
					{icon && <Icon icon={icon} className={styles.icon} />}
					<input
						type="text"
						autoComplete="off"
						spellCheck={false}
						{...attributes}
						{...ids}
						ref={ref}
						data-edited={editing["data-edited"]}
						className={cx(styles.input, mono && styles.mono)}
						value={value}
						onChange={(event) => editing.change(event.target.value)}
						onFocus={editing.onFocus}
						onBlur={() => {
							editing.onBlur();
							onBlur?.();
						}}
						onKeyDown={(event) => {
							editing.onKeyDown(event);
							if (event.key === "Enter") onEnter?.();
						}}
					/>
					{unit && <span className={styles.unit}>{unit}</span>}
					{kbd && <Kbd keys={kbd} />}
				</div>
			)}
		</Field>
	);
}

export interface TextAreaProps extends FieldProps {
	value: string;
	onChange: (value: string) => void;
	validate?: ((value: string) => string | undefined) | undefined;
	rows?: number;
	mono?: boolean;
	placeholder?: string;
	disabled?: boolean;
	readOnly?: boolean;
	ref?: Ref<HTMLTextAreaElement>;
}

/** Several lines of text. */
export function TextArea(props: TextAreaProps) {
	const { value, onChange, validate, rows = 4, mono, placeholder, disabled, readOnly, ref, ...field } = props;
	const editing = useEditing<HTMLTextAreaElement>(value, onChange, validate);
	const shown = field.error ?? editing.found;
	return (
		<Field {...field} error={shown}>
			{(ids) => (
				<textarea
					{...ids}
					{...{ rows, placeholder, disabled, readOnly, ref, value }}
					spellCheck={false}
					className={cx(styles.control, styles.area, mono && styles.mono)}
					data-error={shown ? true : undefined}
					data-edited={editing["data-edited"]}
					onChange={(event) => editing.change(event.target.value)}
					onFocus={editing.onFocus}
					onBlur={editing.onBlur}
					onKeyDown={editing.onKeyDown}
				/>
			)}
		</Field>
	);
}
