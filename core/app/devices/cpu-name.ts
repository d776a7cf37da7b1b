/** A processor's name without marks, clock rates and the word processor: `Intel Core i7-8700K`; empty where none is known. */
export function cpuName(model: string): string {
	return model
		.replace(/\((R|TM|C)\)/gi, "")
		.replace(/@.*$/, "")
		.replace(/\b(CPU|Processor|\d+-Core)\b/gi, "")
		.replace(/\s+/g, " ")
		.trim();
}
