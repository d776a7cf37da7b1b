/** `tsx bench/profile.ts <train case> [threads] [runs]`: where the kernels of a training step spend their time. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { graphCost } from "../core/graph/cost.ts";
import { EXTERNAL_FILE, serialise } from "../core/graph/serialise.ts";
import { initialParameters } from "../core/training/parameters.ts";
import { plainFeeds, plainGraph } from "./model.ts";
import { casesOf } from "./spec.ts";

const [wanted = "train full small", threads = "2", runs = "5"] = process.argv.slice(2);
const found = casesOf(false, Number(threads)).find(({ name }) => name === wanted);
const spec = found?.sides.ours?.spec;
if (!spec || found.kind !== "train") throw new Error(`no training case is called ${wanted}`);

const dir = await mkdtemp(join(tmpdir(), "dqo-profile-"));
try {
	const { graph, trained, model } = plainGraph(spec);
	const { model: bytes, external, externalBytes } = serialise(graph);
	const data = new Uint8Array(externalBytes);
	for (const { offset, load } of external) data.set(load(), offset);
	const session = await InferenceSession.create(bytes, {
		graphOptimizationLevel: "all",
		intraOpNumThreads: Number(threads),
		enableMemPattern: false,
		enableProfiling: true,
		profileFilePrefix: join(dir, "run"),
		externalData: externalBytes > 0 ? [{ path: EXTERNAL_FILE, data }] : [],
		logSeverityLevel: 3,
	});
	const parameters = initialParameters(trained, model.tensors, { seed: 0 });
	const feeds = Object.fromEntries(
		Object.entries(plainFeeds(spec, trained, parameters)).map(([name, { shape, data }]) => [
			name,
			data instanceof Float32Array
				? new Tensor("float32", data, shape)
				: new Tensor("int64", data as BigInt64Array, shape),
		]),
	);
	const sizeOf = (tensors: readonly Tensor[]) =>
		`${(tensors.reduce((sum, { data }) => sum + (data as Float32Array).byteLength, 0) / 1e6).toFixed(1)} MB`;
	let out = "";
	for (let i = 0; i < Number(runs); i++) out = sizeOf(Object.values(await session.run(feeds)));
	console.log(`per step: ${sizeOf(Object.values(feeds))} in, ${out} out\n`);
	session.endProfiling();
	const [file] = await readdir(dir);
	const events: { name: string; dur: number; args?: { op_name?: string } }[] = JSON.parse(
		await readFile(join(dir, file as string), "utf8"),
	);
	// The quickest run of each node: what another program did in between is not the kernel's time.
	const best = new Map<string, { op: string; us: number }>();
	for (const { name, dur, args } of events) {
		if (!name.endsWith("_kernel_time") || !args?.op_name) continue;
		const us = Math.min(dur, best.get(name)?.us ?? Number.POSITIVE_INFINITY);
		best.set(name, { op: args.op_name, us });
	}
	const table = (keyOf: (name: string, op: string) => string) => {
		const sums = new Map<string, { us: number; count: number }>();
		for (const [name, { op, us }] of best) {
			const sum = sums.get(keyOf(name, op)) ?? { us: 0, count: 0 };
			sums.set(keyOf(name, op), { us: sum.us + us, count: sum.count + 1 });
		}
		return [...sums].sort(([, a], [, b]) => b.us - a.us);
	};
	const total = [...best.values()].reduce((sum, { us }) => sum + us, 0);
	const line = (key: string, us: number, count: number) =>
		console.log(
			`${(us / 1000).toFixed(1).padStart(9)} ms ${((100 * us) / total).toFixed(1).padStart(5)} %  ${count} x ${key}`,
		);
	for (const [key, { us, count }] of table((_, op) => op)) if (us > total / 1000) line(key, us, count);
	console.log("");
	const place = (name: string, op: string) =>
		`${name
			.replace("_kernel_time", "")
			.replace(/layers\.\d+/g, "layers.N")
			.replace(/_\d+(?=\/|$)/g, "")} ${op}`;
	for (const [key, { us, count }] of table(place).slice(0, 60)) line(key, us, count);
	const flops = graphCost(graph, { B: spec.batch, T: spec.seq }).matrixFlops;
	console.log(
		`\nkernels ${(total / 1000).toFixed(1)} ms, ${(flops / total / 1000).toFixed(0)} GFLOPS over all`,
	);
} finally {
	await rm(dir, { recursive: true });
}
