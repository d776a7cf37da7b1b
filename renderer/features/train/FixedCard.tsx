import type { Plan } from "../../../core/contract/api-runs.ts";
import { Card, Field, format, Segmented } from "../../ui/index.ts";
import { FormControl } from "./FormControl.tsx";
import {
	ALPHA,
	FIXED_FIELDS,
	type FormField,
	IMPORTANCE,
	RANK,
	readsField,
	VALUE_FUNCTION,
} from "./fields.ts";
import { changeForm, clearValue, setValue, useTrain } from "./store.ts";
import styles from "./Train.module.css";
import { useFormState } from "./useFormState.ts";

/** Settings that every run shares. */
export function FixedCard() {
	const { form } = useFormState();
	const plan = useTrain((state) => state.plan);
	const lora = form.values["adapter.type"] !== "full";
	const free = (field: FormField) => readsField(form.method, field) && !form.added.includes(field.path);
	return (
		<Card>
			<h2 className={styles.title}>Fixed settings</h2>
			<div className={styles.quarters}>
				{FIXED_FIELDS.filter(free).map((field) => (
					<FormControl key={field.path} field={unitOf(field, form.method)} hint={hintOf(field.path, plan)} />
				))}
			</div>
			<div className={styles.choices}>
				<div data-field="adapter.type">
					<Field
						label="What is trained"
						help="LoRA trains a small update beside each layer and takes far less memory. All weights can change more and want a tenth of the learning rate. Paper: all weights."
						hint={lora ? "A small update beside each layer" : "Every weight of the model"}
						lines={1}
					>
						{({ id }) => (
							<Segmented
								id={id}
								fill
								label="What is trained"
								value={lora ? "lora" : "full"}
								onChange={setAdapter}
								options={[
									{ value: "lora", label: "LoRA" },
									{ value: "full", label: "All weights" },
								]}
							/>
						)}
					</Field>
				</div>
				{lora && [RANK, ALPHA].filter(free).map((field) => <FormControl key={field.path} field={field} />)}
				{[VALUE_FUNCTION, IMPORTANCE].filter(free).map((field) => (
					<Choice key={field.path} field={field} />
				))}
			</div>
		</Card>
	);
}

function Choice({ field }: { field: FormField }) {
	const { form, defaults, errorOf } = useFormState();
	if (field.control.type !== "choice") return null;
	const standard = String(defaults[field.path as keyof typeof defaults]);
	const value = String(form.values[field.path] ?? standard);
	return (
		<div data-field={field.path} className={field === IMPORTANCE ? styles.broad : undefined}>
			<Field
				label={field.label}
				help={field.help}
				hint={CHOICE_HINTS[value]}
				error={errorOf(field.path)}
				lines={1}
			>
				{({ id }) => (
					<Segmented
						id={id}
						fill
						label={field.label}
						value={value}
						onChange={(next) => (next === standard ? clearValue(field.path) : setValue(field.path, next))}
						options={field.control.type === "choice" ? field.control.options : []}
					/>
				)}
			</Field>
		</div>
	);
}

const CHOICE_HINTS: Record<string, string> = {
	separate: "V has its own adapter or weights",
	shared: "A head on the policy; less memory",
	both: "As in the paper",
	policy: "Off the value loss",
	value: "Off the policy loss, the paper lost 3.8 points",
	neither: "Off both losses",
};

/** Rank and alpha mean nothing for all weights, and a sweep of them neither. */
function setAdapter(type: "lora" | "full"): void {
	const { form } = useTrain.getState();
	if (type === "lora") {
		clearValue("adapter.type");
		return;
	}
	changeForm({ added: form.added.filter((path) => !path.startsWith("adapter.")) });
	setValue("adapter.type", type);
}

function unitOf(field: FormField, method: string): FormField {
	return field.path === "globalBatch" && method === "dpo"
		? { ...field, control: { type: "number", integer: true, unit: "pairs" } }
		: field;
}

function hintOf(path: string, plan: Plan | null): string | undefined {
	if (plan === null || plan.stepsPerEpoch === 0) return undefined;
	if (path === "epochs") return `${format.plural(plan.stepsPerEpoch, "step")} each`;
	if (path === "maxResponseTokens" && plan.trajectories > 0)
		return plan.cut === 0
			? "Cuts no response"
			: `Cuts ${format.percent(plan.cut / plan.trajectories)} of the responses`;
	if (path === "maxPromptTokens")
		return plan.skipped === 0
			? "Leaves out no prompt"
			: `Leaves out ${format.plural(plan.skipped, "prompt")}`;
	return undefined;
}
