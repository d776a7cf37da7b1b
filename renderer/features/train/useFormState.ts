import { useMemo } from "react";
import type { RunConfig } from "../../../core/contract/run.ts";
import { defaultConfig, formProblems, readings, type TrainForm } from "./form.ts";
import { useTrain } from "./store.ts";
import type { SweepReading } from "./sweep-text.ts";

export interface FormState {
	form: TrainForm;
	/** The configuration when nothing is changed. */
	defaults: RunConfig;
	found: Record<string, SweepReading>;
	/** Every problem, shown or not, by field. */
	problems: Readonly<Record<string, string>>;
	/** The problem of a field if it may show now. */
	errorOf: (path: string) => string | undefined;
}

/** The form with what follows from it. */
export function useFormState(): FormState {
	const form = useTrain((state) => state.form);
	const shown = useTrain((state) => state.shown);
	const asked = useTrain((state) => state.found);
	return useMemo(() => {
		const own = formProblems(form);
		return {
			form,
			defaults: defaultConfig(form),
			found: readings(form),
			// While the form itself is wrong, what the program said of an older one may no longer hold.
			problems: Object.keys(own).length > 0 ? own : asked,
			errorOf: (path) => (shown.includes(path) ? own[path] : undefined) ?? asked[path],
		};
	}, [form, shown, asked]);
}
