import { PROMPT_TEMPLATES } from "../../../core/contract/task.ts";
import { useStudio } from "../../app/store.ts";
import { NumberField, Row, Select } from "../../ui/index.ts";
import styles from "./DataPage.module.css";
import { useLimits } from "./limits.ts";

const TEMPLATES = [
	{ value: PROMPT_TEMPLATES.plain, label: "Plain prompt" },
	{ value: PROMPT_TEMPLATES.gsm8k, label: "GSM8K template" },
	{ value: PROMPT_TEMPLATES.math, label: "MATH template" },
];

/** For which model, template and limit tokens and lengths are shown. */
export function LimitsBar() {
	const models = useStudio((state) => state.models);
	const limits = useLimits();
	const ready = (models ?? []).filter(({ state }) => state === "ready");
	return (
		<Row gap={8} wrap>
			<Select
				small
				label="Model whose tokens are shown"
				value={limits.modelId}
				onChange={(modelId) => useLimits.setState({ modelId })}
				options={ready.map(({ id, name }) => ({ value: id, label: name }))}
			/>
			<Select
				small
				label="Prompt template"
				value={TEMPLATES.find(({ value }) => value === limits.template)?.value}
				onChange={(template) => useLimits.setState({ template })}
				options={TEMPLATES}
			/>
			<NumberField
				label="Longest response, tokens"
				hideLabel
				lines={0}
				unit="tokens a response"
				className={styles.limit}
				value={limits.maxResponseTokens}
				onChange={(value) => value !== undefined && useLimits.setState({ maxResponseTokens: value })}
				integer
				min={1}
				max={1_000_000}
			/>
		</Row>
	);
}
