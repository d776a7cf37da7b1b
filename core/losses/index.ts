import type { Method } from "../contract/run.ts";
import { dpo } from "./dpo.ts";
import { dqo } from "./dqo.ts";
import { dro } from "./dro.ts";
import { kto } from "./kto.ts";
import type { LossSpec } from "./loss.ts";
import { rs } from "./rs.ts";
import { sft } from "./sft.ts";

/** Every training method's loss; a method that is forgotten here does not compile. */
export const losses = { sft, rs, dpo, kto, dro, dqo } satisfies Record<Method, LossSpec>;
