/** Which item one must stand before to come to place `to` of the list; null is last, undefined no move. */
export function placeBefore(ids: readonly string[], id: string, to: number): string | null | undefined {
	const from = ids.indexOf(id);
	if (from === -1 || to === from || to < 0 || to >= ids.length) return undefined;
	return ids[to < from ? to : to + 1] ?? null;
}
