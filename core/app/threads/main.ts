import { parentPort } from "node:worker_threads";
import { toFailure } from "../../contract/error-body.ts";
import { operations } from "./operations.ts";
import type { Question, Reply } from "./thread.ts";

const port = parentPort;
if (port === null) throw new Error("This module runs in a thread that core/app/threads/thread.ts starts.");
const say = (reply: Reply): void => port.postMessage(reply);

port.on("message", async ({ id, operation, input }: Question) => {
	// The input belongs to the operation of that name: `Thread.ask` ties the two together.
	const run = operations[operation] as (input: unknown, onProgress: (progress: unknown) => void) => unknown;
	try {
		const output = await run(input, (progress) => say({ type: "progress", id, progress }));
		say({ type: "done", id, output });
	} catch (error) {
		say({ type: "failed", id, failure: toFailure(error) });
	}
});
