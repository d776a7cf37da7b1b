import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

it("starts ONNX Runtime without its telemetry", () => {
	// With telemetry on, the library opens a debug log in the temporary folder with its first session.
	const folder = mkdtempSync(join(tmpdir(), "dqo-telemetry-"));
	const probe = new URL("./probe.ts", import.meta.url).href;
	const load = `const { probeProvider } = await import(${JSON.stringify(probe)});
		console.log((await probeProvider({ kind: "probe-provider", provider: "cpu" })).reason);`;
	const { ORT_DISABLE_TELEMETRY: _, ...rest } = process.env;
	const env = { ...rest, TMPDIR: folder };
	const printed = execFileSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", load], {
		env,
		encoding: "utf8",
	});
	const logs = readdirSync(folder).filter((name) => name.startsWith("mat-debug"));
	rmSync(folder, { recursive: true, force: true });
	expect(printed.trim()).toBe("completed");
	expect(logs).toEqual([]);
});
