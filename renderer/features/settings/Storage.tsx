import { Fragment, useCallback, useEffect, useState } from "react";
import type { ApiOutput } from "../../../core/contract/api.ts";
import { call } from "../../api/index.ts";
import { messageOf, useStudio } from "../../app/store.ts";
import { Button, Card, ConfirmDialog, CopyButton, ErrorNote, format, toast } from "../../ui/index.ts";
import styles from "./Settings.module.css";

type Usage = ApiOutput<"storage.usage">;
const WORDS: Record<Usage["parts"][number]["what"], string> = {
	runs: "Runs and their checkpoints",
	sweeps: "Sweeps",
	imports: "Copies of what was dropped or pasted in a browser",
	generated: "Responses, labels, pairs and scores made here",
	exports: "Exported models",
	adapters: "Copies of adapters that were given their model here",
	cache: "Cache: base log-probs and float32 copies of models, made again when needed",
};

/** Where everything lies, how much it takes, and what can be thrown away. */
export function Storage() {
	const shell = useStudio((state) => state.info?.shell);
	const [usage, setUsage] = useState<Usage | null>(null);
	const [error, setError] = useState<unknown>(null);
	const [asking, setAsking] = useState(false);
	const load = useCallback(() => {
		call("storage.usage", {}).then(setUsage, setError);
	}, []);
	useEffect(load, [load]);
	const cache = usage?.parts.find(({ what }) => what === "cache");
	const clean = async () => {
		try {
			const { freedBytes } = await call("storage.cleanCache", {});
			toast({
				tone: "good",
				title: `${format.bytes(freedBytes)} freed`,
				detail: "The cache is made again when it is needed.",
			});
		} catch (problem) {
			toast({ tone: "bad", title: "The cache was not emptied", detail: messageOf(problem) });
		}
		load();
	};
	return (
		<Card
			title="Storage"
			note={usage ? `${format.bytes(usage.freeBytes)} free` : ""}
			actions={
				<>
					{usage && shell === "electron" && (
						<Button size="sm" onClick={() => call("files.reveal", { path: usage.dir }).catch(setError)}>
							Open folder
						</Button>
					)}
					<Button size="sm" disabled={!cache || cache.bytes === 0} onClick={() => setAsking(true)}>
						Empty the cache…
					</Button>
				</>
			}
		>
			{error !== null && <ErrorNote error={error} />}
			<dl className={styles.parts}>
				{usage?.parts.map((part) => (
					<Fragment key={part.what}>
						<dt>{WORDS[part.what]}</dt>
						<dd className={styles.number}>{part.what === "cache" ? "" : format.count(part.count)}</dd>
						<dd className={styles.number}>{format.bytes(part.bytes)}</dd>
					</Fragment>
				))}
			</dl>
			{usage && (
				<p className={styles.about}>
					All of it lies in <span className="mono">{usage.dir}</span>{" "}
					<CopyButton text={usage.dir} label="Copy the path" />
				</p>
			)}
			<ConfirmDialog
				open={asking}
				onOpenChange={setAsking}
				action="Empty"
				object="the cache"
				consequence={`${cache ? format.bytes(cache.bytes) : "All"} of base log-probs and float32 copies of models go. Runs, checkpoints and data sets stay; the next run on the same data computes its base log-probs again.`}
				onConfirm={clean}
			/>
		</Card>
	);
}
