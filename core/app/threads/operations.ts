import { buildIndex } from "../data/indexer.ts";
import { readPage } from "../data/pages.ts";

/** What a thread can be asked. Nothing here may load ONNX Runtime. */
export const operations = { buildIndex, readPage } as const;
export type Operations = typeof operations;
