import { z } from "zod";
import { AppError, ERROR_CODES, type ErrorBody } from "./errors.ts";

/** An expected error as it crosses a process boundary or lies in a file. */
export const errorBodySchema = z.strictObject({
	code: z.enum(ERROR_CODES),
	message: z.string(),
	hint: z.string(),
	details: z.unknown().optional(),
}) satisfies z.ZodType<ErrorBody>;

/** How a job failed: an expected error is shown as written, a bug with its stack. */
export const failureSchema = z.discriminatedUnion("kind", [
	z.strictObject({ kind: z.literal("expected"), error: errorBodySchema }),
	z.strictObject({ kind: z.literal("bug"), name: z.string(), message: z.string(), stack: z.string() }),
]);
export type Failure = z.infer<typeof failureSchema>;

/** A bug that happened in another process, carrying the stack of that process. */
export class RemoteBug extends Error {
	constructor(failure: Extract<Failure, { kind: "bug" }>) {
		super(failure.message);
		this.name = failure.name;
		this.stack = failure.stack;
	}
}

/** Describes anything thrown so that it can cross a process boundary. */
export function toFailure(thrown: unknown): Failure {
	if (thrown instanceof AppError) return { kind: "expected", error: thrown.toBody() };
	if (thrown instanceof Error) {
		const stack = thrown.stack ?? `${thrown.name}: ${thrown.message}`;
		return { kind: "bug", name: thrown.name, message: thrown.message, stack };
	}
	const text = String(thrown);
	return { kind: "bug", name: "Error", message: text, stack: text };
}

/** The error to throw for a failure that arrived from another process. */
export function fromFailure(failure: Failure): Error {
	return failure.kind === "expected" ? new AppError(failure.error) : new RemoteBug(failure);
}
