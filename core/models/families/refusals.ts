import { AppError } from "../../contract/errors.ts";

/** A family or feature that we do not build. */
export function unsupported(where: string, what: string, hint: string): AppError {
	return new AppError({ code: "model-unsupported", message: `${where}: ${what}`, hint });
}

/** A configuration that contradicts itself or lacks something. */
export function invalid(where: string, what: string): AppError {
	return new AppError({
		code: "config-invalid",
		message: `${where}: ${what}.`,
		hint: "Correct the model's configuration or get a fresh copy of it.",
	});
}
