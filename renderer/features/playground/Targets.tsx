import { Plus, X } from "lucide-react";
import type { ModelRef } from "../../../core/contract/api-common.ts";
import { runColor } from "../../app/colors.ts";
import { useStudio } from "../../app/store.ts";
import { Button, format, IconButton, Select, StatusDot } from "../../ui/index.ts";
import { ModelPicker } from "../shared/ModelPicker.tsx";
import { refOf } from "../shared/model-options.ts";
import { useModelOptions } from "../shared/useModelOptions.ts";
import styles from "./Playground.module.css";
import { MAX_TARGETS, withCheckpoint } from "./request.ts";
import { usePlayground } from "./store.ts";
import type { Target } from "./useTargets.ts";

/** Which models answer: the base at the left, checkpoints right of it. */
export function Targets({ targets }: { targets: readonly Target[] }) {
	const choices = useModelOptions();
	const runs = useStudio((s) => s.runs) ?? [];
	const refs = targets.map(({ ref }) => ref);
	const setRefs = (next: readonly ModelRef[]) => usePlayground.setState({ targets: next });
	const unused = choices.find(({ value }) => !refs.some((ref) => `${ref.type}:${ref.id}` === value));
	const added = unused ?? choices[0];
	return (
		<section className={styles.targets} aria-label="Models that answer">
			{targets.map(({ ref, detail }, i) => {
				const value = `${ref.type}:${ref.id}`;
				const known = choices.some((choice) => choice.value === value)
					? choices
					: [...choices, { value, label: detail?.summary.name ?? ref.id, detail: "", metric: "" }];
				return (
					// biome-ignore lint/suspicious/noArrayIndexKey: the same model may stand in two places.
					<div key={i} className={styles.target}>
						<StatusDot color={ref.type === "run" ? runColor(runs, ref.id) : "var(--text-3)"} />
						<ModelPicker
							label={`Model ${i + 1}`}
							value={value}
							options={known}
							onChange={(next) => setRefs(refs.with(i, refOf(next)))}
						/>
						{ref.type === "run" && (
							<Select
								label={`Checkpoint of model ${i + 1}`}
								value={String(ref.checkpoint)}
								options={[
									{ value: "best", label: "Best" },
									{ value: "last", label: "Last" },
									...(detail?.checkpoints ?? []).map(({ step }) => ({
										value: String(step),
										label: `Step ${format.count(step)}`,
									})),
								]}
								onChange={(next) => setRefs(refs.with(i, withCheckpoint(ref, next)))}
							/>
						)}
						{refs.length > 1 && (
							<IconButton
								icon={X}
								label={`Remove model ${i + 1}`}
								onClick={() => setRefs(refs.toSpliced(i, 1))}
							/>
						)}
					</div>
				);
			})}
			{refs.length < MAX_TARGETS && added && (
				<Button icon={Plus} onClick={() => setRefs([...refs, refOf(added.value)])}>
					Add a model
				</Button>
			)}
		</section>
	);
}
