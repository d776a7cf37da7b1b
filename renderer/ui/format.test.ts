import { describe, expect, it } from "vitest";
import {
	ago,
	bytes,
	clock,
	count,
	date,
	duration,
	fixed,
	number,
	percent,
	plural,
	plusMinus,
	signed,
} from "./format.ts";

describe("numbers", () => {
	it.each([
		[0, "0"],
		[1312, "1,312"],
		[149443, "149,443"],
		[-1234567, "−1,234,567"],
		[-0.2, "0"],
		[null, "n/a"],
		[Number.NaN, "NaN"],
	])("counts %s as %s", (value, text) => expect(count(value)).toBe(text));

	it.each([
		[0.03, "0.03"],
		[5e-7, "5e-7"],
		[1.5811e-7, "1.5811e-7"],
		[1e-3, "0.001"],
		[0.00025, "2.5e-4"],
		[-5e-7, "−5e-7"],
		[1024, "1,024"],
		[0.1 + 0.2, "0.3"],
		[7e9, "7e9"],
		[-0.5, "−0.5"],
		[0, "0"],
		[undefined, "n/a"],
		[Number.POSITIVE_INFINITY, "∞"],
	])("writes %s as %s", (value, text) => expect(number(value)).toBe(text));

	it("keeps to the figures asked for", () => {
		expect(number(1.58113883e-7, 3)).toBe("1.58e-7");
		expect(number(1234.5678, 6)).toBe("1,234.57");
	});

	it("fixes decimals, and drops the sign of what rounds to nothing", () => {
		expect(fixed(0.1119, 3)).toBe("0.112");
		expect(fixed(-0.001, 2)).toBe("0.00");
		expect(signed(0.51, 2)).toBe("+0.51");
		expect(signed(-0.67, 2)).toBe("−0.67");
		expect(signed(0.001, 2)).toBe("0.00");
		expect(signed(undefined, 2)).toBe("n/a");
	});

	it("writes shares and intervals", () => {
		expect(percent(0.874)).toBe("87.4 %");
		expect(percent(1, 0)).toBe("100 %");
		expect(percent(null)).toBe("n/a");
		expect(plusMinus(2)).toBe("± 2.0");
		expect(plural(1, "run")).toBe("1 run");
		expect(plural(1312, "trajectory", "trajectories")).toBe("1,312 trajectories");
	});
});

describe("sizes", () => {
	it.each([
		[0, "0 B"],
		[934, "934 B"],
		[999.6, "1.0 kB"],
		[15.23e9, "15.2 GB"],
		[2.5e9, "2.5 GB"],
		[81.4e9, "81.4 GB"],
		[412e9, "412 GB"],
		[999_950_000, "1.0 GB"],
	])("%s bytes are %s", (value, text) => expect(bytes(value)).toBe(text));
});

describe("durations", () => {
	it.each([
		[214, "214 ms"],
		[6800, "6.8 s"],
		[38_000, "38 s"],
		[59_600, "1 m 00 s"],
		[125_000, "2 m 05 s"],
		[41_280_000, "11 h 28 m"],
		[3_599_600, "1 h 00 m"],
		[59 * 3_600_000, "2 d 11 h"],
		[undefined, "n/a"],
	])("%s ms are %s", (value, text) => expect(duration(value)).toBe(text));
});

describe("moments", () => {
	const now = new Date(2026, 10, 24, 14, 36);
	it("names days near by and dates further off", () => {
		expect(clock(new Date(2026, 10, 24, 19, 57), now)).toBe("today at 19:57");
		expect(clock(new Date(2026, 10, 25, 2, 4), now)).toBe("tomorrow at 02:04");
		expect(clock(new Date(2026, 10, 23, 23, 59), now)).toBe("yesterday at 23:59");
		expect(clock(new Date(2026, 10, 27, 8, 30), now)).toBe("Friday at 08:30");
		expect(clock(new Date(2026, 11, 3, 11, 0), now)).toBe("3 Dec at 11:00");
		expect(date(new Date(2025, 0, 2), now)).toBe("2 Jan 2025");
	});

	it("says how long ago", () => {
		const since = (seconds: number) => ago(now.getTime() - seconds * 1000, now);
		expect(since(1)).toBe("now");
		expect(since(38)).toBe("38 s ago");
		expect(since(12 * 60 + 59)).toBe("12 m ago");
		expect(since(3 * 3600)).toBe("3 h ago");
		expect(since(5 * 86_400)).toBe("5 d ago");
		expect(since(20 * 86_400)).toBe("4 Nov");
	});
});
