/** What a drop brought: files of a data set, or a folder that looks like a model. */
export interface Dropped {
	readonly files: readonly File[];
	/**
	 * Name of a dropped folder that is a model's, and its `config.json` to find its place by, or the folder itself where the
	 * file is not to be seen: a page is not shown links, and the hub's cache is made of them.
	 */
	readonly model: { readonly name: string; readonly file: File } | null;
}

const DATA_NAME = /\.(jsonl|ndjson|json|csv|tsv|parquet)(\.gz)?$/i;
/** Files of a folder that are looked at; a drop of a whole disk is a mistake. */
const MOST_FILES = 500;

/** Reads what was dropped, folders to the bottom. Call it in the drop event itself: the list is empty afterwards. */
export async function readDrop(transfer: DataTransfer): Promise<Dropped> {
	const dropped = [...transfer.items].flatMap((item) => {
		const entry = item.webkitGetAsEntry();
		return entry === null ? [] : [{ entry, self: item.getAsFile() }];
	});
	if (dropped.length === 0) return { files: [...transfer.files], model: null };
	const files: File[] = [];
	let model: Dropped["model"] = null;
	for (const { entry, self } of dropped) {
		if (entry.isFile) {
			files.push(await fileOf(entry as FileSystemFileEntry));
			continue;
		}
		const inside = await filesOf(entry as FileSystemDirectoryEntry, []);
		const config = inside.find(({ name }) => name === "config.json");
		const data = inside.filter(({ name }) => DATA_NAME.test(name));
		const place = config ?? (data.length === 0 ? self : null);
		if (place !== null) model ??= { name: entry.name, file: place };
		else files.push(...data);
	}
	return { files, model };
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
	return new Promise((resolve, reject) => entry.file(resolve, reject));
}

async function filesOf(folder: FileSystemDirectoryEntry, found: File[]): Promise<File[]> {
	const reader = folder.createReader();
	for (;;) {
		const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
			reader.readEntries(resolve, reject),
		);
		if (batch.length === 0 || found.length >= MOST_FILES) return found;
		for (const entry of batch) {
			if (entry.isFile) found.push(await fileOf(entry as FileSystemFileEntry));
			else await filesOf(entry as FileSystemDirectoryEntry, found);
		}
	}
}
