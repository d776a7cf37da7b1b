import { type ChildProcess, fork } from "node:child_process";
import { fromFailure } from "../contract/error-body.ts";
import { AppError } from "../contract/errors.ts";
import type { EngineEvent } from "../contract/events.ts";
import {
	type JobKind,
	type JobResult,
	type JobSpec,
	jobResultSchemas,
	type SpecOf,
} from "../contract/jobs.ts";
import { fromEngineSchema, type ToEngine } from "../contract/messages.ts";
import type { PlaygroundReply, PlaygroundRequest } from "../contract/playground.ts";

/** Enough of standard error to hold a native library's complaint or a V8 report. */
const STDERR_TAIL_CHARS = 8000;

export interface StartOptions {
	/** Called in order for each event; every one of them is on disk already. */
	onEvent?: (event: EngineEvent) => void;
	/** Called in order for each reply of a job that answers requests. */
	onReply?: (reply: PlaygroundReply) => void;
	/** Module that runs in the child process, a source or built; the product's engine unless given. */
	host?: URL;
	env?: NodeJS.ProcessEnv;
}

export interface Job<Result> {
	/**
	 * What the job gives back. Rejects with the job's own AppError, with RemoteBug for a bug in it, and with AppError
	 * `engine-crashed` (`details: {exitCode, signal, stderr}`) when the process died without a word.
	 */
	readonly result: Promise<Result>;
	readonly pid: number | undefined;
	/** Asks for a checkpoint and an orderly end; the job then resolves with reason `stopped`. */
	stop(): void;
	checkpointNow(): void;
	pause(): void;
	resume(): void;
	/** Asks a job that answers requests; the replies arrive by `onReply`. */
	request(request: PlaygroundRequest): void;
	cancelRequest(requestId: string): void;
	/** Ends the process at once; `result` rejects with AppError `cancelled`. */
	kill(): void;
	/** The last characters the process wrote to standard error. */
	stderrTail(): string;
}

/** Starts one job in its own process. */
export function startJob<K extends JobKind>(
	spec: JobSpec & SpecOf<K>,
	options: StartOptions = {},
): Job<JobResult<K>> {
	const host = options.host ?? new URL("./main.ts", import.meta.url);
	const child = fork(host, [], {
		// Sources are read through tsx, by the loader's own address, because a bare name would be looked up from the
		// user's working directory; a built engine starts as it is.
		execArgv: host.pathname.endsWith(".ts") ? ["--import", import.meta.resolve("tsx")] : [],
		env: options.env ?? process.env,
		// Standard output belongs to the command's answer; the engine must not be able to write there.
		stdio: ["ignore", "ignore", "pipe", "ipc"],
	});
	const stderr = collectTail(child);
	let killed = false;
	const say = (message: ToEngine) => {
		// The engine may end at any moment; the outcome is then reported by `result`.
		if (child.connected) child.send(message, () => {});
	};
	const result = outcome(child, options).then(
		(raw) => jobResultSchemas[spec.kind].parse(raw) as JobResult<K>,
		(error: unknown) => {
			if (!(error instanceof Exit)) throw error;
			throw killed ? cancelledError() : crashError(error, stderr());
		},
	);
	say({ type: "start", spec });
	return {
		result,
		pid: child.pid,
		stop: () => say({ type: "stop" }),
		checkpointNow: () => say({ type: "checkpoint-now" }),
		pause: () => say({ type: "pause" }),
		resume: () => say({ type: "resume" }),
		request: (request) => say({ type: "request", request }),
		cancelRequest: (requestId) => say({ type: "cancel-request", requestId }),
		kill: () => {
			killed = true;
			child.kill("SIGKILL");
		},
		stderrTail: stderr,
	};
}

/** The process ended without `done` or `fatal`. */
class Exit extends Error {
	readonly exitCode: number | null;
	readonly signal: NodeJS.Signals | null;
	constructor(exitCode: number | null, signal: NodeJS.Signals | null) {
		super("engine exit");
		this.exitCode = exitCode;
		this.signal = signal;
	}
}

/** Resolves with the raw result of `done`; rejects with the failure of `fatal`, or with `Exit`. */
function outcome(child: ChildProcess, { onEvent, onReply }: StartOptions): Promise<unknown> {
	return new Promise((resolve, reject) => {
		let settle: (() => void) | null = null;
		child.on("message", (raw) => {
			// A throw in here would escape every promise, so a broken message or listener fails the job instead.
			try {
				const message = fromEngineSchema.parse(raw);
				if (message.type === "event") onEvent?.(message.event);
				else if (message.type === "reply") onReply?.(message.reply);
				else if (message.type === "done") settle ??= () => resolve(message.result);
				else settle ??= () => reject(fromFailure(message.failure));
			} catch (error) {
				settle ??= () => reject(error);
				child.kill("SIGKILL");
			}
		});
		child.on("error", reject);
		// `close` comes after the last message and the last byte of standard error.
		child.on("close", (code, signal) => (settle === null ? reject(new Exit(code, signal)) : settle()));
	});
}

function collectTail(child: ChildProcess): () => string {
	let tail = "";
	child.stderr?.setEncoding("utf8");
	child.stderr?.on("data", (text: string) => {
		tail = (tail + text).slice(-STDERR_TAIL_CHARS);
	});
	return () => tail;
}

function cancelledError(): AppError {
	return new AppError({
		code: "cancelled",
		message: "The job was ended before it could finish.",
		hint: "A training run continues from its last checkpoint with --resume.",
	});
}

function crashError(exit: Exit, stderr: string): AppError {
	const { exitCode, signal } = exit;
	const details = { exitCode, signal, stderr };
	const resumeHint = "A training run continues from its last checkpoint with --resume.";
	const heapFull = stderr.includes("JavaScript heap out of memory");
	if (heapFull || signal === "SIGKILL" || stderr.includes("std::bad_alloc")) {
		const why = heapFull
			? "its JavaScript heap was full"
			: "the system ended it, most likely because memory ran out";
		return new AppError({
			code: "engine-crashed",
			message: `The engine process died: ${why}${signal === null ? "" : ` (${signal})`}.`,
			hint: `Lower --micro-tokens or --global-batch, or turn --recompute on. ${resumeHint}`,
			details: { ...details, reason: "out-of-memory" },
		});
	}
	const how = signal === null ? `exit code ${exitCode}` : `signal ${signal}`;
	return new AppError({
		code: "engine-crashed",
		message: `The engine process died without an answer (${how})${lastLine(stderr)}.`,
		hint: `Look at details.stderr for the cause. ${resumeHint}`,
		details: { ...details, reason: signal === null ? "exit" : "signal" },
	});
}

function lastLine(stderr: string): string {
	const line = stderr
		.trimEnd()
		.split("\n")
		.findLast((text) => /error/i.test(text) && !text.trimStart().startsWith("at "));
	return line === undefined ? "" : `: ${line.trim()}`;
}
