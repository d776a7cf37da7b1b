/** The answer after the four hashes that end a reference solution of GSM8K's form; null where there is none. */
export function markedAnswer(reference: string | null): string | null {
	return /####\s*(.+)\s*$/.exec(reference ?? "")?.[1] ?? null;
}
