import { AppError } from "../../contract/errors.ts";

const HINT = "Export it as a whole model (hf) instead.";

/** The error for a model that llama.cpp does not compute as we do. */
export function unknownModel(what: string): AppError {
	return new AppError({
		code: "model-unsupported",
		message: `llama.cpp cannot compute this model: ${what}.`,
		hint: HINT,
	});
}

/** The error for a tokenizer that llama.cpp has no counterpart of. */
export function unknownTokenizer(modelDir: string, what: string): AppError {
	return new AppError({
		code: "tokenizer-unsupported",
		message: `llama.cpp has no counterpart of the tokenizer of ${modelDir}: ${what}.`,
		hint: HINT,
	});
}
