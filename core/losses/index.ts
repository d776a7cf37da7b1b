import type { Method } from "../contract/run.ts";
import { dqo } from "./dqo.ts";
import type { LossSpec } from "./loss.ts";
import { sft } from "./sft.ts";

/** Every training method's loss; a method that is forgotten here does not compile. */
export const losses = { sft, dqo } satisfies Record<Method, LossSpec>;
