import { useState } from "react";
import { useParams } from "wouter";
import type { ModelEntry } from "../../../core/contract/api-models.ts";
import { FAMILY_LIST } from "../../../core/contract/families.ts";
import { call } from "../../api/index.ts";
import { useObjectName } from "../../app/crumb.ts";
import { goTo, routes } from "../../app/navigation.ts";
import { chooseModel } from "../../app/picking.ts";
import { messageOf, useStudio } from "../../app/store.ts";
import { useShortcuts } from "../../app/useShortcuts.ts";
import {
	Banner,
	Button,
	ButtonLink,
	Card,
	ConfirmDialog,
	DataTable,
	EmptyState,
	focusFilter,
	format,
	PageHeader,
	toast,
} from "../../ui/index.ts";
import { RenameDialog } from "../shared/RenameDialog.tsx";
import { modelColumns } from "./columns.tsx";
import { ModelDetail } from "./ModelDetail.tsx";

type Asking = { what: "rename" | "remove"; model: ModelEntry } | null;

/** The models that can be trained, and below them the one that is chosen. */
export default function ModelsPage() {
	const { id } = useParams<{ id?: string }>();
	const models = useStudio((state) => state.models);
	const [asking, setAsking] = useState<Asking>(null);
	const shown = models?.find((model) => model.id === id) ?? null;
	useObjectName(shown?.name ?? null);
	useShortcuts([
		{ keys: "N", label: "Add a model", run: () => void chooseModel() },
		{ keys: "/", label: "Filter the models", run: () => focusFilter() },
	]);
	const ask = (what: "rename" | "remove", model: ModelEntry) => setAsking({ what, model });
	const close = () => setAsking(null);
	const remove = async ({ id: removed, name }: ModelEntry) => {
		try {
			await call("models.remove", { id: removed });
			if (removed === id) goTo(routes.models());
		} catch (error) {
			toast({ tone: "bad", title: `${name} was not removed`, detail: messageOf(error) });
		}
	};
	const ownNone = models?.every(({ builtIn }) => builtIn) ?? false;
	return (
		<>
			<PageHeader
				title="Models"
				note={models === null ? undefined : format.plural(models.length, "model")}
				actions={
					<Button variant="primary" kbd="N" onClick={() => void chooseModel()}>
						Add model
					</Button>
				}
			/>
			<Card flush>
				<DataTable<ModelEntry>
					label="Models"
					rows={models ?? []}
					loading={models === null}
					columns={modelColumns(ask)}
					rowKey={(model) => model.id}
					current={id}
					onOpen={(model) => goTo(routes.models(model.id))}
					rowHeight={38}
					maxHeight={id === undefined ? "calc(100cqh - 128px)" : 236}
					filterable={!ownNone}
					filterHint="text, family:llama, context>4096"
				/>
			</Card>
			{ownNone && id === undefined && (
				<Banner
					title="Add a model of your own."
					action={<Button onClick={() => void chooseModel()}>Choose a folder</Button>}
				>
					Any folder on this machine that holds config.json, tokenizer.json and .safetensors weights of the{" "}
					{FAMILY_LIST} family, as Hugging Face lays them out. It is read where it lies and never changed.
				</Banner>
			)}
			{shown && <ModelDetail key={shown.id} model={shown} onAsk={ask} />}
			{models !== null && id !== undefined && shown === null && (
				<EmptyState
					title="This model is not on the list"
					action={<ButtonLink href={`#${routes.models()}`}>All models</ButtonLink>}
				>
					It may have been removed in another window. Its folder was not touched; add it again to use it.
				</EmptyState>
			)}
			{asking?.what === "rename" && (
				<RenameDialog
					call="models.rename"
					what="model"
					id={asking.model.id}
					name={asking.model.name}
					onClose={close}
				/>
			)}
			<ConfirmDialog
				open={asking?.what === "remove"}
				onOpenChange={(open) => !open && close()}
				action="Remove"
				object={asking?.model.name ?? ""}
				consequence={
					<>
						It is taken off the list. Its folder <span className="mono">{asking?.model.path}</span> stays as
						it is, and so do the runs trained from it.
					</>
				}
				onConfirm={() => (asking ? remove(asking.model) : undefined)}
			/>
		</>
	);
}
