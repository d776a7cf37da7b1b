import { ChevronUp, File, Folder } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { ApiOutput } from "../../core/contract/api.ts";
import { call } from "../api/index.ts";
import { Button, Dialog, ErrorNote, format, Icon, IconButton, TextField } from "../ui/index.ts";
import styles from "./PickerDialog.module.css";
import { type PickWhat, usePicker } from "./picking.ts";

type Listing = ApiOutput<"files.browse">;

const SHOW: Record<PickWhat, "datasets" | "models" | "folders"> = {
	datasets: "datasets",
	model: "models",
	folder: "folders",
};

/** Where each kind of thing was last looked for; the next look begins there. */
const lastDirs = new Map<PickWhat, string>();

/** Chooses among the folders of the machine that trains, where the system's own dialog cannot reach it. */
export function PickerDialog() {
	const request = usePicker((state) => state.request);
	if (request === null) return null;
	return <Picker what={request.what} title={request.title} onDone={request.done} />;
}

function Picker({
	what,
	title,
	onDone,
}: {
	what: PickWhat;
	title: string;
	onDone: (paths: string[]) => void;
}) {
	const [dir, setDir] = useState<string | null>(lastDirs.get(what) ?? null);
	const [typed, setTyped] = useState("");
	const [listing, setListing] = useState<Listing | null>(null);
	const listingOf = useRef(listing);
	listingOf.current = listing;
	const [error, setError] = useState<unknown>(null);
	const [chosen, setChosen] = useState<readonly string[]>([]);
	useEffect(() => {
		let current = true;
		call("files.browse", { dir, show: SHOW[what] }).then(
			(found) => {
				if (!current) return;
				lastDirs.set(what, found.dir);
				setListing(found);
				setTyped(found.dir);
				setError(null);
				setChosen([]);
			},
			(problem: unknown) => {
				if (!current) return;
				const remembered = lastDirs.delete(what) && dir !== null;
				// It is gone since the last look.
				if (remembered && listingOf.current === null) setDir(null);
				else setError(problem);
			},
		);
		return () => {
			current = false;
		};
	}, [dir, what]);
	const single = what !== "datasets";
	const choose = (path: string) =>
		setChosen((before) =>
			before.includes(path) ? before.filter((one) => one !== path) : single ? [path] : [...before, path],
		);
	const written = typed.trim();
	// A folder is chosen by standing in it or writing its path, unless one in it is marked.
	const result = single && chosen.length === 0 && written !== "" ? [written] : [...chosen];
	const canChoose = result.length > 0;
	return (
		<Dialog
			open
			onOpenChange={(open) => !open && onDone([])}
			title={title}
			footer={
				<>
					<Button onClick={() => onDone([])}>Cancel</Button>
					<Button variant="primary" disabled={!canChoose} onClick={() => onDone(result)}>
						{what === "datasets"
							? chosen.length > 1
								? `Add ${chosen.length} files`
								: "Add"
							: "Choose this folder"}
					</Button>
				</>
			}
		>
			<div className={styles.places}>
				{listing?.roots.map((root) => (
					<Button key={root.path} variant="quiet" onClick={() => setDir(root.path)}>
						{root.name}
					</Button>
				))}
			</div>
			<div className={styles.path}>
				<IconButton
					icon={ChevronUp}
					label="Folder above"
					disabled={!listing?.parent}
					onClick={() => listing?.parent && setDir(listing.parent)}
				/>
				<TextField
					label="Folder"
					hideLabel
					lines={0}
					mono
					value={typed}
					onChange={setTyped}
					onEnter={() => written !== "" && setDir(written)}
				/>
			</div>
			{error !== null && <ErrorNote error={error} />}
			<div
				className={styles.list}
				role="listbox"
				aria-label="Files and folders"
				aria-multiselectable={!single}
			>
				{listing?.entries.map((entry) => (
					<button
						key={entry.path}
						type="button"
						role="option"
						className={styles.entry}
						aria-selected={chosen.includes(entry.path)}
						onClick={() => {
							if (entry.type === "folder" && entry.looksLike !== "model") setDir(entry.path);
							else choose(entry.path);
						}}
						onDoubleClick={() => entry.type === "folder" && setDir(entry.path)}
					>
						<Icon icon={entry.type === "folder" ? Folder : File} />
						<span className={styles.name}>{entry.name}</span>
						<span className={styles.note}>{entry.looksLike === "model" ? "model" : ""}</span>
						<span className={styles.size}>{entry.bytes === null ? "" : format.bytes(entry.bytes)}</span>
					</button>
				))}
				{listing?.entries.length === 0 && <p className={styles.none}>Nothing here that could be chosen.</p>}
			</div>
		</Dialog>
	);
}
