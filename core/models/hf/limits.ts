/** The largest config.json that is read; published ones have some kB. */
export const MAX_CONFIG_BYTES = 1_000_000;

/** The first few of many things, and how many more there are. */
export function listed(items: readonly string[], separator: string): string {
	const shown = items.slice(0, 10).map((item) => item.slice(0, 300));
	const rest = items.length - shown.length;
	return [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join(separator);
}
