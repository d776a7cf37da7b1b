import { open } from "node:fs/promises";
import { z } from "zod";
import { AppError } from "../../contract/errors.ts";

export const NUGET_INDEX = "https://api.nuget.org/v3/index.json";
/** The package that ONNX Runtime's own install script takes the CUDA provider from. */
const PACKAGE = "microsoft.ml.onnxruntime.gpu.linux";
const TIMEOUT_MS = 30_000;

const indexSchema = z.looseObject({
	resources: z.array(z.looseObject({ "@id": z.string(), "@type": z.string() })),
});

/** Address of the package of a version, by NuGet's service index. Throws `provider-unavailable` when it cannot be reached. */
export async function packageUrl(version: string, index: string): Promise<string> {
	const reply = await ask(index, { signal: AbortSignal.timeout(TIMEOUT_MS) });
	const parsed = indexSchema.safeParse(await reply.json().catch(() => null));
	const base = parsed.data?.resources.find((one) => one["@type"] === "PackageBaseAddress/3.0.0")?.["@id"];
	if (base === undefined) throw unreachable(index, "it is no NuGet index");
	return `${base.replace(/\/?$/, "/")}${PACKAGE}/${version}/${PACKAGE}.${version}.nupkg`;
}

/** Bytes of a file on a server; null where the server does not say. */
export async function sizeOf(url: string): Promise<number | null> {
	const reply = await ask(url, { method: "HEAD", signal: AbortSignal.timeout(TIMEOUT_MS) });
	const length = Number(reply.headers.get("content-length"));
	return length > 0 ? length : null;
}

/** Downloads a file; `onBytes` is told of every piece. A stalled connection ends it. */
export async function download(url: string, path: string, onBytes: (count: number) => void): Promise<void> {
	const stalled = new AbortController();
	let timer = setTimeout(() => stalled.abort(), TIMEOUT_MS);
	const file = await open(path, "w");
	try {
		const reply = await ask(url, { signal: stalled.signal });
		if (reply.body === null) throw unreachable(url, "it sent nothing");
		for await (const chunk of reply.body) {
			clearTimeout(timer);
			timer = setTimeout(() => stalled.abort(), TIMEOUT_MS);
			await file.writeFile(chunk);
			onBytes(chunk.length);
		}
	} catch (cause) {
		if (cause instanceof AppError || (cause as NodeJS.ErrnoException).code === "ENOSPC") throw cause;
		throw unreachable(url, reasonOf(cause), cause);
	} finally {
		clearTimeout(timer);
		await file.close();
	}
}

async function ask(url: string, init: RequestInit): Promise<Response> {
	const reply = await fetch(url, init).catch((cause: unknown) => {
		throw unreachable(url, reasonOf(cause), cause);
	});
	if (!reply.ok) throw unreachable(url, `HTTP status ${reply.status}`);
	return reply;
}

/** `fetch` hides the reason in the cause of its error. */
function reasonOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	if (error.name === "AbortError" || error.name === "TimeoutError")
		return `nothing came for ${TIMEOUT_MS / 1000} s`;
	const { cause } = error;
	if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0].message;
	return cause instanceof Error ? cause.message : error.message;
}

function unreachable(url: string, reason: string, cause?: unknown): AppError {
	return new AppError(
		{
			code: "provider-unavailable",
			message: `${url} could not be reached: ${reason}.`,
			hint:
				"Without internet, or behind a proxy, fetch the package elsewhere and give it: `pip download --no-deps " +
				"onnxruntime-gpu==VERSION` and then `dqo cuda install --from FILE.whl`. A mirror of NuGet is taken with --index.",
		},
		{ cause },
	);
}
