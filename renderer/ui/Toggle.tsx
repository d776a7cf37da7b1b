import { Check, Minus } from "lucide-react";
import { Checkbox as RadixCheckbox, Switch as RadixSwitch } from "radix-ui";
import { type ReactNode, useId } from "react";
import { Icon } from "./Icon.tsx";
import styles from "./Toggle.module.css";

interface ToggleProps {
	label: ReactNode;
	/** A quiet second line. */
	hint?: ReactNode;
	disabled?: boolean;
	/** The label is for screen readers alone. */
	hideLabel?: boolean;
}

function Labelled({
	id,
	label,
	hint,
	hideLabel,
	children,
}: ToggleProps & { id: string; children: ReactNode }) {
	return (
		<div className={styles.row}>
			{children}
			<div className={hideLabel ? styles.hidden : styles.words}>
				<label htmlFor={id}>{label}</label>
				{hint && <div className={styles.hint}>{hint}</div>}
			</div>
		</div>
	);
}

/** On or off, at once. */
export function Switch(props: ToggleProps & { checked: boolean; onChange: (checked: boolean) => void }) {
	const id = useId();
	return (
		<Labelled {...props} id={id}>
			<RadixSwitch.Root
				id={id}
				className={styles.switch}
				checked={props.checked}
				onCheckedChange={props.onChange}
				disabled={props.disabled ?? false}
			>
				<RadixSwitch.Thumb className={styles.thumb} />
			</RadixSwitch.Root>
		</Labelled>
	);
}

/** Chosen or not, as one of many. */
export function Checkbox(
	props: ToggleProps & { checked: boolean | "mixed"; onChange: (checked: boolean) => void },
) {
	const id = useId();
	const { checked } = props;
	return (
		<Labelled {...props} id={id}>
			<RadixCheckbox.Root
				id={id}
				className={styles.box}
				checked={checked === "mixed" ? "indeterminate" : checked}
				onCheckedChange={(next) => props.onChange(next === true)}
				disabled={props.disabled ?? false}
			>
				<RadixCheckbox.Indicator>
					<Icon icon={checked === "mixed" ? Minus : Check} size={14} />
				</RadixCheckbox.Indicator>
			</RadixCheckbox.Root>
		</Labelled>
	);
}
