import type { Failure } from "../../core/contract/error-body.ts";
import type { ErrorBody, ErrorCode } from "../../core/contract/errors.ts";

/** A call that failed. `failure` says whether it is an expected error, with a hint, or a bug, with its stack. */
export class ApiError extends Error {
	readonly failure: Failure;

	constructor(failure: Failure) {
		super(failure.kind === "expected" ? failure.error.message : failure.message);
		this.name = "ApiError";
		this.failure = failure;
	}

	/** Code of an expected error; null for a bug. */
	get code(): ErrorCode | null {
		return this.failure.kind === "expected" ? this.failure.error.code : null;
	}

	/** What the user can do next; null for a bug. */
	get hint(): string | null {
		return this.failure.kind === "expected" ? this.failure.error.hint : null;
	}
}

export function expected(error: ErrorBody): ApiError {
	return new ApiError({ kind: "expected", error });
}

/** The program went away while a call was under way; whether it was done cannot be known. */
export function connectionLost(): ApiError {
	return expected({
		code: "cancelled",
		message: "The connection to DQO Studio was lost.",
		hint: "It is tried again by itself. Look whether what you asked for was done before you repeat it.",
	});
}
