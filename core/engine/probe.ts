import { AppError } from "../contract/errors.ts";
import type { ProbeSpec } from "../contract/jobs.ts";
import type { Provider } from "../contract/provider.ts";
import { type Diagnosis, diagnose } from "../runtime/providers.ts";
import { type StartOptions, startJob } from "./supervisor.ts";

/** Longer than any sound driver takes to start. */
const PROBE_TIMEOUT_MS = 60_000;

export type ProviderReport =
	| { provider: Provider; works: true; elapsedMs: number }
	| ({ provider: Provider; works: false; details: string } & Diagnosis);

/** Computes with an execution provider in a process of its own, and explains a failure. */
export async function probe(
	provider: Provider,
	start: Pick<StartOptions, "host" | "env"> = {},
	how: Pick<ProbeSpec, "native" | "deviceId"> = {},
): Promise<ProviderReport> {
	const job = startJob<"probe-provider">({ kind: "probe-provider", provider, ...how }, start);
	const timer = setTimeout(() => job.kill(), PROBE_TIMEOUT_MS);
	try {
		const { elapsedMs } = await job.result;
		return { provider, works: true, elapsedMs };
	} catch (error) {
		if (!(error instanceof AppError)) throw error;
		const details = `${error.message}\n${job.stderrTail()}`.trim();
		if (error.code === "cancelled") {
			const reason = `it did not answer within ${PROBE_TIMEOUT_MS / 1000} s`;
			return { provider, works: false, reason, remedy: "update the GPU's driver", details };
		}
		return { provider, works: false, ...diagnose(provider, error.message, job.stderrTail()), details };
	} finally {
		clearTimeout(timer);
	}
}
