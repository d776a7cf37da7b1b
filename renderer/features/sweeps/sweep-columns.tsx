import { Ellipsis } from "lucide-react";
import type { SweepSummary } from "../../../core/contract/api-sweeps.ts";
import { type Column, format, IconButton, Menu, Pill } from "../../ui/index.ts";
import { fieldWord, valueText } from "../shared/field-names.ts";
import { CountsBar } from "./CountsBar.tsx";
import { SCORES, SEARCH_WORDS, scoreText, sizeText, sweepState } from "./scores.ts";

/** What the list tells of a sweep. */
export function sweepColumns(
	onAsk: (what: "rename" | "delete", sweep: SweepSummary) => void,
): Column<SweepSummary>[] {
	return [
		{ id: "name", header: "Name", value: ({ name }) => name, cell: ({ name }) => <b>{name}</b> },
		{
			id: "state",
			header: "State",
			width: "112px",
			value: (sweep) => sweepState(sweep).label,
			cell: (sweep) => (
				<Pill tone={sweepState(sweep).tone} dot={sweep.state === "running"}>
					{sweepState(sweep).label}
				</Pill>
			),
		},
		{
			id: "runs",
			header: "Runs",
			width: "200px",
			value: ({ finished, cut }) => finished + cut,
			cell: (sweep) => (
				<span style={{ display: "flex", alignItems: "center", gap: 8 }}>
					<CountsBar counts={sweep} small />
					{format.count(sweep.finished + sweep.cut + sweep.failed)} of {format.count(sweep.total)}
				</span>
			),
		},
		{
			id: "best",
			header: "Best",
			value: ({ best, objective }) => (best === null ? null : SCORES[objective].shown(best.score)),
			cell: ({ best, objective }) =>
				best === null ? (
					<span className="tone-3">none yet</span>
				) : (
					<>
						<b>{scoreText(objective, best.score)}</b>
						<span className="tone-3">
							{" "}
							{Object.entries(best.values)
								.map(([field, value]) => `${fieldWord(field)} ${valueText(value)}`)
								.join(", ")}
						</span>
					</>
				),
		},
		{
			id: "search",
			header: "Search",
			width: "150px",
			value: (sweep) => `${SEARCH_WORDS[sweep.method]} ${sizeText(sweep)}`,
		},
		{ id: "model", header: "Model", value: ({ modelName }) => modelName },
		{
			id: "created",
			header: "Created",
			width: "110px",
			value: ({ createdAt }) => createdAt,
			cell: ({ createdAt }) => <span className="tone-3">{format.ago(createdAt)}</span>,
		},
		{
			id: "more",
			header: "",
			width: "48px",
			cell: (sweep) => (
				<Menu
					trigger={<IconButton icon={Ellipsis} size="sm" label={`More actions for ${sweep.name}`} />}
					items={[
						{ label: "Rename…", onSelect: () => onAsk("rename", sweep) },
						...(sweep.state === "running" || sweep.state === "stopping"
							? []
							: [{ label: "Delete…", danger: true, onSelect: () => onAsk("delete", sweep) }]),
					]}
				/>
			),
		},
	];
}
