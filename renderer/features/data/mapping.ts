/** The mapping to ask for: each column that is used under another name than its own. */
export function mappingOf(roles: Readonly<Record<string, string>>): Record<string, string> {
	return Object.fromEntries(Object.entries(roles).filter(([column, role]) => role !== "" && role !== column));
}
