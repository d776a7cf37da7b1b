import { existsSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../contract/errors.ts";
import { atomicWrite } from "../store/files.ts";
import { readVersioned, writeVersioned } from "../store/versioned.ts";
import { describeEnvironment, ENVIRONMENT } from "./environment.ts";
import { type Graph, makeGraph } from "./graph.ts";
import { renderHtml } from "./html.ts";
import { Jobs } from "./jobs.ts";
import { renderMarkdown } from "./markdown.ts";
import { PLAN, type Plan } from "./plan.ts";
import { makeReport, type Report } from "./report.ts";
import { Settings, type Starter } from "./settings.ts";
import { Clock, type Progress, runStages, StageStore } from "./stages.ts";

export interface ReproduceOptions {
	readonly outDir: string;
	readonly starter: Starter;
	/** What a new reproduction does; one that is continued keeps the plan in its folder. */
	readonly plan: Plan;
	readonly resume: boolean;
	/** Jobs at a time, a thread each. */
	readonly parallel: number;
	/** Called once with what is about to be done. */
	readonly onPlan: (overview: Overview) => void;
	readonly onProgress: (progress: Progress) => void;
	/** Registers what an interrupt does. */
	readonly onInterrupt: (handler: () => void) => () => void;
}

export interface Overview {
	readonly plan: Plan;
	readonly stages: number;
	readonly finished: number;
	readonly trainingRuns: number;
	readonly tests: number;
	/** Expected wall time of what is left. */
	readonly seconds: number;
}

/** Paths of the report in a reproduction's folder. */
export const reportPaths = (outDir: string) => ({
	markdown: join(outDir, "report.md"),
	json: join(outDir, "report.json"),
	html: join(outDir, "report.html"),
});

/**
 * Runs every stage of the plan that has no result yet and writes the report. Throws `run-exists` for a folder with another
 * reproduction, `run-missing` when there is none to continue, `cancelled` after an interrupt, and what a job throws.
 */
export async function reproduce(options: ReproduceOptions): Promise<Report> {
	const { outDir, starter, parallel, onPlan, onProgress, onInterrupt } = options;
	const plan = openPlan(options);
	const environment = readVersioned(join(outDir, "environment.json"), ENVIRONMENT);
	const settings = new Settings(plan, starter, outDir);
	const store = new StageStore(settings.stagesDir());
	const jobs = new Jobs();
	const graph = makeGraph(settings, jobs, store);
	const left = graph.expected.filter(({ id }) => !store.has(id));
	onPlan({
		plan,
		stages: graph.expected.length,
		finished: graph.expected.length - left.length,
		trainingRuns: graph.trainingRuns,
		tests: graph.tests,
		seconds: seconds(left) / parallel,
	});
	const release = onInterrupt(() => jobs.stop());
	try {
		const clock = new Clock(graph.expected.length, seconds(graph.expected), parallel);
		for (const phase of graph.phases) await runStages(phase(), store, parallel, clock, onProgress);
	} finally {
		release();
	}
	return writeReport(graph, plan, environment, outDir);
}

const seconds = (stages: readonly { seconds: number }[]) => stages.reduce((sum, s) => sum + s.seconds, 0);

function openPlan({ outDir, plan, resume, parallel }: ReproduceOptions): Plan {
	const path = join(outDir, "plan.json");
	if (resume) {
		if (existsSync(path)) return readVersioned(path, PLAN);
		throw new AppError({
			code: "run-missing",
			message: `${outDir} holds no reproduction to continue.`,
			hint: "Check --out, or leave out --resume to start a new one.",
		});
	}
	if (existsSync(path)) {
		throw new AppError({
			code: "run-exists",
			message: `${outDir} already holds a reproduction.`,
			hint: "Continue it with --resume, or choose another --out.",
		});
	}
	writeVersioned(join(outDir, "environment.json"), ENVIRONMENT, describeEnvironment(parallel));
	// The plan is what makes the folder a reproduction, so it comes last.
	writeVersioned(path, PLAN, plan);
	return plan;
}

function writeReport(
	graph: Graph,
	plan: Plan,
	environment: ReturnType<typeof describeEnvironment>,
	outDir: string,
): Report {
	const report = makeReport({ plan, environment, ...graph.collect() });
	const paths = reportPaths(outDir);
	atomicWrite(paths.json, `${JSON.stringify(report, null, "\t")}\n`);
	atomicWrite(paths.markdown, renderMarkdown(report));
	atomicWrite(paths.html, renderHtml(report));
	return report;
}
