import { existsSync } from "node:fs";
import { arch, platform } from "node:os";
import { AppError } from "../contract/errors.ts";
import type { JobContext } from "../contract/job.ts";
import type { JobSpec } from "../contract/jobs.ts";
import type { Compute, Device, Provider } from "../contract/provider.ts";
import { cudaLibrary } from "../runtime/cuda/library.ts";
import { setDevice } from "../runtime/device.ts";
import { providersOf } from "../runtime/providers.ts";
import { ownHost, settleNative } from "./native.ts";
import { type ProviderReport, probe } from "./probe.ts";

/**
 * What `auto` takes, the first that works. The other providers compute too, but nobody has measured whether they train
 * faster than the CPU, and some leave parts of a graph to it; they are taken by name alone.
 */
const AUTOMATIC: readonly Provider[] = ["cuda"];
/** Providers that tell several devices apart. */
const NUMBERED: ReadonlySet<Provider> = new Set(["cuda", "tensorrt", "dml"]);

export interface Settled {
	readonly device: Device;
	/** A sentence for the log: what computes, and why. */
	readonly why: string;
}

type Probe = (provider: Provider) => Promise<ProviderReport>;

/**
 * Decides what a job computes with. A provider asked for by name must work: computing elsewhere for hours would be no
 * answer to the request. Throws `provider-unavailable` with the reason and the remedy.
 */
export async function settleCompute({ provider, deviceId }: Compute, tryOut: Probe): Promise<Settled> {
	const chosen = async (): Promise<{ provider: Provider; why: string }> => {
		if (provider === "cpu") return { provider, why: "Computes on the CPU, as chosen." };
		if (provider === "auto") return automatic(tryOut);
		const here = providersOf(platform(), arch());
		if (!here.includes(provider)) throw absent(provider, here);
		const report = await tryOut(provider);
		if (report.works)
			return { provider, why: `Computes on ${provider}, as chosen; its test took ${ms(report)}.` };
		throw new AppError({
			code: "provider-unavailable",
			message: `The execution provider ${provider} cannot be used: ${report.reason}.`,
			hint: `To get it: ${report.remedy}. Or compute on the CPU: --provider cpu.`,
			details: { provider, details: report.details },
		});
	};
	const { provider: name, why } = await chosen();
	const numbered = deviceId !== undefined && NUMBERED.has(name);
	return {
		device: numbered ? { provider: name, deviceId } : { provider: name },
		why: numbered ? `${why} GPU ${deviceId}.` : why,
	};
}

async function automatic(tryOut: Probe): Promise<{ provider: Provider; why: string }> {
	const reasons: string[] = [];
	for (const provider of AUTOMATIC.filter((one) => providersOf(platform(), arch()).includes(one))) {
		// A process costs a second: where the library is not even installed, its absence is answer enough.
		if (!existsSync(cudaLibrary())) {
			reasons.push(`${provider} is not installed`);
			continue;
		}
		const report = await tryOut(provider);
		if (report.works)
			return { provider, why: `Computes on ${provider}: it works; its test took ${ms(report)}.` };
		reasons.push(`${provider} does not work: ${report.reason} (${report.remedy})`);
	}
	const because = reasons.length > 0 ? `: ${reasons.join("; ")}` : "";
	return { provider: "cpu", why: `Computes on the CPU${because}.` };
}

const ms = ({ elapsedMs }: { elapsedMs: number }) => `${Math.round(elapsedMs)} ms`;

function absent(provider: Provider, here: readonly Provider[]): AppError {
	return new AppError({
		code: "provider-unavailable",
		message: `There is no execution provider ${provider} on this platform.`,
		hint: `Providers here: ${here.join(", ")}.`,
		details: { provider },
	});
}

/** Settles what this engine process computes with, and says so in the job's log. */
export async function settleFor(spec: JobSpec, context: Pick<JobContext, "emit">): Promise<void> {
	const wanted = computeOf(spec);
	const host = ownHost();
	const { device, why } = await settleCompute(wanted, (provider) => probe(provider, { host }));
	setDevice(device);
	const way = await settleNative(device);
	if (spec.kind === "train" || device.provider !== "cpu") context.emit({ type: "log", message: why });
	if (way !== null) context.emit({ type: "log", message: way });
}

function computeOf(spec: JobSpec): Compute {
	if (spec.kind === "train") return { provider: spec.config.provider, deviceId: spec.deviceId };
	return ("compute" in spec && spec.compute) || { provider: "cpu" };
}
