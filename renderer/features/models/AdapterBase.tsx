import { useState } from "react";
import { adapterRefusalSchema, type ModelEntry } from "../../../core/contract/api-models.ts";
import { call } from "../../api/index.ts";
import { useStudio } from "../../app/store.ts";
import { Button, Card, ErrorNote, SelectField } from "../../ui/index.ts";
import styles from "./Models.module.css";
import { parametersText } from "./model-words.ts";

/** Of an adapter whose model is not known here: asks which of the models it belongs to. Nothing for any other. */
export function AdapterBase({ model }: { model: ModelEntry }) {
	const models = useStudio((state) => state.models) ?? [];
	const [baseId, setBaseId] = useState<string>();
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<unknown>(null);
	const refusal = adapterRefusalSchema.safeParse(model.refusal?.details);
	if (!refusal.success) return null;
	const { adapterOf } = refusal.data;
	const bases = models.filter(({ state, id }) => state === "ready" && id !== model.id);
	const adopt = async () => {
		if (baseId === undefined) return;
		setBusy(true);
		setError(null);
		try {
			await call("models.adopt", { id: model.id, baseId });
		} catch (problem) {
			setError(problem);
		} finally {
			setBusy(false);
		}
	};
	return (
		<Card title="The model it belongs to" note={adapterOf === null ? undefined : `it names ${adapterOf}`}>
			<div className={styles.adapter}>
				<SelectField
					label="Trained on"
					lines={0}
					help="Every layer of the adapter must fit it. The adapter's own folder stays as it is."
					value={baseId}
					onChange={setBaseId}
					options={bases.map(({ id, name, family, parameters }) => ({
						value: id,
						label: name,
						detail: `${family ?? ""} ${parametersText(parameters)}`,
					}))}
				/>
				<Button variant="primary" disabled={baseId === undefined} loading={busy} onClick={() => void adopt()}>
					Use with this model
				</Button>
			</div>
			{error !== null && <ErrorNote error={error} />}
		</Card>
	);
}
