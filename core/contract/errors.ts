/** The closed set of expected failures. Anything that is not an `AppError` is a bug and is shown as one. */
export const ERROR_CODES = [
	"usage", // the command line or a call was given wrong arguments
	"config-invalid", // a run or model configuration breaks a rule
	"file-missing",
	"file-unreadable", // there, but permission, encoding or I/O forbids reading it
	"file-corrupt", // truncated or inconsistent (safetensors, checkpoint, parquet, gzip)
	"data-invalid", // a data set's rows have problems
	"data-empty",
	"model-unsupported", // family, dtype or feature that we do not train
	"tokenizer-unsupported",
	"graph-invalid", // a graph that fails validation
	"provider-unavailable", // execution provider cannot be loaded
	"out-of-memory",
	"disk-full",
	"diverged", // the watchdog stopped the run
	"cancelled",
	"engine-crashed",
	"run-exists",
	"run-missing",
	"resume-mismatch", // resumed with a configuration or data that differs
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export interface ErrorBody {
	code: ErrorCode;
	/** What went wrong and where, in one sentence. */
	message: string;
	/** What the user can do next. */
	hint: string;
	details?: unknown;
}

/** An expected failure, shown to the user as written. */
export class AppError extends Error {
	readonly code: ErrorCode;
	readonly hint: string;
	readonly details: unknown;

	constructor(body: ErrorBody, options?: { cause?: unknown }) {
		super(body.message, options);
		this.name = "AppError";
		this.code = body.code;
		this.hint = body.hint;
		this.details = body.details;
	}

	toBody(): ErrorBody {
		const body: ErrorBody = { code: this.code, message: this.message, hint: this.hint };
		return this.details === undefined ? body : { ...body, details: this.details };
	}
}
