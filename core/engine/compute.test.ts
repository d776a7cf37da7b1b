import { describe, expect, it } from "vitest";
import type { Provider } from "../contract/provider.ts";
import { providersOf } from "../runtime/providers.ts";
import { settleCompute } from "./compute.ts";
import type { ProviderReport } from "./probe.ts";

const here = providersOf(process.platform, process.arch);
const other = here.find((provider) => provider !== "cpu") ?? "webgpu";

/** Says that the named providers work, and keeps which were tried. */
function probing(...working: Provider[]) {
	const tried: Provider[] = [];
	const probe = async (provider: Provider): Promise<ProviderReport> => {
		tried.push(provider);
		if (working.includes(provider)) return { provider, works: true, elapsedMs: 12.3 };
		return { provider, works: false, reason: "no driver", remedy: "install one", details: "" };
	};
	return { tried, probe };
}

describe("what a job computes with", () => {
	it("is the CPU without a test where that was chosen", async () => {
		const { tried, probe } = probing();
		expect((await settleCompute({ provider: "cpu", deviceId: 3 }, probe)).device).toEqual({
			provider: "cpu",
		});
		expect(tried).toEqual([]);
	});

	it("is the CPU where nothing better is installed, and says so", async () => {
		const { device, why } = await settleCompute({ provider: "auto" }, probing().probe);
		expect(device).toEqual({ provider: "cpu" });
		expect(why).toMatch(/^Computes on the CPU.*\.$/);
		if (here.includes("cuda")) expect(why).toContain("cuda");
	});

	it.runIf(here.includes("webgpu"))("is what was asked for by name once its test works", async () => {
		const { device, why } = await settleCompute({ provider: "webgpu" }, probing("webgpu").probe);
		expect(device).toEqual({ provider: "webgpu" });
		expect(why).toContain("webgpu");
	});

	it.runIf(here.includes("cuda"))("names the GPU of several", async () => {
		const { device } = await settleCompute({ provider: "cuda", deviceId: 1 }, probing("cuda").probe);
		expect(device).toEqual({ provider: "cuda", deviceId: 1 });
	});

	it("is refused, not replaced, where what was asked for does not work", async () => {
		await expect(settleCompute({ provider: other }, probing().probe)).rejects.toMatchObject({
			code: "provider-unavailable",
			message: expect.stringContaining(here.includes(other) ? "no driver" : other),
		});
	});

	it("is refused where the platform has no such provider", async () => {
		const missing = process.platform === "win32" ? "coreml" : "dml";
		const { tried, probe } = probing(missing);
		await expect(settleCompute({ provider: missing }, probe)).rejects.toMatchObject({
			code: "provider-unavailable",
		});
		expect(tried).toEqual([]);
	});
});
