import { X } from "lucide-react";
import { Chip, format, IconButton, Pill, TextField } from "../../ui/index.ts";
import type { FormField } from "./fields.ts";
import { valueAt } from "./form.ts";
import { changeForm, setText, show, useTrain } from "./store.ts";
import type { SweepReading } from "./sweep-text.ts";
import { valueText } from "./sweep-text.ts";
import styles from "./Train.module.css";
import { useFormState } from "./useFormState.ts";

/** Values shown as chips before the rest is only counted. */
const MOST_CHIPS = 12;

/** A setting that takes one value or several: a list, even points, or a range. */
export function SweepField({
	field,
	hint,
	removable = false,
}: {
	field: FormField;
	hint?: string;
	removable?: boolean;
}) {
	const { form, defaults, found, errorOf } = useFormState();
	const { path, label, help } = field;
	const reading = found[path] ?? { type: "empty" };
	const standard = valueText(valueAt(defaults, path));
	const count = countText(reading);
	return (
		<div data-field={path} className={styles.sweepField}>
			<TextField
				label={label}
				help={help}
				mono
				value={form.texts[path] ?? ""}
				placeholder={standard}
				error={errorOf(path)}
				hint={hintOf(reading, hint, standard)}
				aside={
					<span className={styles.aside}>
						{count && <Pill tone="accent">{count}</Pill>}
						{removable && (
							<IconButton icon={X} size="sm" label={`Sweep ${label} no more`} onClick={() => remove(path)} />
						)}
					</span>
				}
				below={<Chips reading={reading} />}
				onChange={(text) => setText(path, text)}
				onBlur={() => show(path)}
			/>
		</div>
	);
}

function Chips({ reading }: { reading: SweepReading }) {
	const values = reading.type === "axis" ? reading.values : null;
	if (values === null) return <span className={styles.noChips} />;
	return (
		<>
			{values.slice(0, MOST_CHIPS).map((value) => (
				<Chip key={String(value)} mono tone="accent">
					{valueText(value, 3)}
				</Chip>
			))}
			{values.length > MOST_CHIPS && (
				<span className={styles.more}>and {format.count(values.length - MOST_CHIPS)} more</span>
			)}
		</>
	);
}

function countText(reading: SweepReading): string | null {
	if (reading.type !== "axis") return null;
	return reading.values === null ? "range" : format.plural(reading.values.length, "value");
}

function hintOf(reading: SweepReading, hint: string | undefined, standard: string): string | undefined {
	if (reading.type === "axis" && reading.merged > 0)
		return `${format.plural(reading.merged, "duplicate")} merged.`;
	if (reading.type === "axis" && reading.values === null) return "Random search draws from the range.";
	return hint ?? (reading.type === "empty" ? `Default ${standard}` : undefined);
}

function remove(path: string): void {
	const { form } = useTrain.getState();
	const { [path]: _gone, ...texts } = form.texts;
	changeForm({ added: form.added.filter((one) => one !== path), texts });
}
