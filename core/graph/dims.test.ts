import { describe, expect, it } from "vitest";
import { addDim, broadcastShapes, type Dim, divDim, mulDim, numel, termsOf } from "./dims.ts";

describe("dimensions", () => {
	it("are equal exactly when they are the same polynomial", () => {
		expect(mulDim("T", "P", "K")).toBe(mulDim("K", mulDim("P", "T")));
		expect(addDim(mulDim("L", "P"), mulDim("T", "K", "P"))).toBe(
			addDim(mulDim("P", "K", "T"), mulDim("P", "L")),
		);
		expect(mulDim(addDim("A", "B"), addDim("A", "B"))).toBe(
			addDim(mulDim("A", "A"), mulDim(2, "A", "B"), mulDim("B", "B")),
		);
		expect(mulDim("A", "A")).not.toBe("A");
	});

	it("fold numbers and leave out what is zero", () => {
		expect(mulDim(2, 3)).toBe(6);
		expect(addDim(2, 3)).toBe(5);
		expect(addDim("N", "N")).toBe("2*N");
		expect(mulDim("N", 1)).toBe("N");
		expect(mulDim("N", 0)).toBe(0);
		expect(addDim("N", 0)).toBe("N");
		expect(mulDim()).toBe(1);
		expect(addDim()).toBe(0);
		expect(addDim("N", 3)).toBe(addDim(3, "N"));
		expect(addDim(1, addDim("N", -1))).toBe("N");
		expect(addDim("N", mulDim(-2, "N"), "N")).toBe(0);
	});

	it("divide where every coefficient does", () => {
		expect(divDim(12, 4)).toBe(3);
		expect(divDim("8*U", 4)).toBe("2*U");
		expect(divDim(addDim("8*U", 4), 4)).toBe(addDim("2*U", 1));
		expect(divDim("U", 2)).toBeNull();
		expect(divDim(addDim("4*U", 2), 4)).toBeNull();
	});

	it("give the terms they were made of", () => {
		expect(termsOf(addDim(mulDim(3, "P", "K"), 5))).toEqual([
			{ coefficient: 5, symbols: [] },
			{ coefficient: 3, symbols: ["K", "P"] },
		]);
	});

	it("add and multiply like the numbers they stand for", () => {
		const sizes: Record<string, number> = { A: 3, B: 5, C: 7 };
		const evaluate = (dim: Dim) =>
			termsOf(dim).reduce(
				(sum, { coefficient, symbols }) =>
					sum + symbols.reduce((product, symbol) => product * (sizes[symbol] ?? Number.NaN), coefficient),
				0,
			);
		const some: Dim[] = [0, 1, 4, "A", "2*B", "A*B", addDim("A", 2), addDim("A*C", "3*B", 1)];
		for (const a of some) {
			for (const b of some) {
				expect(evaluate(addDim(a, b))).toBe(evaluate(a) + evaluate(b));
				expect(evaluate(mulDim(a, b))).toBe(evaluate(a) * evaluate(b));
				expect(divDim(mulDim(a, 6), 6)).toBe(a);
			}
		}
	});

	it("broadcast as NumPy does, and count elements", () => {
		expect(broadcastShapes([2, 1, "N"], [4, 1])).toEqual([2, 4, "N"]);
		expect(broadcastShapes([], ["N", 3])).toEqual(["N", 3]);
		expect(broadcastShapes([2], [3])).toBeNull();
		expect(broadcastShapes(["N"], ["M"])).toBeNull();
		expect(numel(["N", 3, "M"])).toBe("3*M*N");
		expect(numel([])).toBe(1);
	});
});
