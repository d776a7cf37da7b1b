export interface SavedFile {
	name: string;
	blob: Blob;
}

/** Saves a file the way a page does. */
export function download({ name, blob }: SavedFile): void {
	const url = URL.createObjectURL(blob);
	const link = document.createElement("a");
	link.href = url;
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
