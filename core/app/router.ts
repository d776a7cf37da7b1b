import { z } from "zod";
import { type ApiHandlers, type ApiMethod, api } from "../contract/api.ts";
import { type Failure, toFailure } from "../contract/error-body.ts";
import { AppError } from "../contract/errors.ts";

export type Answer = { ok: true; output: unknown } | { ok: false; failure: Failure };

/** Checks a call's input, runs its handler and checks what comes back. Never throws: whatever goes wrong is the answer. */
export async function answer(handlers: ApiHandlers, method: string, input: unknown): Promise<Answer> {
	try {
		if (!isMethod(method)) throw usage(`There is no call named ${method}.`);
		const parsed = api[method].input.safeParse(input);
		if (!parsed.success) throw usage(`${method}: ${z.prettifyError(parsed.error)}`);
		// The handler's input type is that of its own method; the table ties the two together.
		const handler = handlers[method] as (input: unknown) => Promise<unknown>;
		return { ok: true, output: api[method].output.parse(await handler(parsed.data)) };
	} catch (error) {
		return { ok: false, failure: toFailure(error) };
	}
}

function isMethod(method: string): method is ApiMethod {
	return Object.hasOwn(api, method);
}

function usage(message: string): AppError {
	return new AppError({
		code: "usage",
		message,
		hint: "The window and the program behind it differ in version: reload the window, or restart the app.",
	});
}
