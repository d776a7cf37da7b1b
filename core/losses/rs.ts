import type { LossSpec } from "./loss.ts";
import { sft } from "./sft.ts";

/** Rejection sampling (RAFT): supervised fine-tuning on the sampled responses that are correct. */
export const rs: LossSpec = { ...sft, rows: "correct" };
