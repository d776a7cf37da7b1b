import type { z } from "zod";

/** One call that a window can make: what it takes and what it gives back. */
export interface ApiMethodDef<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
	readonly input: I;
	readonly output: O;
}

export function method<I extends z.ZodType, O extends z.ZodType>(input: I, output: O): ApiMethodDef<I, O> {
	return { input, output };
}

/** The functions behind a group of calls; a forgotten one does not compile. Inputs arrive parsed. */
export type HandlersOf<Api extends Record<string, ApiMethodDef>> = {
	readonly [M in keyof Api]: (input: z.output<Api[M]["input"]>) => Promise<z.input<Api[M]["output"]>>;
};
