import { buildIndex } from "../data/indexer.ts";
import { readPage } from "../data/pages.ts";
import { planSweep } from "./plan-sweep.ts";

/** What a thread can be asked. Nothing here may load ONNX Runtime. */
export const operations = { buildIndex, readPage, planSweep } as const;
export type Operations = typeof operations;
