import type { ReactNode } from "react";
import type { Plan } from "../../../core/contract/api-runs.ts";
import { slotColor } from "../../app/colors.ts";
import { BarMeter } from "../../charts/index.ts";
import { Banner, Button, Card, ErrorNote, format, LoadingLine } from "../../ui/index.ts";
import { productText, runCount } from "./form.ts";
import { changeForm, useTrain } from "./store.ts";
import styles from "./Train.module.css";
import { useFormState } from "./useFormState.ts";

/** Colours of the parts of memory, in the mock's order. */
const SLOTS = [7, 0, 3, 2, 5, 1, 4, 6];

/** What the form would cost; the old answer stays while a new one comes. */
export function PlanPanel({ error, loading }: { error: unknown; loading: boolean }) {
	const { form, found } = useFormState();
	const plan = useTrain((state) => state.plan);
	const runs = runCount(form, found);
	return (
		<div className={styles.plan} aria-busy={loading}>
			<Card>
				<LoadingLine active={loading} label="Working out the plan" />
				<h2 className={styles.quietTitle}>This will train</h2>
				<p className={styles.runs}>
					<b>{Number.isNaN(runs) ? format.NONE : format.plural(runs, "run")}</b>{" "}
					<span>{productText(found)}</span>
				</p>
				<hr />
				<Costs plan={plan} />
			</Card>
			{error !== null && <ErrorNote error={error} />}
			{plan !== null && <Memory plan={plan} />}
			{plan?.warnings.map(({ title, text }) => (
				<Banner key={title} tone="warn" plain title={title}>
					{text}
				</Banner>
			))}
		</div>
	);
}

function Costs({ plan }: { plan: Plan | null }) {
	const seconds = (value: number | null | undefined) =>
		value == null ? format.NONE : format.duration(value * 1000);
	const known = plan !== null && plan.memory.parts.length > 0;
	return (
		<>
			<Cost
				label="Time"
				value={seconds(plan?.secondsTotal)}
				note={
					plan?.secondsPerRun != null
						? `${seconds(plan.secondsPerRun)} a run, ${format.plural(plan.stepsPerRun, "step")}`
						: ""
				}
				end={plan?.secondsError == null ? "" : `± ${format.percent(plan.secondsError, 0)}`}
			/>
			<Cost
				label="Disk"
				value={known ? format.bytes(plan.diskBytes) : format.NONE}
				note={plan ? diskNote(plan) : ""}
			/>
			<hr />
			<div className={styles.costLine}>
				<span>Memory, peak</span>
				<span>
					<b className={known && plan.memory.totalBytes > plan.memory.limitBytes ? styles.over : undefined}>
						{known ? format.bytes(plan.memory.totalBytes) : format.NONE}
					</b>
					{plan && <small> of {format.bytes(plan.memory.limitBytes)}</small>}
				</span>
			</div>
			{known && (
				<div className={styles.bar}>
					<BarMeter
						label="Memory by part"
						max={plan.memory.limitBytes}
						format={format.bytes}
						parts={plan.memory.parts.map(({ name, bytes }, i) => ({
							label: name,
							value: bytes,
							color: slotColor(SLOTS[i % SLOTS.length] ?? i),
						}))}
					/>
				</div>
			)}
			{plan && <p className={styles.calibration}>{plan.calibration}</p>}
		</>
	);
}

function Cost({ label, value, note, end }: { label: string; value: ReactNode; note: string; end?: string }) {
	return (
		<div className={styles.cost}>
			<div className={styles.costLine}>
				<span>{label}</span>
				<b>{value}</b>
			</div>
			<div className={styles.costNote}>
				<span>{note}</span>
				<span>{end}</span>
			</div>
		</div>
	);
}

/** More than fits, with changes that would make it fit. */
function Memory({ plan: { memory } }: { plan: Plan }) {
	if (memory.totalBytes <= memory.limitBytes || memory.limitBytes === 0) return null;
	return (
		<Banner
			tone="bad"
			title={`${format.bytes(memory.totalBytes - memory.limitBytes)} more than this computer has.`}
		>
			<span className={styles.remedies}>
				{memory.remedies.map(({ text, fields, bytes }) => (
					<Button key={text} size="sm" onClick={() => apply(fields)}>
						{`${text}: ${format.bytes(bytes)}`}
					</Button>
				))}
			</span>
		</Banner>
	);
}

/** Puts a remedy's fields into the form. */
function apply(fields: Readonly<Record<string, unknown>>): void {
	const { form } = useTrain.getState();
	const values = { ...form.values };
	for (const [name, value] of Object.entries(fields)) {
		if (value !== null && typeof value === "object")
			for (const [key, inner] of Object.entries(value)) values[`${name}.${key}`] = inner;
		else values[name] = value;
	}
	changeForm({ values, added: form.added.filter((path) => !(path in values)) });
}

function diskNote({ modelCopyBytes, freeDiskBytes }: Plan): string {
	const copy =
		modelCopyBytes === 0
			? ""
			: ` A copy of the model in training's number format takes ${format.bytes(modelCopyBytes)} more in the cache, once.`;
	return `Checkpoints and resume state.${copy} ${format.bytes(freeDiskBytes)} free.`;
}
