import { createContext, Script } from "node:vm";
import { AppError } from "../contract/errors.ts";

const words = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+";
const rest = " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
/** Of Llama 3 and of Qwen 2 and later: they take time in proportion to the text. */
const FAMILIAR: ReadonlySet<unknown> = new Set([`${words}|\\p{N}{1,3}|${rest}`, `${words}|\\p{N}|${rest}`]);

/** Far longer than a sound pattern takes for the longest text. */
const LIMIT_MS = 5000;

/** Whether sections of a tokenizer.json hold regular expressions that nobody here has seen, which can be made to take forever. */
export function hasForeignPattern(given: unknown): boolean {
	if (typeof given !== "object" || given === null) return false;
	return Object.entries(given).some(([name, value]) =>
		name === "Regex" ? !FAMILIAR.has(value) : hasForeignPattern(value),
	);
}

/**
 * `work` with an end: a regular expression that does not come to one is interrupted, which only V8's own time limit can.
 * The returned function throws `tokenizer-unsupported` then. A call costs a twentieth of a millisecond more.
 */
export function withinTime<A, R>(
	work: (argument: A) => R,
	modelDir: string,
	limitMs = LIMIT_MS,
): (argument: A) => R {
	const scope: { call: () => R } = {
		call: () => {
			throw new Error("nothing to call");
		},
	};
	const context = createContext(scope);
	const script = new Script("call()");
	return (argument) => {
		scope.call = () => work(argument);
		try {
			return script.runInContext(context, { timeout: limitMs });
		} catch (cause) {
			if ((cause as NodeJS.ErrnoException).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw cause;
			throw new AppError(
				{
					code: "tokenizer-unsupported",
					message: `The tokenizer of ${modelDir} has a regular expression that needs more than ${limitMs / 1000} s for one text.`,
					hint: "Choose a model whose tokenizer.json splits text as Llama's and Qwen's do, or mend the pattern there.",
				},
				{ cause },
			);
		}
	};
}
