import { expect, test } from "vitest";
import { cardText, parametersText } from "./model-words.ts";

test("parameters are counted in millions and billions", () => {
	expect(parametersText(3_650_000)).toBe("3.6 M");
	expect(parametersText(494_000_000)).toBe("494 M");
	expect(parametersText(999_900_000)).toBe("1.0 B");
	expect(parametersText(7_620_000_000)).toBe("7.6 B");
	expect(parametersText(null)).toBe("n/a");
});

test("a card is shown without its metadata, and one without metadata whole", () => {
	expect(cardText("---\nlicense: mit\n---\n# Model\n\n---\nmore")).toBe("# Model\n\n---\nmore");
	expect(cardText("# Model\n---\nrule\n---\n")).toBe("# Model\n---\nrule\n---");
});
