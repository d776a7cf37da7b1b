import { RadioGroup } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "./cx.ts";
import styles from "./Segmented.module.css";

export interface SegmentedOption<T extends string> {
	value: T;
	label: ReactNode;
	disabled?: boolean;
	/** Why it cannot be chosen, or what it means. */
	title?: string;
}

/** One of a few, all in sight; the arrow keys move the choice. */
export function Segmented<T extends string>({
	label,
	value,
	onChange,
	options,
	fill = false,
	disabled = false,
	id,
}: {
	/** Its accessible name. */
	label: string;
	value: T;
	onChange: (value: T) => void;
	options: readonly SegmentedOption<T>[];
	/** Across the whole width, in equal parts. */
	fill?: boolean;
	disabled?: boolean;
	id?: string;
}) {
	return (
		<RadioGroup.Root
			id={id}
			className={cx(styles.group, fill && styles.fill)}
			aria-label={label}
			orientation="horizontal"
			value={value}
			disabled={disabled}
			onValueChange={(next) => {
				const option = options.find((candidate) => candidate.value === next);
				if (option) onChange(option.value);
			}}
		>
			{options.map((option) => (
				<RadioGroup.Item
					key={option.value}
					value={option.value}
					className={styles.segment}
					disabled={option.disabled ?? false}
					title={option.title}
				>
					{option.label}
				</RadioGroup.Item>
			))}
		</RadioGroup.Root>
	);
}
