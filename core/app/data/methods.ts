import { METHODS, type Method } from "../../contract/run.ts";
import { losses } from "../../losses/index.ts";
import type { TrainingRows } from "../../losses/loss.ts";
import type { Counts } from "./manifest.ts";

/** Whether a data set has what a kind of method learns from; see `requireRows` of core/training/rows.ts. */
const FITS: Record<TrainingRows, (counts: Counts) => boolean> = {
	responses: ({ texts }) => texts > 0,
	correct: ({ scored, examples, correct }) => scored > 0 && scored === examples && correct > 0,
	scored: ({ scored, examples }) => scored > 0 && scored === examples,
	pairs: ({ pairs, examples }) => pairs > 0 && pairs === examples,
};

/** Methods that can train on a data set. */
export function methodsFor(counts: Counts): Method[] {
	return METHODS.filter((method) => FITS[losses[method].rows](counts));
}
