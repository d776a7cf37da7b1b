import { z } from "zod";

/** What a call is refused with whose file is not as it was read: see `currentManifest` of the program. */
const changedSchema = z.object({
	failure: z.object({ error: z.object({ details: z.object({ changed: z.literal(true) }) }) }),
});

/** Whether an error says that a data set's file changed since it was read. */
export function changedOnDisk(error: unknown): boolean {
	return changedSchema.safeParse(error).success;
}
