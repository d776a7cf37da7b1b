import { TriangleAlert } from "lucide-react";
import type { DataSummary } from "../../../core/contract/api-data.ts";
import type { Method } from "../../../core/contract/run.ts";
import { routes } from "../../app/navigation.ts";
import { METHOD_LABELS } from "../../app/words.ts";
import { Icon } from "../../ui/index.ts";
import styles from "./Train.module.css";

/** Says that a data set does not suit the method, and the way out. */
export function DataFit({
	method,
	dataId,
	summary,
}: {
	method: Method;
	dataId: string | null;
	summary: DataSummary | null;
}) {
	if (dataId === null || summary === null || summary.methods.includes(method)) return null;
	const { why, remedy } = unfit(method, summary);
	return (
		<p className={styles.unfit}>
			<Icon icon={TriangleAlert} size={14} />
			<span>
				{why} <a href={`#${routes.data(dataId)}`}>{remedy}</a>
			</span>
		</p>
	);
}

export function unfit(
	method: Method,
	{ labelled, examples, correct, responsesPerPrompt }: DataSummary,
): { why: string; remedy: string } {
	const name = METHOD_LABELS[method];
	if (responsesPerPrompt === null || examples === 0)
		return {
			why: `It has problems and no responses; ${name} learns from responses.`,
			remedy: "Generate responses",
		};
	if (method === "dpo")
		return {
			why: "It has no pairs of a chosen and a rejected response.",
			remedy: labelled > 0 ? "Make pairs" : "Grade responses, then make pairs",
		};
	if (method === "rs" && labelled === examples && correct === 0)
		return {
			why: "None of its responses is correct; RS imitates correct ones.",
			remedy: "Generate responses",
		};
	if (labelled < examples)
		return {
			why: `${labelled === 0 ? "Its responses have" : "Some responses have"} no scores; ${name} learns from scored ones.`,
			remedy: "Grade responses",
		};
	return { why: `${name} cannot learn from this kind of data.`, remedy: "Look at the data" };
}
