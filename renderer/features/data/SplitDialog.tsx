import { useState } from "react";
import type { DataEntry } from "../../../core/contract/api-data.ts";
import { call } from "../../api/index.ts";
import { announce, Button, Dialog, ErrorNote, format, NumberField } from "../../ui/index.ts";
import { stemOf } from "../making/index.ts";
import { useAnswer } from "../shared/useAnswer.ts";

/** Divides a data set by prompt into new files. */
export function SplitDialog({ entry, onClose }: { entry: DataEntry; onClose: () => void }) {
	const { value: summary } = useAnswer("data.summary", { id: entry.id });
	const [validation, setValidation] = useState<number | undefined>(10);
	const [test, setTest] = useState<number | undefined>(10);
	const [seed, setSeed] = useState<number | undefined>(0);
	const [error, setError] = useState<unknown>(null);
	const [v, t] = [(validation ?? 0) / 100, (test ?? 0) / 100];
	const prompts = summary?.prompts ?? null;
	const part = (share: number) =>
		prompts === null ? "" : `about ${format.count(Math.round(share * prompts))} prompts`;
	const start = () =>
		call("tasks.start", {
			kind: "split",
			name: stemOf(entry.name),
			dataId: entry.id,
			validation: v,
			test: t,
			seed: seed ?? 0,
		}).then(() => {
			announce(`${entry.name} is being split`);
			onClose();
		}, setError);
	return (
		<Dialog
			open
			onOpenChange={(open) => !open && onClose()}
			title={`Split ${entry.name}`}
			description="All responses of a prompt fall on one side. New files are made; this one stays."
			footer={
				<>
					<Button onClick={onClose}>Cancel</Button>
					<Button variant="primary" disabled={v + t >= 1 || v + t <= 0} onClick={() => void start()}>
						Split
					</Button>
				</>
			}
		>
			<NumberField
				label="Validation"
				unit="%"
				value={validation}
				onChange={setValidation}
				min={0}
				max={90}
				hint={part(v)}
			/>
			<NumberField label="Test" unit="%" value={test} onChange={setTest} min={0} max={90} hint={part(t)} />
			<NumberField
				label="Seed"
				value={seed}
				onChange={setSeed}
				min={0}
				integer
				hint={`${part(1 - v - t)} left to train on`}
			/>
			{error !== null && <ErrorNote error={error} />}
		</Dialog>
	);
}
