/** Rebuilds the whole starter kit: `npx tsx tools/starter/build.ts [--untrained] [--into <folder>]`. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { parseHfConfig } from "../../core/models/config.ts";
import { type TensorSource, writeSafetensors } from "../../core/models/hf/safetensors.ts";
import { atomicWrite } from "../../core/store/files.ts";
import { loadTokenizer } from "../../core/tokenizers/tokenizer.ts";
import { untrainedFiles, writeFiles } from "./files.ts";
import { measure, withMeasurement } from "./measure.ts";
import { drawSplit } from "./problems.ts";
import { RECIPE } from "./recipe.ts";
import { phaseTrajectories, trainPhase } from "./train.ts";
import { initialWeights } from "./weights.ts";

const { values: options } = parseArgs({
	options: { untrained: { type: "boolean", default: false }, into: { type: "string" } },
});
const kit = options.into ?? fileURLToPath(new URL("../../resources/starter", import.meta.url));
const modelDir = join(kit, "model");

const files = untrainedFiles(RECIPE);
writeFiles(kit, files);
console.log(`wrote data, tokenizer and config.json into ${kit}`);

if (!options.untrained) {
	const hfConfig = JSON.parse(files.get("model/config.json") ?? "") as object;
	const config = parseHfConfig(hfConfig);
	const tokenizer = await loadTokenizer(modelDir);
	let tensors: Map<string, TensorSource> = initialWeights(RECIPE, hfConfig);
	for (const name of ["clean", "habits"] as const) {
		const phase = RECIPE[name];
		const trajectories = phaseTrajectories(name, phase, RECIPE.seed, tokenizer);
		const started = performance.now();
		let loss = 0;
		tensors = await trainPhase({ config, tensors }, trajectories, phase, RECIPE.seed, (step, stepLoss) => {
			loss += stepLoss;
			if (step % 50 !== 0) return;
			const seconds = Math.round((performance.now() - started) / 1000);
			console.log(
				`${name}: step ${step} of ${phase.steps}, mean loss ${(loss / 50).toFixed(4)}, ${seconds} s`,
			);
			loss = 0;
		});
	}
	writeSafetensors(join(modelDir, "model.safetensors"), tensors, { format: "pt" });
	console.log("wrote model.safetensors");

	const measurement = await measure(modelDir, drawSplit("test", RECIPE.splits.test, RECIPE.seed));
	console.log(JSON.stringify(measurement, null, 2));
	const card = join(kit, "README.md");
	if (existsSync(card)) atomicWrite(card, withMeasurement(readFileSync(card, "utf8"), measurement));
}
