import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { RoomRule } from "./rules.ts";

interface Import {
	/** Path of the importing file, from the root. */
	from: string;
	specifier: string;
}

const STATIC =
	/^[ \t]*(?:import|export)\b[^;"']*?\bfrom\s*["']([^"']+)["']|^[ \t]*import\s*["']([^"']+)["']/gm;
const DYNAMIC = /\bimport\(\s*(?:["']([^"']+)["']\s*\)|([^"'\s)][^)]*)\))/g;
const COMMENT = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/g;

/** Follows every import under `root/core` and tells each one that breaks a rule, a sentence each. */
export function violations(root: string, rooms: Readonly<Record<string, RoomRule>>): string[] {
	const files = sourceFiles(join(root, "core")).map((file) => slashed(relative(root, file)));
	const found: string[] = [];
	const edges = new Map<string, string[]>();
	for (const from of files) {
		const imports = importsOf(readFileSync(join(root, from), "utf8"), from);
		const targets: string[] = [];
		for (const one of imports) {
			if (!one.specifier.startsWith(".")) {
				found.push(...packageViolation(one, rooms));
				continue;
			}
			const to = slashed(relative(root, resolve(root, dirname(from), one.specifier)));
			if (!existsSync(join(root, to))) found.push(`${from} imports ${to}, which does not exist`);
			else targets.push(to);
			found.push(...roomViolation(from, to, rooms));
		}
		edges.set(from, targets);
	}
	for (const cycle of cycles(edges)) found.push(`import cycle: ${cycle.join(" -> ")}`);
	return found;
}

function importsOf(source: string, from: string): Import[] {
	const code = source.replace(COMMENT, "");
	const fixed = [...code.matchAll(STATIC)].map((match) => match[1] ?? match[2] ?? "");
	// An address computed at run time cannot be followed, so it is taken as a package that no room may have.
	const dynamic = [...code.matchAll(DYNAMIC)].map((match) => match[1] ?? `(computed: ${match[2]})`);
	return [...fixed, ...dynamic].map((specifier) => ({ from, specifier }));
}

/** Tests and their helpers may reach anywhere; product code may reach neither of them. */
function isTest(path: string): boolean {
	return /\.test\.ts$/.test(path) || path.includes("/testing/");
}

function roomOf(path: string): string {
	return path.split("/")[1] ?? "";
}

function roomViolation(from: string, to: string, rooms: Readonly<Record<string, RoomRule>>): string[] {
	if (isTest(from)) return [];
	if (isTest(to)) return [`${from} imports the test code ${to}`];
	if (!to.startsWith("core/")) return [`${from} leaves core for ${to}`];
	const [own, other] = [roomOf(from), roomOf(to)];
	const rule = rooms[own];
	if (rule === undefined) return [`${from} lies in the room ${own}, which has no rule`];
	return own === other || rule.rooms.includes(other)
		? []
		: [`${from} imports ${to}: ${own} may not use ${other}`];
}

function packageViolation({ from, specifier }: Import, rooms: Readonly<Record<string, RoomRule>>): string[] {
	if (isTest(from)) return [];
	const room = roomOf(from);
	const rule = rooms[room];
	if (isBuiltin(specifier)) return rule?.pure ? [`${from} imports ${specifier}: ${room} is pure`] : [];
	const name = specifier
		.split("/")
		.slice(0, specifier.startsWith("@") ? 2 : 1)
		.join("/");
	return rule?.packages?.includes(name)
		? []
		: [`${from} imports the package ${name}: ${room} may not use it`];
}

/** One path for each way back to a file that is being visited. */
function cycles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
	const found: string[][] = [];
	const done = new Set<string>();
	const visit = (file: string, path: readonly string[]): void => {
		const at = path.indexOf(file);
		if (at >= 0) found.push([...path.slice(at), file]);
		if (at >= 0 || done.has(file)) return;
		for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
		done.add(file);
	};
	for (const file of edges.keys()) visit(file, []);
	return found;
}

function sourceFiles(dir: string): string[] {
	return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
		const path = join(dir, entry.name);
		if (entry.isDirectory()) return sourceFiles(path);
		return /\.(ts|mts|js|mjs)$/.test(entry.name) ? [path] : [];
	});
}

function slashed(path: string): string {
	return path.split(sep).join("/");
}
