/** Names without the words that all begin with, so that runs of one sweep read `t003`, `t007`. */
export function shortNames(names: readonly string[]): string[] {
	if (new Set(names).size < 2) return [...names];
	const words = names.map((name) => name.split(" "));
	const shortest = Math.min(...words.map(({ length }) => length));
	let common = 0;
	while (common < shortest - 1 && new Set(words.map((one) => one[common])).size === 1) common++;
	return words.map((one) => one.slice(common).join(" "));
}
