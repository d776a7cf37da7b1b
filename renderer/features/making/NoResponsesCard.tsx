import { useState } from "react";
import { useStudio } from "../../app/store.ts";
import { Banner, Button } from "../../ui/index.ts";
import { useAnswer } from "../shared/useAnswer.ts";
import { MakeDialog } from "./MakeDialog.tsx";

/** The way on from problems without responses; nothing where there are some, or some are on their way. */
export function NoResponsesCard({ dataId }: { dataId: string }) {
	const entry = useStudio((state) => state.data?.find(({ id }) => id === dataId));
	const ready = entry?.state === "ready";
	const { value: summary } = useAnswer("data.summary", ready ? { id: dataId } : null, entry?.rows);
	const asked = useStudio((studio) =>
		studio.tasks?.some(
			({ spec, state }) =>
				spec.kind === "generate" && spec.dataId === dataId && state !== "failed" && state !== "stopped",
		),
	);
	const [making, setMaking] = useState(false);
	if (asked || !ready || summary === null || summary.prompts === 0) return null;
	if (summary.responsesPerPrompt !== null && summary.responsesPerPrompt > 0) return null;
	return (
		<>
			<Banner
				title="No labelled responses yet?"
				action={<Button onClick={() => setMaking(true)}>Generate responses…</Button>}
			>
				Sample 20 per prompt from your model and let the grader mark them.
			</Banner>
			{making && (
				<MakeDialog kind="generate" entry={entry} summary={summary} onClose={() => setMaking(false)} />
			)}
		</>
	);
}
