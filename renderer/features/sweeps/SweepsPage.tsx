import { LayoutGrid } from "lucide-react";
import { useState } from "react";
import type { SweepSummary } from "../../../core/contract/api-sweeps.ts";
import { goTo, routes } from "../../app/navigation.ts";
import { useStudio } from "../../app/store.ts";
import { useShortcuts } from "../../app/useShortcuts.ts";
import {
	ButtonLink,
	Card,
	ConfirmDialog,
	DataTable,
	EmptyState,
	focusFilter,
	format,
	PageHeader,
} from "../../ui/index.ts";
import { RenameDialog } from "../shared/RenameDialog.tsx";
import { removeSweep } from "./control.ts";
import { sweepColumns } from "./sweep-columns.tsx";

type Asking = { what: "rename" | "delete"; sweep: SweepSummary } | null;

export default function SweepsPage() {
	const sweeps = useStudio((state) => state.sweeps);
	const [asking, setAsking] = useState<Asking>(null);
	useShortcuts([
		{ keys: "N", label: "Start a new sweep", run: () => goTo(routes.train()) },
		{ keys: "/", label: "Filter the sweeps", run: () => focusFilter() },
	]);
	const close = () => setAsking(null);
	return (
		<>
			<PageHeader
				title="Sweeps"
				note={sweeps === null ? undefined : format.plural(sweeps.length, "sweep")}
				actions={
					<ButtonLink variant="primary" kbd="N" href={`#${routes.train()}`}>
						New sweep
					</ButtonLink>
				}
			/>
			{sweeps !== null && sweeps.length === 0 ? (
				<EmptyState
					icon={LayoutGrid}
					title="No sweeps yet"
					action={<ButtonLink href={`#${routes.train()}`}>Set up a sweep</ButtonLink>}
					example={<span className="mono">β 0.01, 0.03, 0.1 · learning rate 1e-7, 5e-7 · 6 runs</span>}
				>
					A sweep trains one run for each combination of settings and ranks them on the same held-out
					problems. Type several values into a field of Train to begin one.
				</EmptyState>
			) : (
				<Card flush grow>
					<DataTable<SweepSummary>
						label="Sweeps"
						rows={sweeps ?? []}
						loading={sweeps === null}
						columns={sweepColumns((what, sweep) => setAsking({ what, sweep }))}
						rowKey={({ id }) => id}
						onOpen={({ id }) => goTo(routes.sweep(id))}
						rowHeight={38}
						filterable
					/>
				</Card>
			)}
			{asking?.what === "rename" && (
				<RenameDialog
					call="sweeps.rename"
					what="sweep"
					id={asking.sweep.id}
					name={asking.sweep.name}
					onClose={close}
				/>
			)}
			<ConfirmDialog
				open={asking?.what === "delete"}
				onOpenChange={(open) => !open && close()}
				action="Delete"
				object={asking?.sweep.name ?? ""}
				consequence={`Its folder goes with ${format.plural(asking?.sweep.total ?? 0, "run")}, their checkpoints, curves and samples. The data set and the model stay.`}
				onConfirm={() => (asking ? removeSweep(asking.sweep.id, asking.sweep.name) : undefined)}
			/>
		</>
	);
}
