import { describe, expect, it } from "vitest";
import { type Closing, closeQuestion, decideClose } from "./close-policy.ts";

const decide = (closing: Partial<Closing>) =>
	decideClose({ what: "window", training: true, onClose: "ask", staysWithoutWindow: false, ...closing });

describe("closing", () => {
	it("ends the app when nothing trains, whatever the setting", () => {
		for (const onClose of ["ask", "keep-running", "stop"] as const) {
			expect(decide({ training: false, onClose })).toBe("end");
			expect(decide({ training: false, onClose, what: "app" })).toBe("end");
		}
	});

	it("does as the setting says while something trains", () => {
		expect(decide({ onClose: "ask" })).toBe("ask");
		expect(decide({ onClose: "keep-running" })).toBe("hide");
		expect(decide({ onClose: "stop" })).toBe("end");
	});

	it("asks before the app is ended, even where closing the window keeps it running", () => {
		expect(decide({ what: "app", onClose: "keep-running" })).toBe("ask");
		expect(decide({ what: "app", onClose: "stop" })).toBe("end");
	});

	it("leaves the app in the dock on macOS, where only the window goes", () => {
		expect(decide({ staysWithoutWindow: true, training: false })).toBe("close-window");
		expect(decide({ staysWithoutWindow: true, onClose: "stop" })).toBe("hide");
		expect(decide({ staysWithoutWindow: true, what: "app" })).toBe("ask");
	});
});

it("Escape never stops a run", () => {
	for (const what of ["window", "app"] as const) {
		const question = closeQuestion(what, ["first"]);
		expect(question.answers[question.cancelId]).toBe("stay");
		expect(question.buttons).toHaveLength(question.answers.length);
		expect(question.message).toBe("first is training.");
	}
	expect(closeQuestion("app", ["a", "b"]).message).toBe("2 runs are training.");
});
