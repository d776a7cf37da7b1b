import type { z } from "zod";

/** What a schema found wrong, field by field: `lr: Too small; content: Unrecognized key "x"`. */
export function issuesText({ issues }: z.ZodError): string {
	return issues.map(({ path, message }) => `${path.join(".") || "content"}: ${message}`).join("; ");
}
