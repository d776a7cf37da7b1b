import type { ApiMethodDef, HandlersOf } from "../contract/api-method.ts";
import { AppError } from "../contract/errors.ts";

/** Answers every call of a group with an error that says that this version cannot do it. */
export function pending<Api extends Record<string, ApiMethodDef>>(api: Api): HandlersOf<Api> {
	const refuse = async (): Promise<never> => {
		throw new AppError({
			code: "usage",
			message: "This version of the app cannot do that yet.",
			hint: "Use the `dqo` command for it meanwhile.",
		});
	};
	return Object.fromEntries(Object.keys(api).map((name) => [name, refuse])) as unknown as HandlersOf<Api>;
}
