import { samplingConfigSchema } from "../../../core/contract/sampling.ts";
import { Checkbox, Disclosure, format, NumberField } from "../../ui/index.ts";
import type { Draft } from "./draft.ts";
import type { MakeKind } from "./kinds.ts";
import styles from "./Making.module.css";

const about = samplingConfigSchema.shape;
const SHAPING = [
	{ field: "temperature", label: "Temperature", min: 1e-3 },
	{ field: "topK", label: "Top-k", min: 0, integer: true },
	{ field: "threshold", label: "Threshold", min: 0, max: 1 },
	{ field: "topP", label: "Top-p", min: 1e-6, max: 1 },
] as const;

/** How responses are drawn; begins with the paper's values. */
export function SamplingFields({
	kind,
	draft,
	onChange,
}: {
	kind: MakeKind;
	draft: Draft;
	onChange: (part: Partial<Draft>) => void;
}) {
	const summary = draft.greedy
		? "greedy"
		: `temperature ${format.number(draft.temperature)}, top-k ${format.number(draft.topK)}, threshold ${format.number(draft.threshold)}, top-p ${format.number(draft.topP)}`;
	return (
		<>
			<div className={styles.row}>
				<NumberField
					label={kind === "generate" ? "Samples per prompt" : "Completions per step"}
					help={kind === "generate" ? about.n.description : "Drawn of each beginning, until one is correct."}
					value={draft.n}
					onChange={(n) => onChange({ n })}
					integer
					min={1}
					lines={1}
				/>
				<NumberField
					label="Longest response"
					unit="tokens"
					help={about.maxNewTokens.description}
					value={draft.maxNewTokens}
					onChange={(maxNewTokens) => onChange({ maxNewTokens })}
					integer
					min={1}
					lines={1}
				/>
				<NumberField
					label="Longest prompt"
					unit="tokens"
					help="Longer prompts are left out and counted."
					value={draft.maxPromptTokens}
					onChange={(maxPromptTokens) => onChange({ maxPromptTokens })}
					integer
					min={1}
					lines={1}
				/>
			</div>
			<Disclosure title="Sampling" summary={summary}>
				<div className={styles.row}>
					{SHAPING.map(({ field, label, ...rule }) => (
						<NumberField
							key={field}
							label={label}
							help={about[field].description}
							value={draft[field]}
							onChange={(value) => onChange({ [field]: value })}
							disabled={draft.greedy}
							lines={1}
							{...rule}
						/>
					))}
					<NumberField
						label="Seed"
						help={about.seed.description}
						value={draft.seed}
						onChange={(seed) => onChange({ seed })}
						integer
						min={0}
						lines={1}
					/>
					{kind === "generate" && (
						<div className={styles.check}>
							<Checkbox
								label="Greedy"
								checked={draft.greedy}
								onChange={(greedy) => onChange(greedy ? { greedy, n: 1 } : { greedy })}
							/>
						</div>
					)}
				</div>
			</Disclosure>
		</>
	);
}
