import { Ellipsis } from "lucide-react";
import type { ModelCard, ModelEntry } from "../../../core/contract/api-models.ts";
import { familyName } from "../../../core/contract/families.ts";
import { routes } from "../../app/navigation.ts";
import { chooseModel } from "../../app/picking.ts";
import {
	Banner,
	Button,
	ButtonLink,
	Card,
	CopyButton,
	ErrorNote,
	format,
	IconButton,
	LoadingLine,
	Menu,
	Pill,
	Skeleton,
} from "../../ui/index.ts";
import { AdapterBase } from "./AdapterBase.tsx";
import { Markdown } from "./Markdown.tsx";
import styles from "./Models.module.css";
import { modelMenu } from "./menu.ts";
import { cardText, fitOf, memoryText, parametersText } from "./model-words.ts";
import { templateParts } from "./template.ts";
import { useModelCard } from "./useModelCard.ts";

/** One model: what it is, how its chat template writes a conversation, its files and its card. */
export function ModelDetail({
	model,
	onAsk,
}: {
	model: ModelEntry;
	onAsk: (what: "rename" | "remove", model: ModelEntry) => void;
}) {
	const { card, error } = useModelCard(model);
	const ready = model.state === "ready";
	const fit = fitOf(model);
	return (
		<>
			<div className={styles.head}>
				<h2>{model.name}</h2>
				<Pill tone={fit.tone}>{fit.label}</Pill>
				<span className={styles.path} title={model.path}>
					{model.path}
				</span>
				<CopyButton text={model.path} label="Copy the path" />
				<div className={styles.actions}>
					{ready && (
						<>
							<ButtonLink href={`#${routes.playground({ model: model.id })}`}>Try it</ButtonLink>
							<ButtonLink href={`#${routes.train({ model: model.id })}`}>Train with this</ButtonLink>
						</>
					)}
					<Menu
						trigger={<IconButton icon={Ellipsis} label={`More actions for ${model.name}, shown below`} />}
						items={modelMenu(model, onAsk)}
					/>
				</div>
			</div>
			{model.refusal && <Refusal refusal={model.refusal} onRemove={() => onAsk("remove", model)} />}
			<AdapterBase model={model} />
			{error !== null && <ErrorNote error={error} />}
			<div className={styles.loading}>
				<LoadingLine active={card === null && error === null} label="Reading the model's folder" />
			</div>
			<div className={styles.detail}>
				<Facts model={model} eosToken={card?.eosToken ?? null} />
				<div className={styles.texts}>
					{(ready || card?.templatePreview) && <Template model={model} card={card} />}
					{card?.card && (
						<Card title="Model card">
							{/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the focus */}
							<div className={styles.cardText} tabIndex={0}>
								<Markdown text={cardText(card.card)} />
							</div>
						</Card>
					)}
				</div>
				{card && <Files files={card.files} />}
			</div>
		</>
	);
}

/** Why a folder cannot be trained from, what could be done about it, and what this program takes. */
function Refusal({
	refusal,
	onRemove,
}: {
	refusal: NonNullable<ModelEntry["refusal"]>;
	onRemove: () => void;
}) {
	return (
		<Banner
			tone="bad"
			title={refusal.message}
			action={
				<>
					<Button onClick={() => void chooseModel()}>Choose another folder…</Button>
					<Button variant="quiet" onClick={onRemove}>
						Remove from the list…
					</Button>
				</>
			}
		>
			{refusal.hint} The folder was not changed.
		</Banner>
	);
}

function Facts({ model, eosToken }: { model: ModelEntry; eosToken: string | null }) {
	const { heads, keyValueHeads, tiedEmbeddings } = model;
	const grouped = keyValueHeads !== null && keyValueHeads !== heads;
	const rows: [string, string][] = [
		["Family", familyName(model.family)],
		["Parameters", parametersText(model.parameters)],
		["Precision", model.dtype ?? format.NONE],
		["Context", model.contextLength === null ? format.NONE : `${format.count(model.contextLength)} tokens`],
		["Layers", format.count(model.layers)],
		["Hidden size", format.count(model.hiddenSize)],
		[
			"Attention heads",
			grouped
				? `${format.count(heads)}, ${format.count(keyValueHeads)} for keys and values`
				: format.count(heads),
		],
		["Vocabulary", model.vocabSize === null ? format.NONE : `${format.count(model.vocabSize)} tokens`],
		["Tied embeddings", tiedEmbeddings === null ? format.NONE : tiedEmbeddings ? "yes" : "no"],
		["End of sequence", eosToken ?? format.NONE],
		["LoRA DQO", memoryText(model)],
	];
	// Of a folder that is refused little is known; what is not is left out.
	const known = model.state === "ready" ? rows : rows.filter(([, value]) => value !== format.NONE);
	return (
		<Card title="Architecture">
			<dl className={styles.facts}>
				{known.map(([name, value]) => (
					<div key={name}>
						<dt>{name}</dt>
						<dd className={name === "End of sequence" ? "mono" : undefined}>{value}</dd>
					</div>
				))}
			</dl>
		</Card>
	);
}

function Template({ model, card }: { model: ModelEntry; card: ModelCard | null }) {
	return (
		<Card title="Chat template" note="a short conversation as the model reads it">
			{card?.templateError ? (
				<Banner tone="warn" title="The template could not be rendered.">
					{card.templateError}
				</Banner>
			) : card?.templatePreview ? (
				// biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the focus
				<pre className={styles.template} tabIndex={0}>
					{templateParts(card.templatePreview).map(({ text, special }, i) => {
						// A part has nothing but its place to be told by.
						const key = `part-${i}`;
						return special ? <mark key={key}>{text}</mark> : <span key={key}>{text}</span>;
					})}
				</pre>
			) : (
				<p className={styles.quiet}>
					{card === null && model.hasChatTemplate ? (
						<Skeleton chars={40} label="Being rendered" />
					) : (
						"None: prompts go in as they are, and responses follow at once."
					)}
				</p>
			)}
		</Card>
	);
}

function Files({ files }: { files: ModelCard["files"] }) {
	const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
	return (
		<Card title="Files" note={`${format.plural(files.length, "file")}, ${format.bytes(bytes)}`}>
			<dl className={styles.facts}>
				{files.map((file) => (
					<div key={file.name}>
						<dt className={styles.file} title={file.name}>
							{file.name}
						</dt>
						<dd>{format.bytes(file.bytes)}</dd>
					</div>
				))}
			</dl>
		</Card>
	);
}
