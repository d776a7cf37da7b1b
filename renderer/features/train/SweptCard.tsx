import { Plus } from "lucide-react";
import { Button, Card, Menu } from "../../ui/index.ts";
import { fieldAt, readsField, SWEEPABLE } from "./fields.ts";
import { sweptPaths, type TrainForm, valueAt } from "./form.ts";
import { SweepField } from "./SweepField.tsx";
import { changeForm, clearValue, setText } from "./store.ts";
import { valueText } from "./sweep-text.ts";
import styles from "./Train.module.css";
import { useFormState } from "./useFormState.ts";

/** The settings that are searched most, and whatever was put beside them. */
export function SweptCard() {
	const { form, defaults } = useFormState();
	const lora = form.values["adapter.type"] !== "full";
	const more = SWEEPABLE.filter(
		(field) =>
			readsField(form.method, field) &&
			!form.added.includes(field.path) &&
			(lora || !field.path.startsWith("adapter.")),
	);
	const add = (path: string) => {
		setText(path, valueText(form.values[path] ?? valueAt(defaults, path)));
		changeForm({ added: [...form.added, path] });
		clearValue(path);
	};
	return (
		<Card>
			<div className={styles.head}>
				<h2>Swept settings</h2>
				<span className={styles.note}>
					Lists <code>0.01, 0.03, 0.1</code> ranges <code>5e-8..5e-7:3 log</code>
				</span>
			</div>
			<div className={styles.thirds}>
				{sweptPaths(form).map((path) => {
					const field = fieldAt(path);
					return (
						field && (
							<SweepField
								key={path}
								field={field}
								hint={HINTS[path]?.(form)}
								removable={form.added.includes(path)}
							/>
						)
					);
				})}
			</div>
			<Menu
				align="start"
				trigger={
					<Button size="sm" variant="quiet" icon={Plus} className={styles.another}>
						Sweep another setting
					</Button>
				}
				items={more.map(({ path, label, help }) => ({
					label,
					detail: help.split(". ", 1)[0],
					onSelect: () => add(path),
				}))}
			/>
		</Card>
	);
}

const HINTS: Partial<Record<string, (form: TrainForm) => string>> = {
	beta: ({ method }) =>
		`Higher stays closer to the base model. Paper: ${method === "dqo" || method === "dro" ? "0.03" : "0.1"}.`,
	lr: ({ values }) =>
		values["adapter.type"] === "full"
			? "All weights. LoRA wants about 10 times more."
			: "LoRA. All weights want about 10 times less.",
	lambda: () => "In the paper 0.95 scored 4.3 points below 1 on GSM8K.",
};
