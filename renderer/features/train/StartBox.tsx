import { X } from "lucide-react";
import { useState } from "react";
import type { Draft } from "../../../core/contract/api-runs.ts";
import { call } from "../../api/index.ts";
import { goTo, routes } from "../../app/navigation.ts";
import { useShortcuts } from "../../app/useShortcuts.ts";
import { Button, ConfirmDialog, ErrorNote, focusFirstInvalid, format, Icon } from "../../ui/index.ts";
import { DryRun } from "./DryRun.tsx";
import { fieldAt } from "./fields.ts";
import { MANY_RUNS, runCount } from "./form.ts";
import { show, useTrain } from "./store.ts";
import styles from "./Train.module.css";
import { useFormState } from "./useFormState.ts";

const NAMES: Record<string, string> = {
	modelId: "Model",
	dataId: "Data set",
	validationDataId: "Held-out problems",
	"search.trials": "Runs",
	"search.minSteps": "First cut",
	split: "Validation share",
};

/** What keeps the form from starting, and the one commit of the screen. */
export function StartBox({ draft, onAdvanced }: { draft: Draft | null; onAdvanced: () => void }) {
	const { form, found, problems } = useFormState();
	const plan = useTrain((state) => state.plan);
	const [asking, setAsking] = useState(false);
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<unknown>(null);
	const runs = runCount(form, found);
	const what = runs === 1 ? "run" : format.plural(runs, "run");
	const wrong = Object.keys(problems).sort((a, b) => placeOf(a) - placeOf(b));

	const focusOn = (path: string) => {
		show(...wrong);
		const target = path === "split" ? "split.validation" : path;
		if (!fieldElement(target)) onAdvanced();
		// An opened disclosure draws its fields first.
		requestAnimationFrame(() => requestAnimationFrame(() => fieldElement(target)?.focus()));
	};
	const begin = async () => {
		if (draft === null) return;
		setBusy(true);
		setError(null);
		try {
			const { type, id } = await call("runs.start", draft);
			goTo(type === "run" ? routes.run(id) : routes.sweep(id));
		} catch (thrown) {
			setError(thrown);
		} finally {
			setBusy(false);
		}
	};
	const start = () => {
		const first = wrong[0];
		if (first !== undefined) return focusOn(first);
		// Text that is no value at all, in a field that may be empty.
		if (draft === null || focusFirstInvalid(document.querySelector(`.${styles.form}`))) return;
		const tooLarge = plan !== null && plan.memory.totalBytes > plan.memory.limitBytes;
		if (runs > MANY_RUNS || tooLarge) setAsking(true);
		else void begin();
	};
	useShortcuts([{ keys: "mod+Enter", label: "Start training", run: start }]);
	return (
		<div className={styles.start}>
			{error !== null && <ErrorNote error={error} />}
			{wrong.length > 0 && (
				<p className={styles.attention} role="status">
					<Icon icon={X} size={14} />
					<span>
						{wrong.length === 1 ? "1 field needs attention:" : `${wrong.length} fields need attention:`}{" "}
						{wrong.slice(0, 3).map((path, i) => (
							<span key={path}>
								{i > 0 && ", "}
								<button type="button" onClick={() => focusOn(path)}>
									{NAMES[path] ?? fieldAt(path)?.label ?? path}
								</button>
							</span>
						))}
					</span>
				</p>
			)}
			<Button variant="primary" size="lg" fill kbd="mod+enter" loading={busy} onClick={start}>
				{runs === 1 ? "Start run" : `Start ${what}`}
			</Button>
			<DryRun draft={draft} onProblem={start} />
			<ConfirmDialog
				open={asking}
				onOpenChange={setAsking}
				danger={false}
				action="Start"
				object={what}
				consequence={costOf(plan)}
				onConfirm={begin}
			/>
		</div>
	);
}

/** Where a field stands on the screen; one that is not shown comes last. */
function placeOf(path: string): number {
	const at = [...document.querySelectorAll<HTMLElement>("[data-field]")].findIndex(
		(one) => one.dataset.field === path,
	);
	return at === -1 ? Number.MAX_SAFE_INTEGER : at;
}

/** The control of a field. */
function fieldElement(path: string): HTMLElement | null {
	return document.querySelector(
		`[data-field="${path}"] :is(input, textarea, button[role="combobox"], button[role="radio"])`,
	);
}

function costOf(plan: ReturnType<typeof useTrain.getState>["plan"]): string {
	if (plan === null) return "What it costs is not known yet.";
	const over = plan.memory.totalBytes - plan.memory.limitBytes;
	const time =
		plan.secondsTotal === null
			? ""
			: `It takes about ${format.duration(plan.secondsTotal * 1000)} and ${format.bytes(plan.diskBytes)} of disk. `;
	return `${time}${over > 0 ? `It needs ${format.bytes(over)} more memory than this computer has and may fail. ` : ""}Runs can be stopped at any time; what is trained by then is kept.`;
}
