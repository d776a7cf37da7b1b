import { describe, expect, it } from "vitest";
import { heatColor, heatRamp, inkOn, rampLuminance, vColor } from "./ramps.ts";

describe("ramps", () => {
	it("mix the two neighbours in OKLab and clamp outside 0 to 1", () => {
		expect(vColor(0.5)).toBe("color-mix(in oklab, var(--v-5) 0%, var(--v-4))");
		expect(vColor(2)).toBe("color-mix(in oklab, var(--v-8) 100%, var(--v-7))");
		expect(heatColor(0.25)).toBe("color-mix(in oklab, var(--heat-2) 50%, var(--heat-1))");
	});

	it("give black or white text at 4.5:1 or better everywhere on the heat ramp", () => {
		for (const theme of ["light", "dark"] as const) {
			for (let t = 0; t <= 1; t += 0.01) {
				const l = rampLuminance(heatRamp[theme], t);
				const ratio = inkOn(l) === "#000000" ? (l + 0.05) / 0.05 : 1.05 / (l + 0.05);
				expect(ratio).toBeGreaterThanOrEqual(4.5);
			}
		}
	});
});
