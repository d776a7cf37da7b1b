import { useEffect } from "react";
import { useSearch } from "wouter";
import { call } from "../../api/index.ts";
import { goTo } from "../../app/navigation.ts";
import { messageOf, useStudio } from "../../app/store.ts";
import { toast } from "../../ui/index.ts";
import { withRun } from "./form.ts";
import { changeForm, useTrain } from "./store.ts";

/** Built-in data sets begin with this. */
const STARTER = "starter-";
const STARTER_DATA = "starter-train";
const STARTER_VALIDATION = "starter-validation";

/** Chooses model and data: what the address names, else what was chosen before, else the newest, else the starter. */
export function usePreselected(): { preset: string | null } {
	const query = new URLSearchParams(useSearch());
	const [data, model, run, preset] = ["data", "model", "run", "preset"].map((name) => query.get(name));
	const entries = useStudio((state) => state.data);
	const models = useStudio((state) => state.models);

	useEffect(() => {
		if (data) changeForm({ dataId: data });
		if (model) changeForm({ modelId: model });
		if (run) void takeRun(run);
		// The choice is the form's now; a reload must not undo what is changed after it.
		if (data || model || run) goTo(preset ? `/train?preset=${preset}` : "/train");
	}, [data, model, run, preset]);

	useEffect(() => {
		if (entries === null || models === null) return;
		const { form } = useTrain.getState();
		const known = (id: string | null, list: readonly { id: string }[]) =>
			list.some((one) => one.id === id) ? id : null;
		const ready = models.filter(({ state }) => state === "ready");
		const own = entries.filter(({ id, state }) => state === "ready" && !id.startsWith(STARTER));
		const modelId =
			known(form.modelId, models) ?? ready.find(({ builtIn }) => builtIn)?.id ?? ready[0]?.id ?? null;
		const usual = own[0]?.id ?? known(STARTER_DATA, entries) ?? entries[0]?.id ?? null;
		const dataId = known(form.dataId, entries) ?? usual;
		const starter = models.find(({ id }) => id === modelId)?.builtIn === true && !form.heldOutChosen;
		const validationDataId =
			known(form.validationDataId, entries) ?? (starter ? known(STARTER_VALIDATION, entries) : null);
		if (modelId !== form.modelId || dataId !== form.dataId || validationDataId !== form.validationDataId)
			changeForm({ modelId, dataId, validationDataId });
	}, [entries, models]);

	return { preset: preset ?? null };
}

/** Takes a run's settings over, with its model and data where they are still registered. */
async function takeRun(id: string): Promise<void> {
	try {
		const { config } = await call("runs.get", { id });
		if (config === null) return;
		const { models, data } = useStudio.getState();
		const modelId = models?.find(({ path }) => path === config.modelDir)?.id;
		const dataId = data?.find(({ path }) => path === config.dataPath)?.id;
		const validationDataId = data?.find(({ path }) => path === config.validationPath)?.id ?? null;
		const form = withRun(useTrain.getState().form, config);
		useTrain.setState({
			form: {
				...form,
				...(modelId ? { modelId } : {}),
				...(dataId ? { dataId, validationDataId, heldOutChosen: true } : {}),
			},
			shown: [],
			found: {},
		});
	} catch (error) {
		toast({ tone: "bad", title: "The run's settings could not be taken over", detail: messageOf(error) });
	}
}
