import { Box, Database } from "lucide-react";
import { useEffect, useState } from "react";
import type { DataEntry, DataSummary } from "../../../core/contract/api-data.ts";
import type { ModelEntry } from "../../../core/contract/api-models.ts";
import { METHODS } from "../../../core/contract/run.ts";
import { call } from "../../api/index.ts";
import { routes } from "../../app/navigation.ts";
import { useStudio } from "../../app/store.ts";
import { METHOD_HELP, METHOD_LABELS } from "../../app/words.ts";
import { Card, format, Segmented, SelectField, type SelectOption } from "../../ui/index.ts";
import { misfitOf } from "./data-fit.ts";
import { changeForm, choose } from "./store.ts";
import styles from "./Train.module.css";
import { useFormState } from "./useFormState.ts";

const SHARE = "share";

/** What is trained, on what, and how it is measured. */
export function MethodCard() {
	const { form, defaults, errorOf } = useFormState();
	const models = useStudio((state) => state.models) ?? [];
	const data = useStudio((state) => state.data) ?? [];
	const summary = useSummary(data.find(({ id }) => id === form.dataId));
	const misfit = summary === null ? null : misfitOf(form.method, summary);
	const share = Number(form.values["split.validation"] ?? defaults.split.validation);
	return (
		<Card>
			<div className={styles.head}>
				<h2>Method</h2>
				<Segmented
					label="Method"
					value={form.method}
					onChange={(method) => changeForm({ method })}
					options={METHODS.toReversed().map((value) => ({
						value,
						label: METHOD_LABELS[value],
						title: METHOD_HELP[value],
					}))}
				/>
				<span className={styles.note}>{METHOD_HELP[form.method]}</span>
			</div>
			<div className={styles.thirds}>
				<div data-field="modelId">
					<SelectField
						label="Model"
						value={form.modelId ?? undefined}
						icon={Box}
						placeholder="Choose a model"
						error={errorOf("modelId")}
						lines={1}
						options={models.map(modelOption)}
						onChange={(id) => choose("modelId", id)}
					/>
				</div>
				<div data-field="dataId">
					<SelectField
						label="Data set"
						value={form.dataId ?? undefined}
						icon={Database}
						placeholder="Choose a data set"
						error={misfit?.why ?? errorOf("dataId")}
						lines={1}
						options={data.map(dataOption)}
						onChange={(id) => choose("dataId", id)}
					/>
					{misfit && form.dataId !== null && (
						<a className={styles.wayOut} href={`#${routes.data(form.dataId)}`}>
							{misfit.remedy}
						</a>
					)}
				</div>
				<div data-field="validationDataId">
					<SelectField
						label="Held-out problems"
						value={form.validationDataId ?? SHARE}
						icon={Database}
						error={errorOf("validationDataId")}
						lines={1}
						options={[
							{
								value: SHARE,
								label: "A share of the prompts",
								detail: `${format.percent(share, 0)} of the training prompts`,
							},
							...data.filter(({ id }) => id !== form.dataId).map(dataOption),
						]}
						onChange={(id) => choose("validationDataId", id === SHARE ? null : id)}
					/>
				</div>
			</div>
		</Card>
	);
}

function modelOption(model: ModelEntry): SelectOption<string> {
	const size = model.parameters === null ? null : `${sizeText(model.parameters)} parameters`;
	return {
		value: model.id,
		label: model.name,
		detail: model.refusal?.message ?? [size, model.dtype?.toLowerCase()].filter(Boolean).join(", "),
		icon: Box,
		disabled: model.state === "refused",
	};
}

function sizeText(parameters: number): string {
	if (parameters >= 1e9) return `${(parameters / 1e9).toPrecision(3)} B`;
	return parameters >= 1e6 ? `${(parameters / 1e6).toPrecision(3)} M` : format.count(parameters);
}

const STATES: Record<DataEntry["state"], string | null> = {
	reading: "still being read",
	ready: null,
	"needs-mapping": "columns not named yet",
	failed: "cannot be read",
};

function dataOption(entry: DataEntry): SelectOption<string> {
	const rows = `${format.plural(entry.usableRows, "row")}${entry.kind ? `, ${entry.kind}` : ""}`;
	return {
		value: entry.id,
		label: entry.name,
		detail: STATES[entry.state] ?? rows,
		icon: Database,
		disabled: entry.state === "failed" || entry.state === "needs-mapping",
	};
}

/** Counts of a data set once it was read; null until then. */
function useSummary(entry: DataEntry | undefined): DataSummary | null {
	const [found, setFound] = useState<{ key: string; summary: DataSummary } | null>(null);
	const key = entry?.state === "ready" ? `${entry.id} ${entry.rows}` : null;
	const id = entry?.id;
	useEffect(() => {
		if (key === null || id === undefined) return;
		let current = true;
		// Without counts nothing is said here: the plan names what is wrong with the data.
		call("data.summary", { id }).then(
			(summary) => current && setFound({ key, summary }),
			() => {},
		);
		return () => {
			current = false;
		};
	}, [key, id]);
	return found !== null && found.key === key ? found.summary : null;
}
