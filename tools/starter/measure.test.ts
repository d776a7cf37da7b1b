import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { withMeasurement } from "./measure.ts";

const card = readFileSync(
	fileURLToPath(new URL("../../resources/starter/README.md", import.meta.url)),
	"utf8",
);
const measurement = {
	problems: 1000,
	greedy: 0.5,
	sampled: 0.5312,
	passAt8: 0.75,
	greedyByTrap: { none: 0.98, lose: 0.0125 },
};

test("the card's numbers are replaced, whatever stood there, and nothing else is", () => {
	const once = withMeasurement(card, { ...measurement, greedy: 0.1 });
	const twice = withMeasurement(once, measurement);
	expect(twice).toContain("(standard error 1.6 points): **50.0 % greedy**");
	expect(twice).toContain("| lose | 1.3 % |");
	expect(twice).toBe(withMeasurement(card, measurement));
	const around = (text: string) => [text.split("<!-- measured -->")[0], text.split("<!-- /measured -->")[1]];
	expect(around(twice)).toEqual(around(card));
	expect(() => withMeasurement("no block", measurement)).toThrow(/measured block/);
});
