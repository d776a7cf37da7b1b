import { dirname, posix, relative, resolve, sep } from "node:path";
import type { Plugin } from "vite";

/** Modules that run in a process or thread of their own, and what the build names them. */
export const ENTRIES: Readonly<Record<string, string>> = {
	"core/engine/main.ts": "engine.mjs",
	"core/app/threads/main.ts": "thread.mjs",
};

/** `new URL("...", import.meta.url)`. */
const OWN_URL = /new URL\(\s*"(\.\.?\/[^"]*)",\s*import\.meta\.url,?\s*\)/g;

/**
 * The sources find the engine, the reading thread and the files that come with the program by their place beside the
 * source. In the build all code lies in one folder, so each such address is written anew: an entry by its built name,
 * a file in `resources` from the build's folder. In an installed app all of them lie beside the archive and not in it,
 * because neither a process of its own nor ONNX Runtime could read them there.
 * @throws Error, which ends the build, for an address that it does not know.
 */
export function ownFiles(root: string, outDir: string): Plugin {
	return {
		name: "own-files",
		enforce: "pre",
		transform(code, id) {
			const path = slashed(relative(root, id.split("?")[0] ?? ""));
			if (!path.startsWith("core/") || !code.includes("import.meta.url")) return null;
			return { code: rewrite(code, path, slashed(relative(root, resolve(root, outDir)))), map: null };
		},
	};
}

/** A module's code with every own address as it is in the build. */
export function rewrite(code: string, path: string, outDir: string): string {
	return code.replaceAll(OWN_URL, (_whole, name: string) => {
		const target = posix.join(dirname(path), name);
		const built = ENTRIES[target];
		if (built === undefined && !target.startsWith("resources/")) {
			throw new Error(`${path}: ${name} is neither an entry of the build nor one of the resources.`);
		}
		const from =
			built === undefined
				? `${posix.relative(outDir, target)}${name.endsWith("/") ? "/" : ""}`
				: `./${built}`;
		return `new URL("${from}", import.meta.url.replace(/app\\.asar(?=\\/)/, "app.asar.unpacked"))`;
	});
}

function slashed(path: string): string {
	return path.split(sep).join("/");
}
