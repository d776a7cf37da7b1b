import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError } from "../contract/errors.ts";
import type { ParityResult } from "../contract/parity.ts";
import type { Provider } from "../contract/provider.ts";
import { type StartOptions, startJob } from "./supervisor.ts";

/** Longer than a small model takes on a software GPU. */
const TIMEOUT_MS = 15 * 60_000;

/** A comparison that was made, or why it broke off: a driver may end the whole process. */
export type ParityReport =
	| ParityResult
	| { provider: Provider; verdict: "failed"; error: string; stderr: string };

/** Small, and always there. */
const STARTER_MODEL = fileURLToPath(new URL("../../resources/starter/model", import.meta.url));

/** Computes with a provider and with the CPU in a process of its own and compares; see `parityJob`. */
export async function compareProvider(
	provider: Provider,
	{
		modelDir = STARTER_MODEL,
		threads = 0,
		...start
	}: { modelDir?: string; threads?: number } & Pick<StartOptions, "host" | "env"> = {},
): Promise<ParityReport> {
	const scratchDir = await mkdtemp(join(tmpdir(), "dqo-parity-"));
	const job = startJob<"parity">({ kind: "parity", provider, modelDir, threads, scratchDir }, start);
	const timer = setTimeout(() => job.kill(), TIMEOUT_MS);
	try {
		return await job.result;
	} catch (error) {
		if (!(error instanceof AppError) || error.code === "file-missing") throw error;
		const message =
			error.code === "cancelled" ? `it took more than ${TIMEOUT_MS / 60_000} minutes` : error.message;
		return { provider, verdict: "failed", error: message, stderr: job.stderrTail() };
	} finally {
		clearTimeout(timer);
		await rm(scratchDir, { recursive: true, force: true });
	}
}
