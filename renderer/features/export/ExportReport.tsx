import { Check, Info } from "lucide-react";
import { Fragment } from "react";
import type { TaskSpec } from "../../../core/contract/api-tasks.ts";
import type { ExportResult } from "../../../core/contract/jobs.ts";
import { call } from "../../api/index.ts";
import { messageOf, useStudio } from "../../app/store.ts";
import { Banner, Button, Card, CopyButton, format, Icon, toast } from "../../ui/index.ts";
import styles from "./Export.module.css";
import { snippets } from "./snippets.ts";
import { Verdict } from "./Verdict.tsx";

interface Props {
	result: ExportResult;
	spec: Extract<TaskSpec, { kind: "export" }>;
}

/** What was written, how it compares with the run after opening it again, and how to use it. */
export function ExportReport({ result, spec }: Props) {
	const shell = useStudio((state) => state.info?.shell);
	const reveal = () =>
		call("files.reveal", { path: result.dir }).catch((error: unknown) =>
			toast({ tone: "bad", title: "The folder was not opened", detail: messageOf(error) }),
		);
	return (
		<div className={styles.columns}>
			<div className={styles.main}>
				{result.problem !== null && (
					<Banner tone="warn" title="Unverified.">
						{result.problem} The files are kept. Compare them before relying on them, or export again
						{spec.dtype === null || spec.dtype === "F32" ? "" : " with weights as trained"}.
					</Banner>
				)}
				<Verdict result={result} />
				<Card title="Checked by opening the files again">
					<ul className={styles.checks}>
						{result.checks.map((check) => (
							<li key={check}>
								<Icon icon={Check} size={14} />
								<span>{check}</span>
							</li>
						))}
					</ul>
				</Card>
				{result.notes.length > 0 && (
					<Card title="To know">
						<ul className={styles.checks}>
							{result.notes.map((note) => (
								<li key={note} data-note>
									<Icon icon={Info} size={14} />
									<span>{note}</span>
								</li>
							))}
						</ul>
					</Card>
				)}
				<Card title="Use it next">
					<div className={styles.snippets}>
						{snippets(spec.format, result.dir).map(({ label, text }) => (
							<div key={label} className={styles.snippet}>
								<div>
									<span>{label}</span>
									<CopyButton text={text} label={`Copy for ${label}`} />
								</div>
								{/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the focus */}
								<pre tabIndex={0}>{text}</pre>
							</div>
						))}
					</div>
				</Card>
			</div>
			<aside className={styles.side} aria-label="Files">
				<Card
					title="Files"
					note={`${format.count(result.files.length)}, ${format.bytes(result.bytes)}`}
					actions={
						<>
							{shell === "electron" && (
								<Button size="sm" onClick={() => void reveal()}>
									Open folder
								</Button>
							)}
							<CopyButton text={result.dir} words="Copy path" />
						</>
					}
				>
					<p className={styles.path}>{result.dir}</p>
					<dl className={styles.files}>
						{result.files.map(({ name, bytes }) => (
							<Fragment key={name}>
								<dt className="truncate" title={name}>
									{name}
								</dt>
								<dd className="num">{format.bytes(bytes)}</dd>
							</Fragment>
						))}
					</dl>
				</Card>
			</aside>
		</div>
	);
}
