import { useSearch } from "wouter";
import { CompareRuns } from "./CompareRuns.tsx";
import { CompareStart } from "./CompareStart.tsx";
import { CompareTask } from "./CompareTask.tsx";

/** What is compared stands in the address: runs by their own held-out answers, or an evaluation of two models. */
export default function ComparePage() {
	const query = new URLSearchParams(useSearch());
	const task = query.get("task");
	const ids = [...new Set((query.get("runs") ?? "").split(",").filter(Boolean))].slice(0, 8);
	if (task !== null) return <CompareTask key={task} id={task} />;
	return ids.length === 0 ? <CompareStart /> : <CompareRuns ids={ids} />;
}
