import { expect, it } from "vitest";
import { cpuName } from "./cpu-name.ts";

it.each([
	["Intel(R) Core(TM) i7-8700K CPU @ 3.70GHz", "Intel Core i7-8700K"],
	["AMD Ryzen 9 7950X 16-Core Processor            ", "AMD Ryzen 9 7950X"],
	["Apple M2 Pro", "Apple M2 Pro"],
	["AMD EPYC", "AMD EPYC"],
	["", ""],
])("says %s in short", (model, name) => {
	expect(cpuName(model)).toBe(name);
});
