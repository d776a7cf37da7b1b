import { expect, test } from "vitest";
import type { ApiHandlers } from "../contract/api.ts";
import { AppError } from "../contract/errors.ts";
import { answer } from "./router.ts";

const handlers = {
	"data.rename": async ({ id }: { id: string }) => {
		if (id === "gone")
			throw new AppError({ code: "file-missing", message: "No such data set.", hint: "Add it." });
		return {};
	},
	"files.reveal": async () => ({ secret: "never promised" }),
} as unknown as ApiHandlers;

test("gives back what the handler gives", async () => {
	expect(await answer(handlers, "data.rename", { id: "a", name: "b" })).toEqual({ ok: true, output: {} });
});

test("an expected error travels as it is", async () => {
	const failed = await answer(handlers, "data.rename", { id: "gone", name: "b" });
	expect(failed).toMatchObject({ ok: false, failure: { kind: "expected", error: { code: "file-missing" } } });
});

test.each([
	["no such call", "data.nothing", {}],
	["a name of the prototype", "constructor", {}],
	["wrong input", "data.rename", { id: "a" }],
	["a field too many", "data.rename", { id: "a", name: "b", path: "/etc/passwd" }],
])("%s is refused before anything runs", async (_, method, input) => {
	expect(await answer(handlers, method, input)).toMatchObject({
		ok: false,
		failure: { kind: "expected", error: { code: "usage" } },
	});
});

test("an answer that breaks the contract is a bug, not data", async () => {
	expect(await answer(handlers, "files.reveal", { path: "/x" })).toMatchObject({
		ok: false,
		failure: { kind: "bug" },
	});
});
