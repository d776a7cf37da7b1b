import { expect, it } from "vitest";
import { lockProblems } from "./check.ts";

const tool = { version: "1.0.0", optionalDependencies: { "tool-linux": "1.0.0", "tool-darwin": "1.0.0" } };

it("finds an optional platform package that the lock file lacks", () => {
	const packages = { "": {}, "node_modules/tool": tool, "node_modules/tool-linux": { version: "1.0.0" } };
	expect(lockProblems({ packages })).toEqual([
		"node_modules/tool names the optional package tool-darwin, which the lock file lacks",
	]);
});

it("finds packages beside their user and in the folders above, as Node does", () => {
	const packages = {
		"": {},
		"node_modules/a/node_modules/tool": tool,
		"node_modules/a/node_modules/tool-linux": { version: "1.0.0" },
		"node_modules/tool-darwin": { version: "1.0.0" },
	};
	expect(lockProblems({ packages })).toEqual([]);
	const { "node_modules/tool-darwin": _, ...without } = packages;
	expect(lockProblems({ packages: without })).toHaveLength(1);
});

it("refuses download addresses", () => {
	const packages = { "node_modules/a": { version: "1.0.0", resolved: "http://mirror.local/a.tgz" } };
	expect(lockProblems({ packages })).toEqual([
		"node_modules/a is locked to mirror.local, which others may not reach",
	]);
});
