import { useSearch } from "wouter";
import { ExportStart } from "./ExportStart.tsx";
import { ExportTask } from "./ExportTask.tsx";

/** What is exported stands in the address: a run to choose from, or an export with its report. */
export default function ExportPage() {
	const query = new URLSearchParams(useSearch());
	const task = query.get("task");
	return task === null ? <ExportStart runId={query.get("run")} /> : <ExportTask key={task} id={task} />;
}
