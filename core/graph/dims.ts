/**
 * Symbolic dimensions.
 *
 * A dimension is a whole number, or a polynomial in named symbols with whole coefficients, kept as a canonical
 * string: `"P*K*T"`, `"8*U"`, `"L*P + K*P*T"`. Two dimensions are equal exactly when they are `===`.
 */
export type Dim = number | string;
export type Shape = readonly Dim[];

/** Monomial (sorted symbols joined by `*`, empty for the constant) to coefficient. */
type Polynomial = Map<string, number>;

function parse(dim: Dim): Polynomial {
	if (typeof dim === "number") return new Map([["", dim]]);
	const terms: Polynomial = new Map();
	for (const term of dim.split("+")) {
		let coefficient = 1;
		const symbols: string[] = [];
		for (const factor of term.trim().split("*")) {
			if (/^-?\d+$/.test(factor)) coefficient *= Number(factor);
			else symbols.push(factor);
		}
		const key = symbols.sort().join("*");
		terms.set(key, (terms.get(key) ?? 0) + coefficient);
	}
	return terms;
}

function format(terms: Polynomial): Dim {
	const kept = [...terms].filter(([, c]) => c !== 0).sort(([a], [b]) => (a < b ? -1 : 1));
	if (kept.length === 0) return 0;
	if (kept.length === 1 && kept[0]?.[0] === "") return kept[0][1];
	return kept.map(([key, c]) => (key === "" ? `${c}` : c === 1 ? key : `${c}*${key}`)).join(" + ");
}

/** Product of dimensions. */
export function mulDim(...dims: Dim[]): Dim {
	let product: Polynomial = new Map([["", 1]]);
	for (const dim of dims) {
		const next: Polynomial = new Map();
		for (const [keyA, a] of product) {
			for (const [keyB, b] of parse(dim)) {
				const key = [...keyA.split("*"), ...keyB.split("*")].filter(Boolean).sort().join("*");
				next.set(key, (next.get(key) ?? 0) + a * b);
			}
		}
		product = next;
	}
	return format(product);
}

/** Sum of dimensions. */
export function addDim(...dims: Dim[]): Dim {
	const sum: Polynomial = new Map();
	for (const dim of dims) for (const [key, c] of parse(dim)) sum.set(key, (sum.get(key) ?? 0) + c);
	return format(sum);
}

/** `dim / divisor` where every coefficient divides evenly, else null. */
export function divDim(dim: Dim, divisor: number): Dim | null {
	const terms = parse(dim);
	for (const [key, c] of terms) {
		if (c % divisor !== 0) return null;
		terms.set(key, c / divisor);
	}
	return format(terms);
}

/** Number of elements of a shape, as a dimension. */
export function numel(shape: Shape): Dim {
	return mulDim(...shape);
}

/** The terms of a dimension: coefficient and symbols of each. */
export function termsOf(dim: Dim): { coefficient: number; symbols: string[] }[] {
	return [...parse(dim)].map(([key, coefficient]) => ({
		coefficient,
		symbols: key === "" ? [] : key.split("*"),
	}));
}

export function sameShape(a: Shape, b: Shape): boolean {
	return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

/** The shape two operands broadcast to (NumPy rules), or null where they do not fit. */
export function broadcastShapes(a: Shape, b: Shape): Shape | null {
	const rank = Math.max(a.length, b.length);
	const out: Dim[] = [];
	for (let i = 0; i < rank; i++) {
		const da = a[a.length - rank + i] ?? 1;
		const db = b[b.length - rank + i] ?? 1;
		if (da === db || db === 1) out.push(da);
		else if (da === 1) out.push(db);
		else return null;
	}
	return out;
}

export function showShape(shape: Shape): string {
	return `[${shape.join(", ")}]`;
}
