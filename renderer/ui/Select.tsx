import { Check, ChevronDown, type LucideIcon } from "lucide-react";
import { Select as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "./cx.ts";
import { type ControlIds, Field, type FieldProps } from "./Field.tsx";
import { Icon } from "./Icon.tsx";
import styles from "./Select.module.css";

export interface SelectOption<T extends string> {
	value: T;
	label: string;
	/** A second, quiet line; the select is two lines high as soon as one option has it. */
	detail?: ReactNode;
	icon?: LucideIcon | undefined;
	disabled?: boolean;
}

export interface SelectProps<T extends string> {
	value: T | undefined;
	onChange: (value: T) => void;
	options: readonly SelectOption<T>[];
	placeholder?: string;
	/** Shown on the closed select. */
	icon?: LucideIcon | undefined;
	disabled?: boolean;
	/** Its accessible name, where no `SelectField` labels it. */
	label?: string;
	/** 24 px high, for card headers and toolbars. */
	small?: boolean;
}

/** Class of a closed select, for pickers that look like one and open something else. */
export const selectTrigger = styles.trigger;

/** One of several. In forms use `SelectField`. */
export function Select<T extends string>(props: SelectProps<T> & { ids?: ControlIds }) {
	const { value, onChange, options, placeholder = "Choose", icon, disabled, label, small, ids } = props;
	const chosen = options.find((option) => option.value === value);
	const twoLines = options.some((option) => option.detail !== undefined);
	const glyph = chosen?.icon ?? icon;
	return (
		<Radix.Root
			value={value ?? ""}
			disabled={disabled ?? false}
			onValueChange={(next) => {
				const option = options.find((candidate) => candidate.value === next);
				if (option) onChange(option.value);
			}}
		>
			<Radix.Trigger
				{...ids}
				aria-label={label}
				className={cx(selectTrigger, twoLines && styles.two, small && styles.small)}
			>
				{glyph && <Icon icon={glyph} className={styles.glyph} />}
				<span className={styles.text}>
					<span className={cx(styles.label, !chosen && styles.placeholder)}>
						{chosen?.label ?? placeholder}
					</span>
					{twoLines && <span className={styles.detail}>{chosen?.detail}</span>}
				</span>
				<Icon icon={ChevronDown} className={styles.glyph} />
			</Radix.Trigger>
			<Radix.Portal>
				<Radix.Content className={styles.list} position="popper" sideOffset={4} collisionPadding={8}>
					<Radix.Viewport>
						{options.map((option) => (
							<Radix.Item
								key={option.value}
								value={option.value}
								className={styles.option}
								disabled={option.disabled ?? false}
								textValue={option.label}
							>
								<span className={styles.mark}>
									<Radix.ItemIndicator>
										<Icon icon={Check} />
									</Radix.ItemIndicator>
								</span>
								<span className={styles.text}>
									<Radix.ItemText>{option.label}</Radix.ItemText>
									{option.detail !== undefined && <span className={styles.detail}>{option.detail}</span>}
								</span>
							</Radix.Item>
						))}
						{options.length === 0 && <div className={styles.empty}>Nothing to choose from yet</div>}
					</Radix.Viewport>
				</Radix.Content>
			</Radix.Portal>
		</Radix.Root>
	);
}

/** A labelled select with its reserved lines. */
export function SelectField<T extends string>(props: FieldProps & Omit<SelectProps<T>, "label">) {
	const { value, onChange, options, placeholder, icon, disabled, small, ...field } = props;
	return (
		<Field {...field}>
			{(ids) => <Select {...{ value, onChange, options, placeholder, icon, disabled, small, ids }} />}
		</Field>
	);
}
