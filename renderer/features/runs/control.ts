import type { ApiInput } from "../../../core/contract/api.ts";
import { call } from "../../api/index.ts";
import { messageOf } from "../../app/store.ts";
import { toast } from "../../ui/index.ts";

type Action = ApiInput<"runs.control">["action"];

const WORDS: Record<Action, string> = {
	pause: "paused",
	continue: "continued",
	stop: "stopped",
	checkpoint: "saved",
	kill: "ended",
};

/** Asks a run for something; says so where it cannot. */
export async function control(id: string, action: Action): Promise<void> {
	try {
		await call("runs.control", { id, action });
		if (action === "checkpoint") toast({ title: "A checkpoint is written after this step" });
	} catch (error) {
		toast({ tone: "bad", title: `The run was not ${WORDS[action]}`, detail: messageOf(error) });
	}
}

/** Goes on from the last checkpoint. */
export async function resume(id: string, fields: ApiInput<"runs.resume">["fields"] = {}): Promise<void> {
	try {
		await call("runs.resume", { id, fields });
	} catch (error) {
		toast({ tone: "bad", title: "The run was not resumed", detail: messageOf(error) });
	}
}
