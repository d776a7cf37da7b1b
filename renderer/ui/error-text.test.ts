import { describe, expect, it } from "vitest";
import { toFailure } from "../../core/contract/error-body.ts";
import { AppError } from "../../core/contract/errors.ts";
import { describeError } from "./error-text.ts";

const expected = new AppError({
	code: "out-of-memory",
	message: "Out of GPU memory at step 211: 97.3 of 96 GB asked. Step 200 is saved.",
	hint: "Micro-batch 16 needs 84.9 GB, same result.",
	details: { step: 211 },
});

describe("describeError", () => {
	it("shows an expected error as written, whether thrown, as a body or from another process", () => {
		const text = {
			title: "Out of GPU memory at step 211: 97.3 of 96 GB asked. Step 200 is saved.",
			hint: "Micro-batch 16 needs 84.9 GB, same result.",
			details: '{\n  "step": 211\n}',
		};
		expect(describeError(expected)).toEqual(text);
		expect(describeError(expected.toBody())).toEqual(text);
		expect(describeError(toFailure(expected))).toEqual(text);
		const call = Object.assign(new Error("as a call gives it"), { failure: toFailure(expected) });
		expect(describeError(call)).toEqual(text);
	});

	it("shows anything else as a bug, with its stack", () => {
		const bug = describeError(new TypeError("x is undefined"));
		expect(bug.title).toBe("A fault in DQO Studio: x is undefined");
		expect(bug.details).toContain("error-text.test.ts");
		expect(describeError("odd").title).toBe("A fault in DQO Studio: odd");
	});
});
