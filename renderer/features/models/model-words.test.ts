import { expect, test } from "vitest";
import type { ModelEntry } from "../../../core/contract/api-models.ts";
import { cardText, fitOf, memoryText, parametersText } from "./model-words.ts";

test("parameters are counted in millions and billions", () => {
	expect(parametersText(3_650_000)).toBe("3.6 M");
	expect(parametersText(494_000_000)).toBe("494 M");
	expect(parametersText(999_900_000)).toBe("1.0 B");
	expect(parametersText(7_620_000_000)).toBe("7.6 B");
	expect(parametersText(null)).toBe("n/a");
});

test("a model that fits in smaller micro-batches is no model that does not fit", () => {
	const model = { state: "ready", fits: false, loraMemoryBytes: 31.7e9, smaller: null } as ModelEntry;
	expect(fitOf(model)).toEqual({ label: "Needs 31.7 GB", tone: "warn" });
	const halved = { ...model, smaller: { microTokens: 2048, memoryBytes: 17e9 } };
	expect(fitOf(halved).tone).toBe("good");
	expect(memoryText(halved)).toMatch(/^17\.0 GB .* 2,048 tokens/);
});

test("a card is shown without its metadata, and one without metadata whole", () => {
	expect(cardText("---\nlicense: mit\n---\n# Model\n\n---\nmore")).toBe("# Model\n\n---\nmore");
	expect(cardText("# Model\n---\nrule\n---\n")).toBe("# Model\n---\nrule\n---");
});
