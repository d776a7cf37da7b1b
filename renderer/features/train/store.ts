import { create } from "zustand";
import { createJSONStorage, persist } from "zustand/middleware";
import type { Plan } from "../../../core/contract/api-runs.ts";
import { EMPTY_FORM, type TrainForm } from "./form.ts";

interface TrainState {
	form: TrainForm;
	/** Fields whose problem may show: the focus left them, or a start was tried. */
	shown: readonly string[];
	/** Problems that the program found, until the field is changed. */
	found: Readonly<Record<string, string>>;
	/** The newest plan, which stays while another is on its way. */
	plan: Plan | null;
}

/** The form survives leaving the screen and a reload of the window. */
export const useTrain = create<TrainState>()(
	persist((): TrainState => ({ form: EMPTY_FORM, shown: [], found: {}, plan: null }), {
		name: "dqo.train",
		version: 1,
		storage: createJSONStorage(() => sessionStorage),
		partialize: ({ form }) => ({ form }),
	}),
);

export function changeForm(change: Partial<TrainForm>): void {
	useTrain.setState(({ form }) => ({ form: { ...form, ...change } }));
}

/** Changes one field; its problem shows again when the focus leaves it. */
function forget(path: string): Pick<TrainState, "shown" | "found"> {
	const { shown, found } = useTrain.getState();
	const { [path]: _gone, ...rest } = found;
	return { shown: shown.filter((one) => one !== path), found: rest };
}

/** Sets a field; null in `values` is a value of its own, undefined text that is none. */
export function setValue(path: string, value: unknown): void {
	useTrain.setState(({ form }) => ({
		form: { ...form, values: { ...form.values, [path]: value } },
		...forget(path),
	}));
}

/** Back to the field's default. */
export function clearValue(path: string): void {
	useTrain.setState(({ form }) => {
		const { [path]: _gone, ...values } = form.values;
		return { form: { ...form, values }, ...forget(path) };
	});
}

export function setText(path: string, text: string): void {
	useTrain.setState(({ form }) => ({
		form: { ...form, texts: { ...form.texts, [path]: text } },
		...forget(path),
	}));
}

export function setSearch(change: Partial<TrainForm["search"]>): void {
	useTrain.setState(({ form }) => ({
		form: { ...form, search: { ...form.search, ...change } },
		...forget(`search.${Object.keys(change)[0]}`),
	}));
}

export function choose(field: "modelId" | "dataId" | "validationDataId", id: string | null): void {
	const heldOut = field === "validationDataId" ? { heldOutChosen: true } : {};
	useTrain.setState(({ form }) => ({ form: { ...form, ...heldOut, [field]: id }, ...forget(field) }));
}

export function show(...paths: string[]): void {
	useTrain.setState(({ shown }) => ({ shown: [...new Set([...shown, ...paths])] }));
}
