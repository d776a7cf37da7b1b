import { mul, neg } from "../graph/ops/index.ts";
import type { LossSpec } from "./loss.ts";

/** Cross-entropy of the response tokens, `-log pi(a_h | s_h)`, a mean over tokens. */
export const sft: LossSpec = {
	rows: "responses",
	needsReference: false,
	needsValue: false,
	needsBaseline: false,
	reduction: "token",
	build: ({ logProbs, mask }) => ({ policy: mul(neg(logProbs), mask), value: null, diagnostics: {} }),
};
