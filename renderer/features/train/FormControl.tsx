import { NumberField, SelectField, Switch, TextArea } from "../../ui/index.ts";
import type { FormField } from "./fields.ts";
import { valueAt } from "./form.ts";
import { clearValue, setValue, show } from "./store.ts";
import styles from "./Train.module.css";
import { useFormState } from "./useFormState.ts";

/** One setting of the run by its description: its value or its default, its problem or its hint. */
export function FormControl({ field, hint }: { field: FormField; hint?: string | undefined }) {
	const { form, defaults, errorOf } = useFormState();
	const { path, label, help, control } = field;
	const standard = valueAt(defaults, path);
	const changed = Object.hasOwn(form.values, path);
	const value = changed ? form.values[path] : standard;
	const take = (next: unknown) => (next === standard ? clearValue(path) : setValue(path, next));
	const note = hint ?? (changed && value !== standard ? `Default ${wordOf(field, standard)}` : undefined);
	const shared = { label, help, hint: note, error: errorOf(path), lines: 1 as const };
	if (control.type === "toggle")
		return (
			<div data-field={path} className={styles.toggle}>
				<Switch label={label} hint={help} checked={value === true} onChange={take} />
			</div>
		);
	if (control.type === "choice")
		return (
			<div data-field={path}>
				<SelectField
					{...shared}
					value={String(value)}
					options={control.options}
					onChange={(next) => take(next === "null" ? null : next)}
				/>
			</div>
		);
	if (control.type === "text")
		return (
			<div data-field={path} className={styles.wide}>
				<TextArea {...shared} mono rows={2} value={String(value ?? "")} onChange={take} />
			</div>
		);
	const { integer, unit, optional } = control;
	return (
		<div data-field={path}>
			<NumberField
				{...shared}
				{...(optional ? { optional: true, placeholder: optional } : {})}
				integer={integer}
				unit={unit}
				value={typeof value === "number" ? value : undefined}
				onChange={(next) => take(next === undefined && optional ? null : next)}
				onBlur={() => value !== undefined && show(path)}
			/>
		</div>
	);
}

/** A value as the form writes it. */
export function wordOf({ control }: FormField, value: unknown): string {
	if (control.type === "choice")
		return control.options.find((option) => option.value === String(value))?.label ?? String(value);
	if (control.type === "toggle") return value === true ? "on" : "off";
	if (value === null || value === undefined)
		return control.type === "number" ? (control.optional ?? "none") : "none";
	return typeof value === "number"
		? value
				.toLocaleString("en-US", {
					maximumSignificantDigits: 6,
					notation: value !== 0 && Math.abs(value) < 1e-3 ? "scientific" : "standard",
				})
				.replace("E", "e")
		: String(value);
}
