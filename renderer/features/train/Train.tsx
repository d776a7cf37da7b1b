import { useMemo, useState } from "react";
import { useObjectName } from "../../app/crumb.ts";
import { useStudio } from "../../app/store.ts";
import { PageHeader, TextField } from "../../ui/index.ts";
import { QueueButton } from "../queue/QueueButton.tsx";
import { AdvancedCard } from "./AdvancedCard.tsx";
import { FixedCard } from "./FixedCard.tsx";
import { defaultMinSteps, isSweep, toDraft } from "./form.ts";
import { MethodCard } from "./MethodCard.tsx";
import { PlanPanel } from "./PlanPanel.tsx";
import { Presets } from "./Presets.tsx";
import { SearchCard } from "./SearchCard.tsx";
import { StartBox } from "./StartBox.tsx";
import { SweptCard } from "./SweptCard.tsx";
import { changeForm, useTrain } from "./store.ts";
import styles from "./Train.module.css";
import { useFormState } from "./useFormState.ts";
import { usePlan } from "./usePlan.ts";
import { usePreselected } from "./usePreselected.ts";

/** Sets up a run or a sweep: what is trained, what is searched, and what it costs before it starts. */
export default function Train() {
	const { preset } = usePreselected();
	const { form, found, defaults } = useFormState();
	const plan = useTrain((state) => state.plan);
	const queued = useStudio((state) => (state.queue?.items.length ?? 0) > 0 || state.queue?.paused === true);
	const [advanced, setAdvanced] = useState(false);
	const sweep = isSweep(found);
	const title = sweep ? "New sweep" : "New run";
	useObjectName(title);
	const warmup = Number(form.values.valueWarmupEpochs ?? defaults.valueWarmupEpochs);
	const minSteps = plan === null ? null : defaultMinSteps(plan.stepsPerRun, plan.stepsPerEpoch, warmup);
	const draft = useMemo(() => toDraft(form, minSteps), [form, minSteps]);
	const { error, loading } = usePlan(draft);
	return (
		<div className={styles.page}>
			<div className={styles.form} data-pane tabIndex={-1}>
				<PageHeader
					title={title}
					note="Type one value for a single run, several for a sweep."
					actions={
						<>
							{queued && <QueueButton />}
							<Presets wanted={preset} />
						</>
					}
				/>
				<MethodCard />
				<SweptCard />
				<FixedCard />
				<SearchCard minSteps={minSteps} />
				<AdvancedCard open={advanced} />
			</div>
			<aside className={styles.side} aria-label="Plan" data-pane tabIndex={-1}>
				<PlanPanel error={error} loading={loading} />
				<TextField
					label="Name"
					hideLabel
					lines={0}
					placeholder={`Name of the ${sweep ? "sweep" : "run"}, if you like`}
					value={form.name}
					onChange={(name) => changeForm({ name: name.slice(0, 120) })}
				/>
				<StartBox draft={draft} onAdvanced={() => setAdvanced(true)} />
			</aside>
		</div>
	);
}
