/** Whether a data set is one of the starter's own: always there, never removed. */
export function isBuiltInData({ id }: { id: string }): boolean {
	return id.startsWith("starter-");
}
