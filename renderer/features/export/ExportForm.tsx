import { type ReactNode, useState } from "react";
import type { RunSummary } from "../../../core/contract/api-runs.ts";
import type { SweepSummary } from "../../../core/contract/api-sweeps.ts";
import type { ExportFormat } from "../../../core/contract/api-tasks.ts";
import type { ExportDtype } from "../../../core/contract/exports.ts";
import { useStudio } from "../../app/store.ts";
import { Banner, Card, Checkbox, ErrorNote, Field, format, Segmented, SelectField } from "../../ui/index.ts";
import { checkpointOptions, toCheckpoint } from "./checkpoints.ts";
import styles from "./Export.module.css";
import { ExportPlan } from "./ExportPlan.tsx";
import { FormatCards } from "./FormatCards.tsx";
import { Place } from "./Place.tsx";
import { useRunDetail } from "./useExportRuns.ts";
import { useFormats } from "./useFormats.ts";

/** "" keeps each tensor's own. */
type Dtype = "" | ExportDtype;

const DTYPES: Record<Dtype, { label: string; about: string }> = {
	"": { label: "As trained", about: "Every weight in the format that it has." },
	F32: { label: "F32", about: "Float32: exact, four bytes a weight." },
	F16: { label: "F16", about: "Float16: two bytes a weight, rounded to 11 bits." },
	BF16: { label: "BF16", about: "Bfloat16: two bytes a weight, rounded to 8 bits, the range of float32." },
	Q8_0: {
		label: "Q8_0",
		about: "About one byte a weight: whole numbers up to 127, a scale for each 32 of them.",
	},
	INT8: { label: "INT8", about: "About one byte a weight, rounded to 255 steps with a scale for each 32." },
};

interface Props {
	/** With a checkpoint, one at least. */
	runs: readonly RunSummary[];
	/** The run of the address. */
	wanted: string | null;
	/** Below the form. */
	children?: ReactNode;
}

/** Run, checkpoint, format, weights and place on the left; what that writes, and the one commit, on the right. */
export function ExportForm({ runs, wanted, children }: Props) {
	const sweeps = useStudio((state) => state.sweeps);
	const [runId, setRunId] = useState<string>();
	const [chosen, setChosen] = useState<string>();
	const [formatId, setFormatId] = useState<ExportFormat["format"]>("hf");
	const [dtype, setDtype] = useState<Dtype>("");
	const [withValue, setWithValue] = useState(true);
	const [parentDir, setParentDir] = useState<string | null>(null);
	const run = runs.find(({ id }) => id === (runId ?? wanted)) ?? (runs[0] as RunSummary);
	const detail = useRunDetail(run.id, run.lastSavedStep);
	const checkpoints = detail === null ? [] : checkpointOptions(detail);
	const option = checkpoints.find(({ value }) => value === chosen) ?? checkpoints[0];
	const checkpoint = toCheckpoint(option?.value ?? "best");
	const { found, error, loading } = useFormats(run.id, checkpoint, parentDir);
	const formats = found?.formats ?? [];
	const possible = formats.filter(({ available }) => available);
	const target = possible.find((one) => one.format === formatId) ?? possible[0];
	const dtypes: readonly Dtype[] = target?.dtypes.length ? ["", ...target.dtypes] : [""];
	const kept: Dtype = dtypes.includes(dtype) ? dtype : "";
	const missing = wanted !== null && runId === undefined && run.id !== wanted;
	return (
		<div className={styles.columns}>
			<div className={styles.main}>
				{missing && (
					<Banner tone="warn" title="That run has no checkpoint yet.">
						Another run is chosen below.
					</Banner>
				)}
				<Card title="Checkpoint">
					<div className={styles.pair}>
						<SelectField
							label="Run"
							value={run.id}
							onChange={(id) => {
								setRunId(id);
								setChosen(undefined);
							}}
							options={runs.map((one) => ({ value: one.id, label: one.name, detail: aboutRun(one, sweeps) }))}
							lines={0}
						/>
						<SelectField
							label="Checkpoint"
							value={option?.value}
							onChange={setChosen}
							options={checkpoints}
							placeholder={detail === null ? "Looking" : "None"}
							lines={0}
						/>
					</div>
				</Card>
				<Card
					title="Format"
					note={target || loading ? undefined : "None of them can be written from this checkpoint."}
				>
					{error !== null && <ErrorNote error={error} />}
					<FormatCards formats={formats} value={target?.format} dtype={kept} onChange={setFormatId} />
					<div className={styles.dtype}>
						<Field
							label="Weights"
							hint={target?.dtypes.length === 0 ? ADAPTER_WEIGHTS : DTYPES[kept].about}
							lines={1}
						>
							{({ id }) => (
								<div className={styles.fit}>
									<Segmented<Dtype>
										id={id}
										label="Weights"
										value={kept}
										onChange={setDtype}
										disabled={!target?.dtypes.length}
										options={dtypes.map((value) => ({
											value,
											label: DTYPES[value].label,
											title: DTYPES[value].about,
										}))}
									/>
								</div>
							)}
						</Field>
						{target?.valueHeadBytes != null && (
							<Checkbox
								label="Value function"
								hint="In a folder of its own beside the model, which works without it."
								checked={withValue}
								onChange={setWithValue}
							/>
						)}
					</div>
				</Card>
				<Place value={parentDir} defaultDir={found?.defaultDir ?? null} onChange={setParentDir} />
				{children}
			</div>
			<ExportPlan
				run={run}
				checkpoint={checkpoint}
				from={option?.label ?? null}
				target={target}
				dtype={kept}
				valueHead={withValue}
				parentDir={parentDir}
				found={found}
				loading={loading}
			/>
		</div>
	);
}

const ADAPTER_WEIGHTS = "An adapter stays float32, as it was trained.";

function aboutRun(run: RunSummary, sweeps: readonly SweepSummary[] | null): string {
	const { sweepId, modelName, bestAccuracy, finishedAt, createdAt } = run;
	const accuracy = bestAccuracy === null ? "not measured" : `${format.percent(bestAccuracy)} held-out`;
	const sweep = sweepId === null ? [] : [sweeps?.find(({ id }) => id === sweepId)?.name ?? "of a sweep"];
	return [...sweep, modelName, accuracy, format.ago(finishedAt ?? createdAt)].join(" · ");
}
