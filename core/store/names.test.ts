import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { datedName, freeName } from "./names.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

it("names a folder by what it holds and the second it was made in, and the next one by a number more", () => {
	const dir = temporaryFolder();
	const name = datedName("dqo", new Date("2026-01-31T17:45:02.999Z"));
	expect(name).toBe("dqo-20260131-174502");
	const given = [1, 2, 3].map(() => {
		const free = freeName(dir, name);
		mkdirSync(join(dir, free));
		return free;
	});
	expect(given).toEqual([name, `${name}-2`, `${name}-3`]);
});
