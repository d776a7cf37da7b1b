import protobuf from "protobufjs/minimal.js";
import type { Dim } from "./dims.ts";
import { DTYPES } from "./dtypes.ts";
import {
	type Attribute,
	type Body,
	describe,
	type FileWatch,
	type Graph,
	type Initializer,
	type Node,
	type Value,
} from "./graph.ts";
import type { Lowering } from "./lower.ts";

/** Opset that every kernel we use exists at, on CPU and on CUDA. */
const ONNX_OPSET = 18;
/** Initializers up to this size stay in the model file; larger ones become external data. */
const INLINE_BYTES = 1024;
/** Tensors given from memory start at multiples of this. */
const ALIGNMENT = 4096;

/** A serialised model: the ONNX bytes, and the large tensors that stand beside them. */
export interface SerialisedGraph {
	readonly model: Uint8Array;
	/** Tensors to be given from memory, as one file that does not exist, or to be written to files of these names. */
	readonly external: readonly ExternalTensor[];
	/** Size of those files together. */
	readonly externalBytes: number;
	/** The folder of the files that the other tensors are mapped from; null when none are. */
	readonly mappedFrom: string | null;
	/** Of those files that are watched for changes. */
	readonly watches: ReadonlySet<FileWatch>;
}

/**
 * Weights in files of more bytes than this are mapped from there and not copied. They then take no memory of their own and
 * sessions share them; but what is mapped is not packed for the products either, which small models are quicker with.
 */
export const MAPPED_BYTES = 512 * 1024 * 1024;

export interface ExternalTensor {
	/** Name of the file that holds it. */
	readonly file: string;
	readonly offset: number;
	readonly byteLength: number;
	/** The bytes of the tensor, of exactly `byteLength`. */
	readonly load: () => Uint8Array;
}

/** Name that the model has for what is given from memory. */
export const EXTERNAL_FILE = "memory.bin";

export interface SerialiseOptions {
	/** Weights that lie in files are mapped where they are more bytes than this, and read otherwise; `MAPPED_BYTES` unless given. */
	mapAboveBytes?: number | undefined;
	/** Initializers up to this size stay in the model; 1 KiB unless given. */
	inlineBytes?: number;
	/** Names of external files by number; the one that does not exist unless given. */
	fileName?: (index: number) => string;
	/** Tensors are spread over files of at most this size, where no single one is larger; one file unless given. */
	fileBytes?: number;
	/** Writes some ops as others that the session's provider has; none unless given. */
	lowering?: Lowering | null;
}

type Writer = protobuf.Writer;
const tag = (field: number, wire: 0 | 2 | 5) => (field << 3) | wire;
const text = (w: Writer, field: number, value: string) => w.uint32(tag(field, 2)).string(value);
const integer = (w: Writer, field: number, value: number) => w.uint32(tag(field, 0)).int64(value);
function message(w: Writer, field: number, write: (w: Writer) => void): void {
	w.uint32(tag(field, 2)).fork();
	write(w);
	w.ldelim();
}

/** What stays the same while a graph is written. */
interface Writing {
	readonly used: Set<Value>;
	readonly lowering: Lowering | null;
}

/** Writes the graph as an ONNX ModelProto; nodes that no output needs are left out, others lowered where that is given. */
export function serialise(graph: Graph, options: SerialiseOptions = {}): SerialisedGraph {
	const { mapAboveBytes = MAPPED_BYTES, inlineBytes = INLINE_BYTES, lowering = null } = options;
	const { fileName = () => EXTERNAL_FILE, fileBytes = Number.POSITIVE_INFINITY } = options;
	const used = new Set<Value>(graph.outputs.values());
	const nodes = neededNodes(graph.nodes, used);
	const writing = { used, lowering };
	const external: ExternalTensor[] = [];
	/** Where each external file ends so far. */
	const fileEnds = [0];
	const weights = [...graph.initializers.values()].filter(({ value }) => used.has(value));
	const inFiles = weights.filter(({ file }) => file);
	const mapped = inFiles.reduce((sum, weight) => sum + bytesOf(weight), 0) > mapAboveBytes;
	let mappedFrom: string | null = null;
	const watches = new Set<FileWatch>();
	const w = protobuf.Writer.create();
	integer(w, 1, 9); // ir_version
	text(w, 2, "dqo-studio");
	message(w, 7, (g) => {
		writeNodes(g, nodes, writing);
		text(g, 2, "dqo");
		for (const weight of weights) {
			const { value, file } = weight;
			const byteLength = bytesOf(weight);
			message(g, 5, (t) => {
				for (const dim of value.shape) integer(t, 1, dim as number);
				integer(t, 2, DTYPES[value.dtype].code);
				text(t, 8, value.name);
				if (mapped && file) {
					const { folder, name, offset, watch } = file();
					if (watch) watches.add(watch);
					mappedFrom ??= folder;
					if (mappedFrom !== folder) graph.fail(`weights lie in ${mappedFrom} and in ${folder}`);
					return writePlace(t, name, offset, byteLength);
				}
				const load = () => bytesFor(graph, weight, byteLength);
				// ONNX Runtime takes tensors from files or from memory beside the model, not from both.
				if (byteLength <= inlineBytes || mapped) return void t.uint32(tag(9, 2)).bytes(load());
				const next = Math.ceil((fileEnds.at(-1) as number) / ALIGNMENT) * ALIGNMENT;
				if (next > 0 && next + byteLength > fileBytes) fileEnds.push(0);
				const offset = fileEnds.at(-1) === 0 ? 0 : next;
				fileEnds[fileEnds.length - 1] = offset + byteLength;
				const name = fileName(fileEnds.length - 1);
				external.push({ file: name, offset, byteLength, load });
				writePlace(t, name, offset, byteLength);
			});
		}
		for (const value of graph.inputs.values())
			if (used.has(value)) message(g, 11, (v) => writeInfo(v, value.name, value));
		for (const [name, value] of graph.outputs) writeOutput(g, name, value);
	});
	for (const [domain, version] of [
		["", ONNX_OPSET],
		["com.microsoft", 1],
	] as const) {
		message(w, 8, (o) => {
			text(o, 1, domain);
			integer(o, 2, version);
		});
	}
	const externalBytes = fileEnds.reduce((sum, end) => sum + end, 0);
	return { model: w.finish(), external, externalBytes, mappedFrom, watches };
}

function writePlace(t: Writer, location: string, offset: number, length: number): void {
	for (const [key, entry] of Object.entries({ location, offset, length })) {
		message(t, 13, (e) => {
			text(e, 1, key);
			text(e, 2, `${entry}`);
		});
	}
	integer(t, 14, 1); // data_location: EXTERNAL
}

function bytesOf({ value }: Initializer): number {
	const elements = value.shape.reduce<number>((product, dim) => product * (dim as number), 1);
	return elements * DTYPES[value.dtype].bytes;
}

/** Reads an initializer; what does not fit its declared type and shape would otherwise be taken for something else. */
function bytesFor(graph: Graph, { value, load }: Initializer, byteLength: number): Uint8Array {
	const data = load();
	if (!(data instanceof DTYPES[value.dtype].holder) || data.byteLength !== byteLength) {
		graph.fail(
			`initializer ${describe(value)} was given a ${data.constructor.name} of ${data.length} elements`,
		);
	}
	return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** The nodes that the used values need, in order; what these and their bodies read is added to `used`. */
function neededNodes(all: readonly Node[], used: Set<Value>): Node[] {
	const nodes: Node[] = [];
	for (const node of [...all].reverse()) {
		if (!node.outputs.some((out) => used.has(out))) continue;
		nodes.push(node);
		for (const input of node.inputs) if (input) used.add(input);
		for (const body of bodiesOf(node)) {
			for (const output of body.outputs) used.add(output);
			neededNodes(body.nodes, used);
		}
	}
	return nodes.reverse();
}

const bodiesOf = (node: Node): Body[] =>
	Object.values(node.attributes).flatMap((attribute) =>
		attribute.type === "graph" ? [attribute.value] : [],
	);

/** An output is a name of its own, so that two outputs may show one value and an input may be an output. */
function writeOutput(g: Writer, name: string, value: Value): void {
	message(g, 12, (v) => writeInfo(v, name, value));
	message(g, 1, (n) => {
		text(n, 1, value.name);
		text(n, 2, name);
		text(n, 3, `output/${name}`);
		text(n, 4, "Identity");
	});
}

function writeBody(g: Writer, body: Body, writing: Writing): void {
	const lowering = writing.lowering?.inBodies ? writing.lowering : null;
	writeNodes(g, neededNodes(body.nodes, writing.used), { used: writing.used, lowering });
	text(g, 2, body.name);
	for (const value of body.inputs) message(g, 11, (v) => writeInfo(v, value.name, value));
	for (const [i, value] of body.outputs.entries()) writeOutput(g, `${body.name}/output/${i}`, value);
}

function writeNodes(g: Writer, nodes: readonly Node[], writing: Writing): void {
	for (const node of nodes) {
		const lowered = writing.lowering?.lower(node, writing.used);
		for (const part of lowered ?? []) for (const output of part.outputs) writing.used.add(output);
		for (const part of lowered ?? [node]) {
			message(g, 1, (n) => writeNode(n, part, writing));
			// ONNX Runtime keeps what is free in a list that it searches for a buffer of the same shape, and infers no products of
			// symbols: without these shapes nothing is ever found and the list holds the whole graph (32 s for 14,500 nodes, not 5).
			for (const out of part.outputs)
				if (writing.used.has(out)) message(g, 13, (v) => writeInfo(v, out.name, out));
		}
	}
}

function writeNode(w: Writer, node: Node, writing: Writing): void {
	for (const input of node.inputs) text(w, 1, input ? input.name : "");
	// A trailing optional output that nobody reads is not asked of the kernel.
	const all = node.op === "Split" || bodiesOf(node).length > 0;
	const lastUsed = all ? node.outputs.length - 1 : node.outputs.findLastIndex((o) => writing.used.has(o));
	for (const out of node.outputs.slice(0, lastUsed + 1)) text(w, 2, out.name);
	text(w, 3, node.name);
	text(w, 4, node.op);
	for (const [name, attribute] of Object.entries(node.attributes)) {
		message(w, 5, (a) => writeAttribute(a, name, attribute, writing));
	}
	if (node.domain) text(w, 7, node.domain);
}

function writeAttribute(w: Writer, name: string, attribute: Attribute, writing: Writing): void {
	text(w, 1, name);
	switch (attribute.type) {
		case "float":
			w.uint32(tag(2, 5)).float(attribute.value);
			return void integer(w, 20, 1);
		case "int":
			integer(w, 3, attribute.value);
			return void integer(w, 20, 2);
		case "string":
			text(w, 4, attribute.value);
			return void integer(w, 20, 3);
		case "graph":
			message(w, 6, (g) => writeBody(g, attribute.value, writing));
			return void integer(w, 20, 5);
		case "ints":
			for (const x of attribute.value) integer(w, 8, x);
			return void integer(w, 20, 7);
	}
}

function writeInfo(w: Writer, name: string, value: Value): void {
	text(w, 1, name);
	message(w, 2, (type) =>
		message(type, 1, (tensor) => {
			integer(tensor, 1, DTYPES[value.dtype].code);
			message(tensor, 2, (shape) => {
				for (const dim of value.shape) message(shape, 1, (d) => writeDim(d, dim));
			});
		}),
	);
}

function writeDim(w: Writer, dim: Dim): void {
	if (typeof dim === "number") integer(w, 1, dim);
	else text(w, 2, dim);
}
