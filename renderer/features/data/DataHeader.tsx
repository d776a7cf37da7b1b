import { ArrowRight, Ellipsis } from "lucide-react";
import { useState } from "react";
import type { DataEntry } from "../../../core/contract/api-data.ts";
import { AppError } from "../../../core/contract/errors.ts";
import { call } from "../../api/index.ts";
import { isBuiltInData } from "../../app/built-in.ts";
import { goTo, routes } from "../../app/navigation.ts";
import { useStudio } from "../../app/store.ts";
import {
	Button,
	ButtonLink,
	Checkbox,
	ConfirmDialog,
	format,
	IconButton,
	Menu,
	Pill,
} from "../../ui/index.ts";
import { MakeMenu } from "../making/index.ts";
import { RenameDialog } from "../shared/RenameDialog.tsx";
import styles from "./DataPage.module.css";
import { useDetail } from "./detail.ts";
import { kindLabel } from "./kinds.ts";
import { SplitDialog } from "./SplitDialog.tsx";

/** Name and form of a data set, and what can be done with it. */
export function DataHeader({ entry }: { entry: DataEntry }) {
	const { id, name, kind, path, bytes, origin, state } = entry;
	const { act } = useDetail();
	const shell = useStudio((studio) => studio.info?.shell);
	const [asking, setAsking] = useState<"remove" | "rename" | "split" | null>(null);
	const [deleteFile, setDeleteFile] = useState(false);
	const builtIn = isBuiltInData(entry);
	const remove = () => act(call("data.remove", { id, deleteFile }).then(() => goTo(routes.data())));
	return (
		<header className={styles.head}>
			<h2 className={styles.title}>{name}</h2>
			<Pill tone="accent">{kindLabel(kind)}</Pill>
			<span className={styles.quiet}>
				{entry.format?.toUpperCase() ?? ""}, {format.bytes(bytes)}
			</span>
			<div className={styles.actions}>
				<MakeMenu dataId={id} />
				<Button disabled={state !== "ready"} onClick={() => setAsking("split")}>
					Split…
				</Button>
				{state === "ready" && (
					<ButtonLink variant="primary" iconEnd={ArrowRight} href={`#${routes.train({ data: id })}`}>
						Train on this
					</ButtonLink>
				)}
				<Menu
					trigger={<IconButton icon={Ellipsis} label="More actions" variant="default" />}
					items={[
						...(shell === "electron"
							? [{ label: "Reveal file", onSelect: () => act(call("files.reveal", { path })) }]
							: []),
						{ label: "Copy path", onSelect: () => act(copied(path)) },
						{ label: "Read the file again", onSelect: () => act(call("data.reload", { id })) },
						...(builtIn
							? []
							: [
									{ label: "Rename…", onSelect: () => setAsking("rename") },
									"separator" as const,
									{ label: "Remove…", onSelect: () => setAsking("remove") },
								]),
					]}
				/>
			</div>
			<ConfirmDialog
				open={asking === "remove"}
				onOpenChange={(open) => !open && setAsking(null)}
				action="Remove"
				object={name}
				consequence={
					origin === "added" ? (
						`The file ${path} stays where it is. Runs that were trained on it stay too.`
					) : (
						<>
							<p>It leaves the list. Runs that were trained on it stay.</p>
							<Checkbox
								label="Delete our copy of the file too"
								checked={deleteFile}
								onChange={setDeleteFile}
							/>
						</>
					)
				}
				onConfirm={remove}
			/>
			{asking === "rename" && (
				<RenameDialog
					call="data.rename"
					what="data set"
					id={id}
					name={name}
					onClose={() => setAsking(null)}
				/>
			)}
			{asking === "split" && <SplitDialog entry={entry} onClose={() => setAsking(null)} />}
		</header>
	);
}

async function copied(path: string): Promise<void> {
	try {
		await navigator.clipboard.writeText(path);
	} catch {
		throw new AppError({
			code: "usage",
			message: "The path was not copied: the browser does not let this page use the clipboard.",
			hint: `It is ${path}`,
		});
	}
}
