import { existsSync } from "node:fs";
import { join } from "node:path";
import { SETTINGS_SCHEMA_VERSION, type Settings, settingsSchema } from "../../contract/api-app.ts";
import { AppError } from "../../contract/errors.ts";
import { readVersioned, type VersionedFormat, writeVersioned } from "../../store/versioned.ts";

const FORMAT: VersionedFormat<Settings> = {
	what: "settings file",
	version: SETTINGS_SCHEMA_VERSION,
	schema: settingsSchema,
	migrations: {},
};
const DEFAULTS = settingsSchema.parse({});

/** What the user chose, kept in `settings.json`. */
export class SettingsStore {
	readonly #path: string;
	#current: Settings;

	/** A damaged file must not keep the app from starting: the defaults stand in until the next change. */
	constructor(dataDir: string) {
		this.#path = join(dataDir, "settings.json");
		this.#current = existsSync(this.#path) ? readOrDefaults(this.#path) : DEFAULTS;
	}

	get current(): Settings {
		return this.#current;
	}

	/** Throws `disk-full` or `file-unreadable`; the settings are then as before. */
	set(change: Partial<Omit<Settings, "schemaVersion">>): Settings {
		const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
		const next = settingsSchema.parse({ ...this.#current, ...given });
		writeVersioned(this.#path, FORMAT, next);
		this.#current = next;
		return next;
	}
}

function readOrDefaults(path: string): Settings {
	try {
		return readVersioned(path, FORMAT);
	} catch (error) {
		if (error instanceof AppError) return DEFAULTS;
		throw error;
	}
}
