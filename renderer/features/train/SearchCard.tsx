import { Card, format, NumberField, Segmented } from "../../ui/index.ts";
import { isSweep, runCount } from "./form.ts";
import { setSearch, show, useTrain } from "./store.ts";
import styles from "./Train.module.css";
import { useFormState } from "./useFormState.ts";

/** How the swept values are searched, with a picture of the runs that go on. */
export function SearchCard({ minSteps }: { minSteps: number | null }) {
	const { form, found, errorOf } = useFormState();
	const { search } = form;
	if (!isSweep(found))
		return (
			<Card>
				<div className={styles.head}>
					<h2>Search</h2>
					<span className={styles.note}>
						A single run. Type several values into a swept setting to search among them.
					</span>
				</div>
			</Card>
		);
	const steps = search.minSteps ?? minSteps;
	return (
		<Card>
			<div className={styles.head}>
				<h2>Search</h2>
				<Segmented
					label="Search"
					value={search.method}
					onChange={(method) => setSearch({ method })}
					options={[
						{ value: "grid", label: "Grid" },
						{ value: "asha", label: "Grid, stop early" },
						{ value: "random", label: "Random" },
					]}
				/>
				<span className={styles.note}>{noteOf(search.method, steps, search.reduction)}</span>
			</div>
			{search.method === "random" && (
				<div className={styles.quarters}>
					<div data-field="search.trials">
						<NumberField
							label="Runs"
							integer
							min={1}
							max={1000}
							value={search.trials}
							lines={1}
							error={errorOf("search.trials")}
							onBlur={() => show("search.trials")}
							onChange={(trials) => setSearch({ trials: trials ?? Number.NaN })}
						/>
					</div>
					<div data-field="search.seed">
						<NumberField
							label="Seed of the draw"
							help="The same seed draws the same runs."
							integer
							min={0}
							value={search.seed}
							lines={1}
							onChange={(seed) => setSearch({ seed: seed ?? 0 })}
						/>
					</div>
				</div>
			)}
			{search.method === "asha" && (
				<div className={styles.quarters}>
					<div data-field="search.minSteps">
						<NumberField
							label="First cut at"
							help="Steps that every run makes before the weakest stop. More is surer and saves less."
							unit="steps"
							integer
							min={1}
							optional
							placeholder={steps === null ? "a third of a run" : format.count(steps)}
							lines={1}
							value={search.minSteps ?? undefined}
							error={errorOf("search.minSteps")}
							onChange={(value) => setSearch({ minSteps: value ?? null })}
						/>
					</div>
					<div data-field="search.reduction">
						<NumberField
							label="One goes on in"
							help="At each cut one run in this many goes on, this times as far. Higher stops more."
							integer
							min={2}
							max={20}
							value={search.reduction}
							lines={1}
							onChange={(reduction) => reduction !== undefined && setSearch({ reduction })}
						/>
					</div>
				</div>
			)}
			<Rungs runs={runCount(form, found)} />
		</Card>
	);
}

function noteOf(method: string, steps: number | null, reduction: number): string {
	if (method === "grid") return "Every combination, to its end.";
	if (method === "random") return "Drawn from the values and ranges above.";
	const at = steps === null ? "At the first cut" : `At step ${format.count(steps)}`;
	return `${at} the best one in ${reduction} goes on; the others stop.`;
}

/** Bars as wide as the steps and as high as the runs that make them. */
function Rungs({ runs }: { runs: number }) {
	const plan = useTrain((state) => state.plan);
	if (plan === null || plan.stepsPerRun === 0) return <div className={styles.rungs} />;
	const rungs = plan.rungs.length > 0 ? plan.rungs : [{ runs: plan.runs || runs, steps: plan.stepsPerRun }];
	const most = Math.max(1, ...rungs.map((rung) => rung.runs));
	const saved = plan.runs * plan.stepsPerRun - plan.totalSteps;
	return (
		<div
			className={styles.rungs}
			role="img"
			aria-label={rungs
				.map((rung) => `${format.plural(rung.runs, "run")} to step ${format.count(rung.steps)}`)
				.join(", ")}
		>
			{rungs.map((rung, i) => (
				<div
					key={rung.steps}
					style={{ flexGrow: rung.steps - (rungs[i - 1]?.steps ?? 0), height: 24 + 12 * (rung.runs / most) }}
				>
					<b>{format.plural(rung.runs, "run")}</b> to step {format.count(rung.steps)}
					{i === rungs.length - 1 && saved > 0 && <span>{format.count(saved)} steps saved</span>}
				</div>
			))}
		</div>
	);
}
