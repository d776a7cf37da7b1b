import { PROMPT_TEMPLATES } from "../../../core/contract/task.ts";
import { useStudio } from "../../app/store.ts";
import { Row, Select } from "../../ui/index.ts";
import { useLimits } from "./limits.ts";

const LENGTHS = ["64", "128", "256", "512", "1024", "2048", "4096"] as const;
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
			<Select
				small
				label="Longest response, tokens"
				value={LENGTHS.find((one) => Number(one) === limits.maxResponseTokens)}
				placeholder={`max response ${limits.maxResponseTokens}`}
				onChange={(value) => useLimits.setState({ maxResponseTokens: Number(value) })}
				options={LENGTHS.map((value) => ({ value, label: `max response ${value}` }))}
			/>
		</Row>
	);
}
