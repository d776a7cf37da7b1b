import type { DType } from "./graph.ts";

/** Of each type its number in ONNX, the bytes of an element and the array that holds it. */
export const DTYPES = {
	f32: { code: 1, bytes: 4, holder: Float32Array },
	u8: { code: 2, bytes: 1, holder: Uint8Array },
	i64: { code: 7, bytes: 8, holder: BigInt64Array },
	bool: { code: 9, bytes: 1, holder: Uint8Array },
	f16: { code: 10, bytes: 2, holder: Uint16Array },
	bf16: { code: 16, bytes: 2, holder: Uint16Array },
} as const satisfies Record<DType, unknown>;
