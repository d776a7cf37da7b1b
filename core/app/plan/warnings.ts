import type { Plan } from "../../contract/api-runs.ts";
import type { RunConfig } from "../../contract/run.ts";
import { wilson } from "../../grading/wilson.ts";
import { loadPreset } from "../../store/presets.ts";
import type { RunService } from "../runs/service.ts";
import type { Points } from "./points.ts";
import type { TrainingFacts } from "./thread-operations.ts";

type Warning = Plan["warnings"][number];

const MANY_RUNS = 100;
/** Fewer held-out problems than this tell runs apart only when they differ a lot. */
const FEW_PROBLEMS = 100;
const CUT_SHARE = 0.05;
/** KTO's baseline is a mean over a step's mismatched prompts and responses. */
const KTO_LEAST_BATCH = 16;

/** Fields that change neither the course of a run nor its result. */
const WITHOUT_EFFECT = new Set<keyof RunConfig>([
	"threads",
	"provider",
	"microTokens",
	"recompute",
	"keepCheckpoints",
]);

/** What to think over before the start; nothing here keeps it from starting. */
export function warningsOf(points: Points, facts: TrainingFacts | null, runs: RunService): Warning[] {
	const [first] = points.configs;
	if (first === undefined) return [];
	return [
		...sizeWarnings(points),
		...repeated(points.configs, runs),
		...rateWarnings(first),
		...ktoWarnings(first),
		...precisionWarnings(first),
		...(facts === null ? [] : factWarnings(first, facts)),
	];
}

function sizeWarnings({ configs, merged }: Points): Warning[] {
	const warnings: Warning[] = [];
	if (configs.length > MANY_RUNS) {
		const text = `${configs.length} runs. Fewer values, or successive halving, find nearly as much in less time.`;
		warnings.push({ title: "Many runs", text, field: "space" });
	}
	if (merged > 0) {
		const text = `${merged} combination${merged === 1 ? " comes" : "s come"} to the same run as another and ${merged === 1 ? "is" : "are"} made once.`;
		warnings.push({ title: "Repeated values", text, field: "space" });
	}
	return warnings;
}

function repeated(configs: readonly RunConfig[], runs: RunService): Warning[] {
	const wanted = new Set(configs.map(courseOf));
	const done = runs.known().filter(({ config, summary }) => {
		const over = summary.state === "completed" || summary.state === "running";
		return over && config !== null && wanted.has(courseOf(config));
	});
	const [one] = done;
	if (one === undefined) return [];
	const count = new Set(done.map(({ config }) => (config === null ? "" : courseOf(config)))).size;
	const text =
		configs.length === 1
			? `${one.summary.name} has the same settings, and the same settings give the same result.`
			: `${count} of the ${configs.length} runs were trained already, such as ${one.summary.name}.`;
	return [{ title: "Trained already", text, field: null }];
}

function courseOf(config: RunConfig): string {
	const fields = Object.entries(config).filter(([name]) => !WITHOUT_EFFECT.has(name as keyof RunConfig));
	return JSON.stringify(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The paper trained every weight; LoRA wants about ten times its rates. */
function rateWarnings({ method, lr, adapter }: RunConfig): Warning[] {
	const { grid, run } = loadPreset(`paper-${method}`);
	const rates = [...(grid.lr ?? []), run.lr].filter((rate) => typeof rate === "number");
	if (rates.length === 0) return [];
	const factor = adapter.type === "lora" ? 10 : 1;
	const [least, most] = [factor * Math.min(...rates), factor * Math.max(...rates)];
	if (lr >= least / 30 && lr <= most * 30) return [];
	const range = least === most ? rateText(least) : `${rateText(least)} to ${rateText(most)}`;
	const far = lr > most ? "may diverge" : "may learn next to nothing";
	const text = `The paper's rates for ${method.toUpperCase()} come to ${range} here; ${rateText(lr)} ${far}. Small models take higher rates.`;
	return [{ title: "Learning rate far from the paper's", text, field: "lr" }];
}

/** `5e-6`, as the form writes it. */
function rateText(rate: number): string {
	const rounded = Number(rate.toPrecision(6));
	return rounded < 1e-3 ? rounded.toExponential() : String(rounded);
}

function ktoWarnings({ method, globalBatch }: RunConfig): Warning[] {
	if (method !== "kto" || globalBatch >= KTO_LEAST_BATCH) return [];
	const text = `KTO estimates its baseline from the ${globalBatch} responses of a step; fewer than ${KTO_LEAST_BATCH} make it noisy.`;
	return [{ title: "Small batch for KTO", text, field: "globalBatch" }];
}

/** What was measured for the estimate is the CPU in float32. */
function precisionWarnings({ precision, provider }: RunConfig): Warning[] {
	if (provider === "cpu" && precision !== "f32") {
		const text =
			"Half precision is for GPUs: on a CPU it takes longer and saves nothing but memory for weights.";
		return [{ title: "Half precision on a CPU", text, field: "precision" }];
	}
	if (precision === "f32" && (provider === "cpu" || provider === "auto")) return [];
	const text =
		"Memory and time go by the same formulas as on a CPU in float32, where they were measured; here they were not.";
	return [{ title: "An estimate that was not measured", text, field: null }];
}

function factWarnings(config: RunConfig, facts: TrainingFacts): Warning[] {
	const warnings: Warning[] = [];
	const { heldOut, trajectories, cut, skipped } = facts;
	if (config.task === null || heldOut.prompts === 0) {
		const text =
			heldOut.items === 0
				? "Nothing is held out, so no checkpoint can be called the best."
				: "No held-out problem has a reference to grade by, so checkpoints are chosen by the held-out loss.";
		warnings.push({ title: "No held-out accuracy", text, field: "validationDataId" });
	} else if (heldOut.prompts < FEW_PROBLEMS) {
		const [low, high] = wilson(Math.round(heldOut.prompts / 2), heldOut.prompts);
		const points = Math.round(50 * (high - low));
		const text = `With ${heldOut.prompts} ${heldOut.prompts === 1 ? "problem" : "problems"} an accuracy is known to ± ${points} points; smaller differences are chance.`;
		warnings.push({ title: "Few held-out problems", text, field: "validationDataId" });
	}
	if (cut > CUT_SHARE * trajectories) {
		const text = `${cut} of ${trajectories} responses are longer than ${config.maxResponseTokens} tokens and lose their end, where the answer stands.`;
		warnings.push({ title: "Responses are cut", text, field: "maxResponseTokens" });
	}
	if (skipped > CUT_SHARE * (trajectories + skipped)) {
		const text = `${skipped} rows have prompts longer than ${config.maxPromptTokens} tokens and are left out.`;
		warnings.push({ title: "Prompts are left out", text, field: "maxPromptTokens" });
	}
	return warnings;
}
