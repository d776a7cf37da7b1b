import type { Method } from "../../core/contract/run.ts";

/** Methods that learn a value function. */
export const HAS_VALUE: Record<Method, boolean> = {
	sft: false,
	rs: false,
	dpo: false,
	kto: false,
	dro: true,
	dqo: true,
};

/** Methods that are held against the reference policy. */
export const HAS_REFERENCE: Record<Method, boolean> = {
	sft: false,
	rs: false,
	dpo: true,
	kto: true,
	dro: true,
	dqo: true,
};
