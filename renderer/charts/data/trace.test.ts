import { describe, expect, it } from "vitest";
import { Series } from "./series.ts";
import { traceBand, traceLine } from "./trace.ts";

function record() {
	const strokes: [number, number][][] = [];
	return {
		strokes,
		moveTo: (x: number, y: number) => void strokes.push([[x, y]]),
		lineTo: (x: number, y: number) => void strokes.at(-1)?.push([x, y]),
	};
}
const view = (xMax: number, width = 100) => ({ xMin: 0, xMax, left: 0, width, toY: (v: number) => v });

describe("traceLine", () => {
	it("draws few points as they are, one stroke for each unbroken part", () => {
		const s = new Series([
			{ step: 0, value: 1 },
			{ step: 5, value: 2 },
			{ step: 6, value: null },
			{ step: 10, value: 3 },
		]);
		const sink = record();
		expect(traceLine(sink, s.step, s.value, s.breaks, view(10))).toBe(3);
		expect(sink.strokes).toEqual([
			[
				[0, 1],
				[0, 1],
				[50, 2],
			],
			[
				[100, 3],
				[100, 3],
			],
		]);
	});

	it("keeps every spike of 100,000 points in at most four points a pixel", () => {
		const s = new Series();
		for (let step = 0; step < 100_000; step++)
			s.append({ step, value: step === 54_321 ? 1_000 : Math.sin(step) });
		const sink = record();
		const emitted = traceLine(sink, s.step, s.value, s.breaks, view(100_000));
		expect(emitted).toBeLessThanOrEqual(404);
		const spike = sink.strokes[0]?.find(([, y]) => y === 1_000);
		expect(spike?.[0]).toBeCloseTo(54.5, 9);
		expect(Math.min(...(sink.strokes[0] ?? []).map(([, y]) => y))).toBeLessThan(-0.999);
	});

	it("keeps a gap and a NaN among many points", () => {
		const s = new Series();
		for (let step = 0; step < 10_000; step++) {
			s.append({ step, value: step === 2_000 ? null : step === 7_000 ? Number.NaN : 1 });
		}
		const sink = record();
		traceLine(sink, s.step, s.value, s.breaks, view(10_000));
		expect(sink.strokes.length).toBe(3);
	});
});

describe("traceBand", () => {
	it("outlines the spikes of many points, in separate shapes around a gap", () => {
		const s = new Series();
		for (let step = 0; step < 10_000; step++) {
			s.append({ step, value: step === 4_000 ? null : step === 6_001 ? 50 : step % 2 });
		}
		const sink = record();
		traceBand(sink, s.step, s.value, s.value, s.breaks, view(10_000), 1);
		expect(sink.strokes.length).toBe(2);
		// toY is the identity here, so "above" is the larger value less the pad.
		expect(sink.strokes[1]?.some(([, y]) => y === 49)).toBe(true);
		expect(sink.strokes[0]?.length).toBeLessThanOrEqual(2 * 50);
	});
});
