/** Begins a sentence with words that elsewhere stand within one. */
export function sentence(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
