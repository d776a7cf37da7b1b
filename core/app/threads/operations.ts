import { importAdapter } from "../../export/import-adapter.ts";
import { pairAnswers } from "../compare/paired.ts";
import { buildIndex } from "../data/indexer.ts";
import { countLengths, readLongRows, summariseLengths } from "../data/lengths.ts";
import { readPage } from "../data/pages.ts";
import { readProblemRows, writeProblemReport } from "../data/problem-rows.ts";
import { readTokens } from "../data/tokens.ts";
import { describeExports } from "../exports/describe.ts";
import { inspectModel, readModelCard } from "../models/inspect.ts";
import { estimateMemory } from "../models/memory.ts";
import { planSweep } from "../plan/plan-sweep.ts";
import { estimateRun, measureSpeed, trainingFacts } from "../plan/thread-operations.ts";

/** What a thread can be asked. Nothing here may load ONNX Runtime. */
export const operations = {
	buildIndex,
	readPage,
	readProblemRows,
	writeProblemReport,
	readTokens,
	countLengths,
	summariseLengths,
	readLongRows,
	inspectModel,
	readModelCard,
	importAdapter,
	describeExports,
	pairAnswers,
	estimateMemory,
	planSweep,
	trainingFacts,
	estimateRun,
	measureSpeed,
} as const;
export type Operations = typeof operations;
