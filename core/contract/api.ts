import { z } from "zod";
import { appApi } from "./api-app.ts";
import { countSchema, idSchema } from "./api-common.ts";
import { dataApi, dataEntrySchema } from "./api-data.ts";
import type { HandlersOf } from "./api-method.ts";
import { modelsApi } from "./api-models.ts";
import { playgroundApi, playgroundEventSchema } from "./api-playground.ts";
import { runSummarySchema, runsApi } from "./api-runs.ts";
import { sweepSummarySchema, sweepsApi } from "./api-sweeps.ts";
import { taskStateSchema, tasksApi } from "./api-tasks.ts";
import { failureSchema } from "./error-body.ts";
import { engineEventSchema } from "./events.ts";

/**
 * Every call that a window can make of the program behind it. The preload, the router, the browser's client and the types
 * of both sides derive from this one map.
 */
export const api = {
	...appApi,
	...dataApi,
	...modelsApi,
	...runsApi,
	...sweepsApi,
	...tasksApi,
	...playgroundApi,
} as const;
export type Api = typeof api;
export type ApiMethod = keyof Api;
/** What a caller gives; fields with a default may be left out. */
export type ApiInput<M extends ApiMethod> = z.input<Api[M]["input"]>;
export type ApiOutput<M extends ApiMethod> = z.output<Api[M]["output"]>;
export type ApiHandlers = HandlersOf<Api>;

/** What the program tells every window without being asked. */
export const pushSchema = z.discriminatedUnion("type", [
	/** A list or an entry differs from what was last asked for; ask again. At most four a second for each topic. */
	z.strictObject({
		type: z.literal("changed"),
		topic: z.enum(["data", "models", "runs", "sweeps", "tasks", "queue", "devices", "settings"]),
	}),
	/** An entry of a list as it is now, so that lists need not be asked for again while things move. */
	z.strictObject({ type: z.literal("data"), entry: dataEntrySchema }),
	z.strictObject({ type: z.literal("run"), run: runSummarySchema }),
	z.strictObject({ type: z.literal("sweep"), sweep: sweepSummarySchema }),
	z.strictObject({ type: z.literal("task"), task: taskStateSchema }),
	/** Events of a run that this window watches, in order without gaps. */
	z.strictObject({ type: z.literal("run-events"), id: idSchema, events: z.array(engineEventSchema) }),
	z.strictObject({ type: z.literal("playground"), event: playgroundEventSchema }),
	/** Completions of a `values.retry` that are written so far. */
	z.strictObject({ type: z.literal("retry"), requestId: idSchema, done: countSchema, total: countSchema }),
	/** Something ended that the user may want to hear of. */
	z.strictObject({
		type: z.literal("notice"),
		level: z.enum(["good", "warn", "bad"]),
		title: z.string(),
		text: z.string(),
		/** Where to look: a route of the renderer such as `/runs/ID`. */
		route: z.string().nullable(),
	}),
	/** The user chose an entry of the native menu: the page does what its shortcut of these keys does, such as "mod+K". */
	z.strictObject({ type: z.literal("shortcut"), keys: z.string() }),
]);
export type Push = z.infer<typeof pushSchema>;

/** A message from a window. `watch` starts the stream of a run's events after a sequence number; null ends it. */
export const fromWindowSchema = z.discriminatedUnion("type", [
	z.strictObject({ type: z.literal("call"), id: z.int(), method: z.string(), input: z.unknown() }),
	z.strictObject({ type: z.literal("watch"), runId: idSchema, after: countSchema.nullable() }),
]);
export type FromWindow = z.infer<typeof fromWindowSchema>;

/** A message to a window. */
export const toWindowSchema = z.discriminatedUnion("type", [
	z.strictObject({ type: z.literal("result"), id: z.int(), output: z.unknown() }),
	z.strictObject({ type: z.literal("error"), id: z.int(), failure: failureSchema }),
	z.strictObject({ type: z.literal("push"), push: pushSchema }),
]);
export type ToWindow = z.infer<typeof toWindowSchema>;

/**
 * What a shell gives the page, whatever carries it: Electron's preload puts it on `window.dqo`, the browser's client
 * builds it over a WebSocket.
 */
export interface Bridge {
	send(message: FromWindow): void;
	/** Called for each message; returns a function that ends it. */
	onMessage(listener: (message: ToWindow) => void): () => void;
	/** Connection lost or back; Electron never calls it. */
	onConnection(listener: (connected: boolean) => void): () => void;
	/** Path of a dropped file for `data.add`: in Electron its own, in a browser that of the uploaded copy. */
	pathOf(file: File, onProgress?: (done: number, total: number) => void): Promise<string>;
}
