import type { ApiHandlers } from "../../contract/api.ts";
import type { PresetEntry } from "../../contract/api-runs.ts";
import { AppError } from "../../contract/errors.ts";
import { PRESETS } from "../../contract/preset.ts";
import type { SweepAxis } from "../../contract/sweep.ts";
import { loadPreset } from "../../store/presets.ts";
import type { Queue } from "../queue/queue.ts";
import { controlRun, resumeRun } from "./control.ts";
import { runDetail } from "./detail.ts";
import { runSample, sampleTrace } from "./samples.ts";
import type { RunService } from "./service.ts";

type Own = Exclude<
	Extract<keyof ApiHandlers, `runs.${string}` | `queue.${string}`>,
	"runs.plan" | "runs.start" | "runs.dryRun" | "runs.cancelDryRun"
>;

export function createRunHandlers(runs: RunService, queue: Queue): Pick<ApiHandlers, Own> {
	return {
		"runs.list": async () => ({ runs: await runs.list() }),
		"runs.get": ({ id }) => runDetail(runs, id),
		"runs.events": async ({ id, after, limit }) => {
			const { reader } = await runs.read(id);
			const events = await reader.eventsAfter(after, limit);
			const { lastSeq } = reader.digest;
			return { events, lastSeq, more: (events.at(-1)?.seq ?? lastSeq) < lastSeq };
		},
		"runs.metrics": async ({ id, afterStep, limit }) => {
			const { reader } = await runs.read(id);
			return { ...reader.digest.columns.page(afterStep, limit), lastSeq: reader.digest.lastSeq };
		},
		"runs.samples": async ({ id, step, only, offset, limit }) => {
			const { samples } = runs.entry(id);
			const steps = await samples.steps();
			const shown = step ?? steps.at(-1) ?? null;
			const all = shown === null ? [] : await samples.places(shown);
			const chosen = all.filter(({ correct }) => only === "all" || correct === (only === "correct"));
			const page = await samples.load(chosen.slice(offset, offset + limit));
			return {
				step: shown,
				steps,
				total: chosen.length,
				wrong: all.filter(({ correct }) => correct === false).length,
				samples: page.map(runSample),
			};
		},
		"runs.sampleTrace": async ({ id, step, row }) => {
			const { samples } = runs.entry(id);
			const place = (await samples.places(step)).find((one) => one.row === row);
			if (place === undefined) {
				throw new AppError({
					code: "usage",
					message: `Step ${step} of ${id} has no answer to row ${row}.`,
					hint: "It may have been made anew since; open the list of answers again.",
				});
			}
			const [sample] = await samples.load([place]);
			if (sample === undefined) throw new Error("a sample that was found was not loaded");
			return sampleTrace(sample, runs.entry(id).config?.method ?? null);
		},
		"runs.log": async ({ id, limit }) => ({
			lines: (await runs.read(id)).reader.digest.log.slice(-limit),
		}),
		"runs.presets": async () => ({ presets: PRESETS.map(presetEntry) }),
		"runs.control": async ({ id, action }) => {
			controlRun(runs, queue, id, action);
			return {};
		},
		"runs.resume": async ({ id, fields }) => {
			await runs.read(id);
			resumeRun(runs, queue, id, fields);
			return {};
		},
		"runs.rename": async ({ id, name }) => {
			runs.entry(id).changeApp({ name });
			runs.changed(id);
			return {};
		},
		"runs.annotate": async ({ id, note }) => {
			runs.entry(id).changeApp({ note });
			runs.changed(id);
			return {};
		},
		"runs.remove": async ({ id }) => {
			await runs.remove(id);
			return {};
		},
		"queue.list": async () => queue.list(),
		"queue.move": async ({ id, before }) => {
			queue.move(id, before);
			return {};
		},
		"queue.remove": async ({ id }) => {
			queue.remove(id);
			return {};
		},
		"queue.pause": async ({ paused }) => {
			queue.pause(paused);
			return {};
		},
	};
}

function presetEntry(name: string): PresetEntry {
	const { about, method, run, grid } = loadPreset(name);
	const axes = Object.entries(grid).filter(([, values]) => (values ?? []).length > 1);
	const first = Object.entries(grid).map(([field, values]) => [field, values?.[0]]);
	return {
		name,
		label: `Paper: ${method.toUpperCase()}`,
		about,
		method,
		fields: { method, ...run, ...Object.fromEntries(first) },
		space: Object.fromEntries(
			axes.map(([field, values]) => [
				field,
				{ values: values as Extract<SweepAxis, { values: unknown }>["values"] },
			]),
		),
	};
}
