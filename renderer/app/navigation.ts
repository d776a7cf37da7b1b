/** Routes live behind the hash, so that a reload lands on the same screen in either shell. */
export function goTo(route: string): void {
	location.hash = route;
}

export const routes = {
	home: () => "/",
	data: (id?: string) => (id === undefined ? "/data" : `/data/${encodeURIComponent(id)}`),
	models: (id?: string) => (id === undefined ? "/models" : `/models/${encodeURIComponent(id)}`),
	/** What is known already comes along: a data set, a model, or a run whose settings are taken over. */
	train: (from: { data?: string; model?: string; run?: string; preset?: string } = {}) => {
		const query = new URLSearchParams(Object.entries(from)).toString();
		return query === "" ? "/train" : `/train?${query}`;
	},
	runs: () => "/runs",
	/** A trial's id holds a slash, which stays one segment. */
	run: (id: string) => `/runs/${encodeURIComponent(id)}`,
	sweeps: () => "/sweeps",
	sweep: (id: string) => `/sweeps/${encodeURIComponent(id)}`,
	compare: (ids: readonly string[] = []) =>
		ids.length === 0 ? "/compare" : `/compare?runs=${ids.map(encodeURIComponent).join(",")}`,
	/** Two models on the same problems: a task's result. */
	compareTask: (id: string) => `/compare?task=${encodeURIComponent(id)}`,
	playground: (from: { run?: string; model?: string } = {}) => {
		const query = new URLSearchParams(Object.entries(from)).toString();
		return query === "" ? "/playground" : `/playground?${query}`;
	},
	export: (run?: string) => (run === undefined ? "/export" : `/export?run=${encodeURIComponent(run)}`),
	/** An export's progress, then its report. */
	exportTask: (id: string) => `/export?task=${encodeURIComponent(id)}`,
	settings: () => "/settings",
} as const;
