import { errorBodySchema, type Failure, failureSchema, toFailure } from "../../core/contract/error-body.ts";

export interface ErrorText {
	title: string;
	/** What to do next; empty for a bug. */
	hint: string;
	details?: string | undefined;
}

function failureOf(thrown: unknown): Failure {
	// A call that failed carries what the program behind the page said of it.
	const said = thrown instanceof Error && "failure" in thrown ? thrown.failure : thrown;
	const failure = failureSchema.safeParse(said);
	if (failure.success) return failure.data;
	const body = errorBodySchema.safeParse(thrown);
	if (body.success) return { kind: "expected", error: body.data };
	return toFailure(thrown);
}

/** Anything thrown, in the words to show: an expected error as written, a bug as a bug. */
export function describeError(thrown: unknown): ErrorText {
	const failure = failureOf(thrown);
	if (failure.kind === "bug")
		return {
			title: `A fault in DQO Studio: ${failure.message}`,
			hint: "What was saved is safe. Copy the details into a report.",
			details: failure.stack,
		};
	const { message, hint, details } = failure.error;
	const text = details === undefined ? undefined : textOf(details);
	return { title: message, hint, details: text };
}

function textOf(details: unknown): string {
	return typeof details === "string" ? details : JSON.stringify(details, null, 2);
}
