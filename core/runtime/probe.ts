import { AppError } from "../contract/errors.ts";
import type { ProbeResult, ProbeSpec } from "../contract/jobs.ts";
import { selfTest } from "./native/self-test.ts";
import { InferenceSession, Tensor } from "./ort.ts";

/** An ONNX model of one node, `y = MatMul(x, x)` with `x [2, 2]`. */
const TINY_MODEL =
	"CAg6RAoRCgF4CgF4EgF5IgZNYXRNdWwSBXByb2JlWhMKAXgSDgoMCAESCAoCCAIKAggCYhMKAXkSDgoMCAESCAoCCAIKAggCQgIQEQ==";

/**
 * Creates a session on one execution provider alone and multiplies a matrix with it. Run it in a process of its own: a
 * broken driver may end the process, and the true reason of a failure is often on standard error only.
 * @throws AppError `provider-unavailable` with ONNX Runtime's own words.
 */
export async function probeProvider({ provider, deviceId, native }: ProbeSpec): Promise<ProbeResult> {
	const started = performance.now();
	if (native) {
		await selfTest({ provider, deviceId }).catch((cause: Error) => {
			throw unavailable(provider, cause.message, cause);
		});
		return { reason: "completed", provider, elapsedMs: performance.now() - started };
	}
	const product = await multiply(provider).catch((cause: unknown) => {
		throw unavailable(provider, cause instanceof Error ? cause.message : String(cause), cause);
	});
	if (product.join() !== "7,10,15,22")
		throw unavailable(provider, `it computed ${product.join()} for 7,10,15,22`);
	return { reason: "completed", provider, elapsedMs: performance.now() - started };
}

async function multiply(provider: string): Promise<number[]> {
	const session = await InferenceSession.create(Buffer.from(TINY_MODEL, "base64"), {
		executionProviders: [provider],
		// Without this a provider that cannot take the node would quietly leave it to the CPU and seem to work.
		extra: { session: { disable_cpu_ep_fallback: provider === "cpu" ? "0" : "1" } },
	});
	const x = new Tensor("float32", Float32Array.of(1, 2, 3, 4), [2, 2]);
	const { y } = await session.run({ x });
	return Array.from(y?.data as Float32Array);
}

function unavailable(provider: string, reason: string, cause?: unknown): AppError {
	const hint = "Run `dqo doctor` for the reason and the remedy; the cpu provider always works.";
	const message = `The execution provider ${provider} cannot be used: ${reason.trim()}`;
	return new AppError({ code: "provider-unavailable", message, hint, details: { provider } }, { cause });
}
