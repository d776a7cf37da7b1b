import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Device } from "../../contract/provider.ts";
import { Graph, type Value } from "../../graph/graph.ts";
import { add, cast, lessOrEqual, loop, matmul, mul } from "../../graph/ops/index.ts";
import { GraphSession, type SessionOptions } from "../session.ts";
import type { HostTensor, ResidentTensor } from "../tensors.ts";
import { native } from "./native.ts";

/**
 * Tries all that sessions do through the C interface on a device, with answers that are known. Run it in a process of its
 * own: a wrong call ends the process. Throws an Error that says what went wrong.
 */
export async function selfTest(device: Device): Promise<void> {
	const options: SessionOptions = { backend: native, device, threads: 1 };
	await everyType(options);
	await resident(options);
	await weights(options);
	await refusal(options);
	await cancel(options);
}

async function everyType(options: SessionOptions): Promise<void> {
	const graph = new Graph();
	const x = graph.input("x", "f32", ["N"]);
	const half = graph.input("half", "f16", ["N"]);
	const whole = graph.input("whole", "i64", ["N"]);
	const flag = graph.input("flag", "bool", ["N"]);
	graph.output("sum", add(x, cast(whole, "f32")));
	graph.output("doubled", cast(mul(cast(half, "f32"), 2), "f16"));
	graph.output("same", whole);
	graph.output("not", lessOrEqual(cast(flag, "f32"), 0));
	const outputs = await once(graph, options, {
		x: { shape: [3], data: Float32Array.of(0.5, 1.5, 2.5) },
		// 1, 2 and -3 in half precision.
		half: { shape: [3], data: Uint16Array.of(0x3c00, 0x4000, 0xc200) },
		whole: { shape: [3], data: BigInt64Array.of(1n, -2n, 3n) },
		flag: { shape: [3], data: Uint8Array.of(1, 0, 1) },
	});
	expect("float32", outputs.sum, Float32Array.of(1.5, -0.5, 5.5));
	expect("float16", outputs.doubled, Uint16Array.of(0x4000, 0x4400, 0xc600));
	expect("int64", outputs.same, BigInt64Array.of(1n, -2n, 3n));
	expect("bool", outputs.not, Uint8Array.of(0, 1, 0));
}

async function resident(options: SessionOptions): Promise<void> {
	const graph = new Graph();
	const x = graph.input("x", "f32", ["N"]);
	const double = add(x, x);
	graph.output("kept", double);
	graph.output("read", double);
	const session = await GraphSession.create(graph, { ...options, resident: ["kept"] });
	let kept: ResidentTensor | null = null;
	for (const expected of [2, 4, 8, 16]) {
		const feed = kept ?? { shape: [1], data: Float32Array.of(1) };
		const outputs = await session.runResident({ x: feed });
		kept?.release();
		kept = outputs.resident.kept as ResidentTensor;
		expect("a tensor left on the device", outputs.host.read, Float32Array.of(expected));
	}
	kept?.release();
	await session.release();
}

/** Weights from memory, and mapped from a file at an offset. */
async function weights(options: SessionOptions): Promise<void> {
	const values = Float32Array.from({ length: 1024 }, (_, i) => i);
	const folder = realpathSync(mkdtempSync(join(tmpdir(), "dqo-native-")));
	try {
		writeFileSync(join(folder, "weights"), Buffer.concat([Buffer.alloc(12), Buffer.from(values.buffer)]));
		for (const offset of [null, 12]) {
			const graph = new Graph();
			const place = offset === null ? undefined : () => ({ folder, name: "weights", offset });
			graph.output(
				"twice",
				mul(
					graph.initializer("w", "f32", [1024], () => values, place),
					2,
				),
			);
			const { twice } = await once(graph, { ...options, mapAboveBytes: offset === null ? undefined : 0 }, {});
			expect(
				"weights",
				twice,
				values.map((value) => 2 * value),
			);
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

async function refusal({ device = { provider: "cpu" } }: SessionOptions): Promise<void> {
	const load = native.load({ model: Uint8Array.of(1, 2, 3), external: [], mappedFrom: null }, { device });
	const refused = await load.then(
		() => false,
		(error: unknown) => error instanceof Error && error.message.length > 0,
	);
	if (!refused) throw new Error("a broken model was not refused");
}

/** A run that would take minutes. */
async function cancel(options: SessionOptions): Promise<void> {
	const graph = new Graph();
	const initial = graph.input("x", "f32", [128, 128]);
	graph.input("n", "bool", ["N"]);
	const { state } = loop(graph, {
		name: "powers",
		steps: "10000000*N",
		state: [{ name: "x", initial, shape: [128, 128], final: [128, 128] }],
		build: (_, [x]) => ({ state: [matmul(x as Value, x as Value)], scans: [] }),
	});
	graph.output("y", state[0] as Value);
	const session = await GraphSession.create(graph, options);
	const feeds = {
		x: { shape: [128, 128], data: new Float32Array(128 * 128) },
		n: { shape: [1], data: Uint8Array.of(1) },
	};
	const signal = AbortSignal.timeout(50);
	const code = await session.run(feeds, undefined, { signal }).then(
		() => "completed",
		(error: { code?: string; message: string }) => error.code ?? error.message,
	);
	if (code !== "cancelled") throw new Error(`a cancelled run ended with ${code}`);
	await session.release();
}

async function once(
	graph: Graph,
	options: SessionOptions,
	feeds: Record<string, HostTensor>,
): Promise<Record<string, HostTensor>> {
	const session = await GraphSession.create(graph, options);
	const outputs = await session.run(feeds);
	await session.release();
	return outputs;
}

function expect(what: string, found: HostTensor | undefined, expected: HostTensor["data"]): void {
	if (found?.data.constructor !== expected.constructor || found.data.join() !== expected.join())
		throw new Error(`${what}: it gave ${found?.data.slice(0, 8).join()} for ${expected.slice(0, 8).join()}`);
}
