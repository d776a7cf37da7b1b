import { ChevronDown, RotateCcw } from "lucide-react";
import { useEffect, useState } from "react";
import type { PresetEntry } from "../../../core/contract/api-runs.ts";
import { call } from "../../api/index.ts";
import { Button, Menu, toast } from "../../ui/index.ts";
import { EMPTY_FORM, type TrainForm, withPreset } from "./form.ts";
import { useTrain } from "./store.ts";

/** The grid that the paper searched for DQO. */
const PAPER_GRID = "paper-dqo";

/** The paper's settings of each method, its grid as a button, and the way back to the defaults. */
export function Presets({ wanted }: { wanted: string | null }) {
	const [presets, setPresets] = useState<readonly PresetEntry[]>([]);
	useEffect(() => {
		// Without presets the menu is empty and the form as usable as before.
		call("runs.presets", {}).then(
			({ presets }) => setPresets(presets),
			() => {},
		);
	}, []);
	useEffect(() => {
		const preset = presets.find(({ name }) => name === wanted);
		if (preset) takePreset(preset);
	}, [presets, wanted]);
	const grid = presets.find(({ name }) => name === PAPER_GRID);
	return (
		<>
			<Menu
				trigger={
					<Button variant="quiet" iconEnd={ChevronDown}>
						Presets
					</Button>
				}
				items={[
					...presets.map((preset) => ({
						label: preset.label,
						detail: gist(preset.about),
						onSelect: () =>
							replace(withPreset(useTrain.getState().form, preset), `${preset.label} taken over`),
					})),
					...(presets.length > 0 ? (["separator"] as const) : []),
					{ label: "Reset to defaults", icon: RotateCcw, onSelect: reset },
				]}
			/>
			{grid && (
				<Button onClick={() => replace(withPreset(useTrain.getState().form, grid), "Paper grid taken over")}>
					Paper grid, GSM8K
				</Button>
			)}
		</>
	);
}

/** The first clause of what a preset says of itself, its place in the paper left out. */
function gist(about: string): string {
	const clause = about.replace(/^Appendix \w: /, "").split(/[;.] /, 1)[0] ?? "";
	return clause.charAt(0).toUpperCase() + clause.slice(1);
}

function takePreset(preset: PresetEntry): void {
	useTrain.setState(({ form }) => ({ form: withPreset(form, preset), shown: [], found: {} }));
}

function reset(): void {
	const { modelId, dataId, validationDataId, heldOutChosen, method } = useTrain.getState().form;
	replace(
		{ ...EMPTY_FORM, method, modelId, dataId, validationDataId, heldOutChosen },
		"Settings reset to their defaults",
	);
}

/** Sets the form; what was there can be had back. */
function replace(next: TrainForm, title: string): void {
	const before = useTrain.getState().form;
	useTrain.setState({ form: next, shown: [], found: {} });
	toast({
		title,
		action: { label: "Undo", onClick: () => useTrain.setState({ form: before, shown: [], found: {} }) },
	});
}
