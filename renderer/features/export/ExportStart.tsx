import { PackageOpen } from "lucide-react";
import { routes } from "../../app/navigation.ts";
import { useStudio } from "../../app/store.ts";
import { ButtonLink, EmptyState, ErrorNote, LoadingLine, PageHeader } from "../../ui/index.ts";
import { ExportForm } from "./ExportForm.tsx";
import { PastExports } from "./PastExports.tsx";
import { useExportRuns } from "./useExportRuns.ts";

/** Chooses what to export and where, and lists what was exported before. */
export function ExportStart({ runId }: { runId: string | null }) {
	const { runs, error } = useExportRuns();
	const tasks = useStudio((state) => state.tasks);
	const past = (tasks ?? []).filter(({ kind }) => kind === "export");
	return (
		<>
			<PageHeader
				title="Export"
				note="A checkpoint for other programs, reopened and compared with the run."
			/>
			{error !== null && <ErrorNote error={error} />}
			{runs === null && error === null && <LoadingLine active label="Looking for checkpoints" />}
			{runs?.length === 0 && (
				<EmptyState
					icon={PackageOpen}
					title="No checkpoint to export yet"
					action={<ButtonLink href={`#${routes.train()}`}>Set up a run</ButtonLink>}
					example={<span>Whole model · 988 MB · logits within 0 · greedy tokens equal 32/32</span>}
				>
					An export writes a run's checkpoint in a form that Transformers, PEFT, vLLM, llama.cpp or Ollama
					opens. Runs appear here once they have saved their first checkpoint.
				</EmptyState>
			)}
			{runs !== null && runs.length > 0 && (
				<ExportForm key={runId} runs={runs} wanted={runId}>
					{past.length > 0 && <PastExports tasks={past} />}
				</ExportForm>
			)}
			{runs?.length === 0 && past.length > 0 && <PastExports tasks={past} />}
		</>
	);
}
