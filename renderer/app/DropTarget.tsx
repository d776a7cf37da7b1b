import { useEffect, useState } from "react";
import { useHashLocation } from "wouter/use-hash-location";
import { pathOf } from "../api/index.ts";
import { FileDropOverlay, ProgressBar, toast } from "../ui/index.ts";
import styles from "./DropTarget.module.css";
import { readDrop } from "./dropped.ts";
import { addModel, takeFiles, useUploads } from "./picking.ts";
import { useStudio } from "./store.ts";

/** The whole window takes files: data sets anywhere, model folders too. */
export function DropTarget() {
	const [over, setOver] = useState(false);
	const [location] = useHashLocation();
	const uploads = useUploads((state) => state.files);
	useEffect(() => {
		const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;
		const onOver = (event: DragEvent) => {
			if (!hasFiles(event)) return;
			event.preventDefault();
			if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
			setOver(true);
		};
		// Leaving the window has no related target; leaving one element for another has.
		const onLeave = (event: DragEvent) => {
			if (event.relatedTarget === null) setOver(false);
		};
		const onDrop = (event: DragEvent) => {
			setOver(false);
			if (!hasFiles(event) || !event.dataTransfer) return;
			event.preventDefault();
			void take(event.dataTransfer);
		};
		addEventListener("dragover", onOver);
		addEventListener("dragleave", onLeave);
		addEventListener("drop", onDrop);
		return () => {
			removeEventListener("dragover", onOver);
			removeEventListener("dragleave", onLeave);
			removeEventListener("drop", onDrop);
		};
	}, []);
	const target = location.startsWith("/models")
		? "Drop a Hugging Face folder to add a model"
		: "Drop to add data sets";
	const [first] = uploads;
	return (
		<>
			<FileDropOverlay
				visible={over}
				target={target}
				detail="JSONL, JSON, CSV, TSV, Parquet, plain or gzip. Files stay on this computer."
			/>
			{first && first.total > 0 && (
				<div className={styles.upload} role="status">
					<span>Copying {first.name}</span>
					<ProgressBar label={`Copying ${first.name}`} value={first.done} max={first.total} />
				</div>
			)}
		</>
	);
}

async function take(transfer: DataTransfer): Promise<void> {
	const { files, model } = await readDrop(transfer);
	if (model) {
		if (useStudio.getState().info?.shell === "electron") {
			const config = await pathOf(model.file);
			await addModel(config.replace(/[\\/]config\.json$/, ""));
		} else {
			toast({
				tone: "warn",
				title: `${model.name} is a model folder`,
				detail:
					"A browser cannot hand over a folder in place. Open it under Models with Add, on the machine that trains.",
			});
		}
	}
	if (files.length > 0) await takeFiles(files);
	else if (!model)
		toast({
			tone: "warn",
			title: "Nothing to add",
			detail: "No JSONL, JSON, CSV, TSV or Parquet file was among them.",
		});
}
