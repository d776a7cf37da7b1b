import { fileURLToPath } from "node:url";
import { AppError } from "../contract/errors.ts";
import { issuesText } from "../contract/issues.ts";
import { PRESETS, type Preset, presetSchema } from "../contract/preset.ts";
import { readJson } from "./files.ts";

const FOLDER = new URL("../../resources/presets/", import.meta.url);

/**
 * Reads one of the presets that come with the program.
 * @throws AppError `usage` for a name that is none of them, `config-invalid` for a file that breaks the form.
 */
export function loadPreset(name: string): Preset {
	if (!PRESETS.includes(name)) {
		throw new AppError({
			code: "usage",
			message: `There is no preset "${name}".`,
			hint: `Presets: ${PRESETS.join(", ")}.`,
		});
	}
	const path = fileURLToPath(new URL(`${name}.json`, FOLDER));
	const parsed = presetSchema.safeParse(readJson(path));
	if (parsed.success) return parsed.data;
	throw new AppError({
		code: "config-invalid",
		message: `${path} is not a preset (${issuesText(parsed.error)}).`,
		hint: "Restore the file that came with the program.",
	});
}
