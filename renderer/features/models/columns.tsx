import { Ellipsis } from "lucide-react";
import type { ModelEntry } from "../../../core/contract/api-models.ts";
import { familyName } from "../../../core/contract/families.ts";
import { type Column, format, IconButton, Menu, Pill } from "../../ui/index.ts";
import { modelMenu } from "./menu.ts";
import { fitOf, parametersText } from "./model-words.ts";

/** What the list tells of a model. */
export function modelColumns(
	onAsk: (what: "rename" | "remove", model: ModelEntry) => void,
): Column<ModelEntry>[] {
	return [
		{
			id: "name",
			header: "Name",
			value: ({ name }) => name,
			cell: ({ name, builtIn }) => (
				<>
					<b>{name}</b>
					{builtIn && <span className="tone-3"> built in</span>}
				</>
			),
		},
		{
			id: "family",
			header: "Family",
			width: "100px",
			value: ({ family }) => familyName(family),
			cell: ({ family }) => familyName(family),
		},
		{
			id: "parameters",
			header: "Parameters",
			width: "100px",
			align: "right",
			value: ({ parameters }) => parameters,
			cell: ({ parameters }) => parametersText(parameters),
		},
		{
			id: "precision",
			header: "Precision",
			width: "90px",
			value: ({ dtype }) => dtype,
			cell: ({ dtype }) => dtype ?? format.NONE,
		},
		{
			id: "context",
			header: "Context",
			unit: "tokens",
			width: "120px",
			align: "right",
			value: ({ contextLength }) => contextLength,
			cell: ({ contextLength }) => format.count(contextLength),
		},
		{
			id: "size",
			header: "Size",
			width: "90px",
			align: "right",
			value: ({ bytes }) => bytes,
			cell: ({ bytes, state }) => (state === "refused" && bytes === 0 ? format.NONE : format.bytes(bytes)),
		},
		{
			id: "template",
			header: "Chat template",
			width: "120px",
			value: ({ hasChatTemplate }) => (hasChatTemplate ? "yes" : "none"),
		},
		{
			id: "fits",
			header: "Training memory",
			width: "150px",
			value: (model) => model.loraMemoryBytes,
			cell: (model) => {
				const { label, tone } = fitOf(model);
				return <Pill tone={tone}>{label}</Pill>;
			},
		},
		{
			id: "more",
			header: "",
			width: "48px",
			cell: (model) => (
				<Menu
					trigger={<IconButton icon={Ellipsis} size="sm" label={`More actions for ${model.name}`} />}
					items={modelMenu(model, onAsk)}
				/>
			),
		},
	];
}
