import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { sha256, writeAtomically, writeFully } from "./files.ts";

/** What a cached result depends on; any difference means another entry. */
export type CacheKey = Readonly<Record<string, string | number | boolean | null>>;
export type Arrays = Map<string, Float32Array>;

const headerSchema = z.strictObject({
	schemaVersion: z.literal(1),
	key: z.string(),
	arrays: z.array(z.strictObject({ name: z.string(), length: z.int().min(0) })),
	/** Over the names and lengths of the arrays and all their values. */
	sha256: z.string(),
});

/**
 * The cache entry for `key` under `root`: named float32 arrays behind one line of JSON, in a file named by the key's hash.
 * An entry that is damaged, cut short or of another key reads as absent, so it is computed again and never trusted.
 */
export function cacheFile(root: string, key: CacheKey) {
	const canonical = JSON.stringify(Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1)));
	const path = join(root, `${sha256(canonical)}.f32`);
	return {
		path,
		read(): Arrays | null {
			return existsSync(path) ? parseEntry(path, canonical) : null;
		},
		/** Throws `disk-full`. */
		write(arrays: Arrays): void {
			const values = Buffer.concat([...arrays.values()].map((array) => bytesOf(array)));
			const described = [...arrays].map(([name, { length }]) => ({ name, length }));
			const header: z.infer<typeof headerSchema> = {
				schemaVersion: 1,
				key: canonical,
				arrays: described,
				sha256: checksum(described, values),
			};
			writeAtomically(path, (fd) => {
				writeFully(fd, Buffer.from(`${JSON.stringify(header)}\n`, "utf8"));
				writeFully(fd, values);
			});
		},
	};
}

/** The cached arrays for `key`, or those that `compute` gives, stored for the next time. */
export async function cached(root: string, key: CacheKey, compute: () => Promise<Arrays>): Promise<Arrays> {
	const entry = cacheFile(root, key);
	const known = entry.read();
	if (known !== null) return known;
	const arrays = await compute();
	entry.write(arrays);
	return arrays;
}

function checksum(arrays: readonly { name: string; length: number }[], values: Uint8Array): string {
	return sha256(Buffer.concat([Buffer.from(JSON.stringify(arrays), "utf8"), values]));
}

function bytesOf(array: Float32Array): Uint8Array {
	return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function parseEntry(path: string, key: string): Arrays | null {
	let bytes: Buffer;
	let json: unknown;
	try {
		bytes = readFileSync(path);
		json = JSON.parse(bytes.toString("utf8", 0, bytes.indexOf(10)));
	} catch {
		return null;
	}
	const header = headerSchema.safeParse(json);
	const values = bytes.subarray(bytes.indexOf(10) + 1);
	if (!header.success || header.data.key !== key) return null;
	if (header.data.sha256 !== checksum(header.data.arrays, values)) return null;
	const total = header.data.arrays.reduce((sum, { length }) => sum + length, 0);
	if (total * 4 !== values.length) return null;
	const arrays: Arrays = new Map();
	let position = 0;
	for (const { name, length } of header.data.arrays) {
		// Copied, since the values do not start at a multiple of four bytes in the file.
		const array = new Float32Array(length);
		bytesOf(array).set(values.subarray(position, position + 4 * length));
		arrays.set(name, array);
		position += 4 * length;
	}
	return arrays;
}
