import { useState } from "react";
import type { ApiOutput } from "../../../core/contract/api.ts";
import type { RunSummary } from "../../../core/contract/api-runs.ts";
import type { ExportFormat } from "../../../core/contract/api-tasks.ts";
import type { ExportDtype } from "../../../core/contract/exports.ts";
import { call } from "../../api/index.ts";
import { goTo, routes } from "../../app/navigation.ts";
import { useShortcuts } from "../../app/useShortcuts.ts";
import { Banner, Button, Card, ErrorNote, format, LoadingLine, Meter } from "../../ui/index.ts";
import styles from "./Export.module.css";
import type { Checkpoint } from "./useFormats.ts";

interface Props {
	run: RunSummary;
	checkpoint: Checkpoint;
	/** The checkpoint in words. */
	from: string | null;
	target: ExportFormat | undefined;
	dtype: "" | ExportDtype;
	/** Whether the value function is written too, where the format carries it. */
	valueHead: boolean;
	parentDir: string | null;
	found: ApiOutput<"exports.formats"> | null;
	loading: boolean;
}

/** What the export would write, what is left of the disk, and the one commit of the screen. */
export function ExportPlan({
	run,
	checkpoint,
	from,
	target,
	dtype,
	valueHead,
	parentDir,
	found,
	loading,
}: Props) {
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<unknown>(null);
	const weights = target?.estimatedBytes[dtype] ?? target?.estimatedBytes[""];
	const bytes = weights === undefined ? undefined : weights + (valueHead ? (target?.valueHeadBytes ?? 0) : 0);
	const over = bytes !== undefined && found !== null ? bytes - found.freeBytes : 0;
	const ready = target !== undefined && from !== null && over <= 0;
	const start = async () => {
		if (!ready || busy) return;
		setBusy(true);
		setError(null);
		try {
			const { id } = await call("tasks.start", {
				kind: "export",
				name: `${target.label} of ${run.name}${dtype === "" ? "" : `, ${dtype}`}`.slice(0, 120),
				runId: run.id,
				checkpoint,
				format: target.format,
				dtype: dtype === "" ? null : dtype,
				...(target.valueHeadBytes !== null && !valueHead ? { valueHead: false } : {}),
				parentDir,
			});
			goTo(routes.exportTask(id));
		} catch (problem) {
			setError(problem);
			setBusy(false);
		}
	};
	useShortcuts([{ keys: "mod+Enter", label: "Export", run: () => void start() }]);
	return (
		<aside className={styles.side} aria-label="Plan">
			<Card>
				<LoadingLine active={loading} label="Working out the size" />
				<h2 className={styles.quiet}>This will write</h2>
				<p className={styles.size}>
					<b>{format.bytes(bytes)}</b> <span>{target?.label ?? ""}</span>
				</p>
				<dl className={styles.facts}>
					<dt>From</dt>
					<dd>
						{run.name}
						<small>{from ?? " "}</small>
					</dd>
					<dt>Free on the disk</dt>
					<dd className="num">{format.bytes(found?.freeBytes)}</dd>
				</dl>
				<Meter
					label="Share of the free disk"
					max={found?.freeBytes ?? 1}
					value={bytes ?? 0}
					tone={over > 0 ? "bad" : "accent"}
					valueText={`${format.bytes(bytes)} of ${format.bytes(found?.freeBytes)}`}
				/>
				<p className={styles.after}>
					Then the files are opened again: logits over a fixed prompt and a greedy answer of up to 32 tokens
					are compared with the run's own.
				</p>
			</Card>
			{over > 0 && (
				<Banner tone="bad" title={`${format.bytes(over)} more than the disk has free.`}>
					Choose a place on another disk, or weights of two bytes.
				</Banner>
			)}
			{error !== null && <ErrorNote error={error} />}
			<div className={styles.commit}>
				<Button
					variant="primary"
					size="lg"
					fill
					kbd="mod+enter"
					loading={busy}
					aria-disabled={!ready || undefined}
					onClick={() => void start()}
				>
					Export
				</Button>
			</div>
		</aside>
	);
}
