import { expect, it } from "vitest";
import { rewrite } from "./own-files.ts";

const at = (path: string, code: string) => rewrite(code, path, "out/main");
const BASE = 'import.meta.url.replace(/app\\.asar(?=\\/)/, "app.asar.unpacked")';

it("finds entries and resources from the build's folder", () => {
	expect(at("core/engine/supervisor.ts", 'new URL("./main.ts", import.meta.url)')).toBe(
		`new URL("./engine.mjs", ${BASE})`,
	);
	expect(at("core/app/threads/thread.ts", 'f(x = new URL("./main.ts", import.meta.url))')).toBe(
		`f(x = new URL("./thread.mjs", ${BASE}))`,
	);
	expect(at("core/store/presets.ts", 'new URL("../../resources/presets/", import.meta.url)')).toBe(
		`new URL("../../resources/presets/", ${BASE})`,
	);
	expect(at("core/app/data/a.ts", 'new URL("../../../resources/starter", import.meta.url)')).toBe(
		`new URL("../../resources/starter", ${BASE})`,
	);
});

it("leaves the archive for what lies beside it", () => {
	const base = "file:///opt/studio/resources/app.asar/out/main/main.mjs";
	const code = at("core/engine/supervisor.ts", 'new URL("./main.ts", import.meta.url)');
	const url = new Function("base", `return ${code.replace("import.meta.url", "base")}`)(base);
	expect(url.href).toBe("file:///opt/studio/resources/app.asar.unpacked/out/main/engine.mjs");
});

it("stops the build at an address that it does not know", () => {
	expect(() => at("core/a/b.ts", 'new URL("../c.wasm", import.meta.url)')).toThrow("core/a/b.ts");
	expect(at("core/a/b.ts", "import.meta.resolve(x); new URL(x, import.meta.url)")).toContain("new URL(x, ");
});
