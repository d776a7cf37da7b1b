/** Two runs count as told apart below this p value. */
export const TOLD_APART = 0.05;

/** `p = 0.24`, `p < 0.001`. */
export function pText(p: number): string {
	if (p < 0.001) return "p < 0.001";
	return `p = ${p < 0.1 ? p.toFixed(3) : p.toFixed(2)}`;
}
