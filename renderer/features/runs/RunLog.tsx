import { useEffect, useState } from "react";
import type { ApiOutput } from "../../../core/contract/api.ts";
import { call } from "../../api/index.ts";
import { Card, CopyButton, ErrorNote } from "../../ui/index.ts";
import styles from "./RunPage.module.css";

type Lines = ApiOutput<"runs.log">["lines"];
const REFRESH_MS = 1000;
const clock = new Intl.DateTimeFormat(undefined, {
	hour: "2-digit",
	minute: "2-digit",
	second: "2-digit",
	hour12: false,
});

/** What happened, in words, newest first. */
export function RunLog({ runId, version }: { runId: string; version: number }) {
	const [lines, setLines] = useState<Lines>([]);
	const [error, setError] = useState<unknown>(null);
	// biome-ignore lint/correctness/useExhaustiveDependencies: the version says that there is more.
	useEffect(() => {
		let current = true;
		const timer = setTimeout(
			() =>
				call("runs.log", { id: runId }).then(
					(answer) => current && setLines(answer.lines),
					(problem: unknown) => current && setError(problem),
				),
			lines.length === 0 ? 0 : REFRESH_MS,
		);
		return () => {
			current = false;
			clearTimeout(timer);
		};
	}, [runId, version]);
	const text = lines.map((line) => `${new Date(line.time).toISOString()} ${line.text}`).join("\n");
	return (
		<Card
			title="Log"
			note={`${lines.length} lines`}
			flush
			actions={<CopyButton text={text} label="Copy the log" />}
		>
			{error !== null && <ErrorNote error={error} flush />}
			<ol className={styles.log}>
				{[...lines].reverse().map((line) => (
					<li key={`${line.time} ${line.text}`} data-level={line.level}>
						<time dateTime={new Date(line.time).toISOString()}>{clock.format(line.time)}</time>
						<span>{line.text}</span>
					</li>
				))}
			</ol>
		</Card>
	);
}
