/**
 * Brings a written number to one spelling, or null when it is not a number: `,` `$` `%`, white space and trailing
 * `.` are removed first. Compared as decimal text, so that "0.1" is exactly "0.10" and long integers never round.
 */
export function canonicalDecimal(text: string): string | null {
	const bare = text.replace(/[,$%\s]/g, "").replace(/\.+$/, "");
	const parts = /^([+-]?)(\d*)(?:\.(\d+))?$/.exec(bare);
	if (parts === null || (parts[2] === "" && parts[3] === undefined)) return null;
	const integer = (parts[2] ?? "").replace(/^0+/, "") || "0";
	const fraction = (parts[3] ?? "").replace(/0+$/, "");
	const magnitude = fraction === "" ? integer : `${integer}.${fraction}`;
	return parts[1] === "-" && magnitude !== "0" ? `-${magnitude}` : magnitude;
}
