import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ROOMS } from "./rules.ts";
import { violations } from "./walk.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));

describe("the import rules of core", () => {
	it("hold", () => {
		expect(violations(repository, ROOMS)).toEqual([]);
	});

	it("name every room, and no room that is not there", () => {
		const present = readdirSync(join(repository, "core"), { withFileTypes: true }).flatMap((entry) =>
			entry.isDirectory() ? [entry.name] : [],
		);
		expect(Object.keys(ROOMS).sort()).toEqual(present.sort());
	});

	it("make no circle of rooms", () => {
		const depth = (room: string, path: string[] = []): number => {
			expect(path).not.toContain(room);
			return 1 + Math.max(0, ...(ROOMS[room]?.rooms ?? []).map((other) => depth(other, [...path, room])));
		};
		for (const room of Object.keys(ROOMS)) expect(depth(room)).toBeGreaterThan(0);
	});

	it("leave ONNX Runtime to one room", () => {
		const users = Object.entries(ROOMS).filter(([, rule]) => rule.packages?.includes("onnxruntime-node"));
		expect(users.map(([room]) => room)).toEqual(["runtime"]);
	});
});

describe("a planted violation is found:", () => {
	let root = "";
	beforeEach(() => {
		root = mkdtempSync(join(tmpdir(), "dqo-boundaries-"));
	});
	afterEach(() => rmSync(root, { recursive: true, force: true }));

	function found(files: Record<string, string>): string {
		for (const [name, text] of Object.entries(files)) {
			mkdirSync(dirname(join(root, name)), { recursive: true });
			writeFileSync(join(root, name), text);
		}
		return violations(root, ROOMS).join("\n");
	}

	it.each([
		["against the arrow", 'import type { A } from "../training/a.ts";', "graph may not use training"],
		["over several lines", 'import {\n\ta,\n\tb,\n} from "../training/a.ts";', "graph may not use training"],
		["re-exported", 'export { a } from "../training/a.ts";', "graph may not use training"],
		["for its effect", 'import "../training/a.ts";', "graph may not use training"],
		["dynamic", 'const a = await import("../training/a.ts");', "graph may not use training"],
		["computed", "const a = await import(name);", "computed: name"],
		["a package", 'import { InferenceSession } from "onnxruntime-node";', "onnxruntime-node: graph may not"],
		["a package's part", 'import { x } from "@huggingface/jinja/x";', "@huggingface/jinja: graph may not"],
		["files in a pure room", 'import { readFileSync } from "node:fs";', "graph is pure"],
		["test code", 'import { a } from "./testing/a.ts";', "imports the test code"],
		["outside of core", 'import { a } from "../../tools/a.ts";', "leaves core"],
		["nothing there", 'import { a } from "./none.ts";', "does not exist"],
	])("%s", (_, code, message) => {
		const others = { "core/training/a.ts": "", "core/graph/testing/a.ts": "", "tools/a.ts": "" };
		expect(found({ ...others, "core/graph/x.ts": code })).toContain(message);
	});

	it("a cycle of files", () => {
		const files = {
			"core/graph/a.ts": 'import { b } from "./b.ts";',
			"core/graph/b.ts": 'import { c } from "./c.ts";',
			"core/graph/c.ts": 'import { a } from "./a.ts";',
		};
		expect(found(files)).toBe(
			"import cycle: core/graph/a.ts -> core/graph/b.ts -> core/graph/c.ts -> core/graph/a.ts",
		);
	});

	it("a room without a rule", () => {
		expect(found({ "core/other/a.ts": 'import "./b.ts";', "core/other/b.ts": "" })).toContain("has no rule");
	});

	it("but not in comments, in tests, or along the arrows", () => {
		const files = {
			"core/graph/a.ts":
				'// import { x } from "../training/x.ts";\nimport { AppError } from "../contract/e.ts";',
			"core/graph/a.test.ts": 'import { x } from "../training/x.ts";\nimport { it } from "vitest";',
			"core/contract/e.ts": 'import { z } from "zod";',
			"core/training/x.ts": 'import { a } from "../graph/a.ts";\nimport "node:fs";',
		};
		expect(found(files)).toBe("");
	});
});
