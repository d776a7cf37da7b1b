import { randomBytes } from "node:crypto";

/** A short name that nothing else has, fit for file names. */
export function newId(): string {
	return randomBytes(6).toString("hex");
}
