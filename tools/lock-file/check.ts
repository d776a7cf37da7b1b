import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { z } from "zod";

const names = z.record(z.string(), z.string()).optional();
const lockSchema = z.object({
	packages: z.record(
		z.string(),
		z.object({
			version: z.string().optional(),
			resolved: z.string().optional(),
			optionalDependencies: names,
		}),
	),
});

/**
 * What is wrong with a package-lock.json, a sentence each: optional packages that a package names and the lock lacks
 * (a registry without some platform's package leaves it out, and `npm ci` then fails on that platform), and download
 * addresses, which would tie everybody to the registry of whoever wrote the lock; `.npmrc` leaves them out.
 */
export function lockProblems(lock: unknown): string[] {
	const { packages } = lockSchema.parse(lock);
	return Object.entries(packages).flatMap(([path, { optionalDependencies = {}, resolved }]) => {
		const missing = Object.keys(optionalDependencies)
			.filter((name) => !isLocked(path, name, packages))
			.map(
				(name) => `${path || "package.json"} names the optional package ${name}, which the lock file lacks`,
			);
		const foreign =
			resolved !== undefined
				? [`${path} is locked to ${new URL(resolved).host}, which others may not reach`]
				: [];
		return [...missing, ...foreign];
	});
}

/** Looks a package up as Node does: beside its user, then in every folder above. */
function isLocked(user: string, name: string, packages: Record<string, unknown>): boolean {
	for (let at = user; ; at = at.slice(0, Math.max(0, at.lastIndexOf("node_modules/") - 1))) {
		if (`${at === "" ? "" : `${at}/`}node_modules/${name}` in packages) return true;
		if (at === "") return false;
	}
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
	const problems = lockProblems(JSON.parse(readFileSync("package-lock.json", "utf8")));
	for (const problem of problems) console.error(problem);
	process.exitCode = problems.length === 0 ? 0 : 1;
}
