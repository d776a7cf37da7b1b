import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { LIBRARY_STYLES, securityHeaders } from "./headers.ts";

it("names what the page may do, and forbids the rest", () => {
	const policy = securityHeaders(["ws://127.0.0.1:1"])["Content-Security-Policy"];
	expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self' 'sha256-/);
	expect(policy).toContain("connect-src 'self' ws://127.0.0.1:1;");
	expect(policy).not.toMatch(/unsafe|\*/);
});

it("knows the style of the installed selects by its text", () => {
	const path = createRequire(import.meta.url).resolve("@radix-ui/react-select");
	const style = /__html: `(\[data-radix-select-viewport\][^`]*)`/.exec(readFileSync(path, "utf8"))?.[1] ?? "";
	const digest = createHash("sha256").update(style).digest("base64");
	expect(LIBRARY_STYLES).toContain(`'sha256-${digest}'`);
});
