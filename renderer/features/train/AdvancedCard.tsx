import { Disclosure } from "../../ui/index.ts";
import { FormControl, wordOf } from "./FormControl.tsx";
import { ADVANCED_GROUPS, type FormField, readsField } from "./fields.ts";
import styles from "./Train.module.css";
import { type FormState, useFormState } from "./useFormState.ts";

/** Every other setting; shut, it says what differs from its default. */
export function AdvancedCard({ open }: { open: boolean }) {
	const state = useFormState();
	const { form } = state;
	const groups = ADVANCED_GROUPS.map(({ title, fields }) => ({
		title,
		fields: fields.filter((field) => readsField(form.method, field) && !form.added.includes(field.path)),
	})).filter(({ fields }) => fields.length > 0);
	return (
		<Disclosure
			key={String(open)}
			defaultOpen={open}
			title="Advanced"
			summary={summaryOf(
				groups.flatMap(({ fields }) => fields),
				state,
			)}
		>
			{groups.map(({ title, fields }) => (
				<section key={title} className={styles.group}>
					<h3>{title}</h3>
					<div className={styles.quarters}>
						{fields.map((field) => (
							<FormControl key={field.path} field={field} />
						))}
					</div>
				</section>
			))}
		</Disclosure>
	);
}

function summaryOf(fields: readonly FormField[], { form, defaults }: FormState): string {
	const changed = fields.filter(({ path }) => Object.hasOwn(form.values, path));
	if (changed.length > 0) {
		const words = changed.map(
			(field) =>
				`${field.label} ${field.path === "template" ? "changed" : wordOf(field, form.values[field.path])}`,
		);
		return `${words.slice(0, 4).join(", ")}${words.length > 4 ? ` and ${words.length - 4} more` : ""}; the rest at their defaults`;
	}
	return `Optimizer AdamW, warm-up ${defaults.warmupSteps} steps, clipping ${defaults.clipNorm}, seed ${defaults.seed}, and ${fields.length - 3} more, all at their defaults`;
}
