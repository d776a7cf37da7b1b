import { PROMPT_TEMPLATES } from "../../../core/contract/task.ts";
import { Select, TextArea } from "../../ui/index.ts";

type Known = keyof typeof PROMPT_TEMPLATES;
const NAMES: Record<Known, string> = { plain: "Plain", gsm8k: "GSM8K", math: "MATH" };
const KNOWN: readonly Known[] = ["plain", "gsm8k", "math"];

/** The text put around each problem: one of the paper's, or one's own. */
export function TemplateField({ value, onChange }: { value: string; onChange: (text: string) => void }) {
	const known = KNOWN.find((name) => PROMPT_TEMPLATES[name] === value);
	return (
		<TextArea
			label="Prompt template"
			help="Put around each problem; the model's chat template comes after it."
			aside={
				<Select<Known | "own">
					small
					label="Template of the paper"
					value={known ?? "own"}
					onChange={(name) => name !== "own" && onChange(PROMPT_TEMPLATES[name])}
					options={[
						...KNOWN.map((name) => ({ value: name, label: NAMES[name] })),
						...(known ? [] : [{ value: "own" as const, label: "Own text" }]),
					]}
				/>
			}
			value={value}
			onChange={onChange}
			rows={2}
			mono
			lines={0}
			error={value.split("{problem}").length === 2 ? undefined : "It must hold {problem} exactly once."}
		/>
	);
}
