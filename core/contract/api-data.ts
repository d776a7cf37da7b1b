import { z } from "zod";
import {
	bytesSchema,
	countSchema,
	doneSchema,
	emptySchema,
	failureOrNullSchema,
	idSchema,
	nameSchema,
	pageSchema,
	pathSchema,
	shareSchema,
	timeSchema,
} from "./api-common.ts";
import { method } from "./api-method.ts";
import { columnsSchema, templateSchema } from "./task.ts";

/** A data set that the user added or that a task made. The file itself is never changed. */
export const dataEntrySchema = z.strictObject({
	id: idSchema,
	name: z.string(),
	path: z.string(),
	bytes: bytesSchema,
	/** jsonl, json, csv, tsv, parquet, with ".gz" where compressed; null until it was looked at. */
	format: z.string().nullable(),
	/** The form its columns make, such as "scored"; null until known. */
	kind: z.string().nullable(),
	columns: columnsSchema,
	addedAt: timeSchema,
	/** added: by path. imported: uploaded or pasted, our own copy. made: by a task of ours. */
	origin: z.enum(["added", "imported", "made"]),
	state: z.enum(["reading", "ready", "needs-mapping", "failed"]),
	/** While reading: share of the file read. */
	progress: shareSchema.nullable(),
	secondsLeft: z.number().nullable(),
	/** Rows seen so far; of them rows that can be used. */
	rows: countSchema,
	usableRows: countSchema,
	errors: countSchema,
	warnings: countSchema,
	failure: failureOrNullSchema,
});
export type DataEntry = z.infer<typeof dataEntrySchema>;

export const dataSummarySchema = z.strictObject({
	rows: countSchema,
	examples: countSchema,
	prompts: countSchema,
	/** Responses with a verdict, and how many are correct. */
	labelled: countSchema,
	correct: countSchema,
	/** Median responses per prompt; null without responses. */
	responsesPerPrompt: z.number().nullable(),
	duplicates: countSchema,
	/** Prompts whose responses are all correct or all wrong. */
	oneOutcomePrompts: countSchema,
	withReference: countSchema,
	withProcessScores: countSchema,
	withBehaviourLogprobs: countSchema,
	/** Methods that can train on it. */
	methods: z.array(z.string()),
});
export type DataSummary = z.infer<typeof dataSummarySchema>;

export const dataColumnSchema = z.strictObject({
	name: z.string(),
	type: z.string(),
	/** Share of rows that have a value of that type. */
	readable: shareSchema,
	example: z.string(),
	/** Every value there is with its count, most frequent first; null where they are many. */
	values: z.array(z.strictObject({ text: z.string(), count: countSchema })).nullable(),
	/** Our name that it is read as, such as "prompt"; null is not used. */
	usedAs: z.string().nullable(),
});
export type DataColumn = z.infer<typeof dataColumnSchema>;

export const problemGroupSchema = z.strictObject({
	level: z.enum(["error", "warning", "note"]),
	code: z.string(),
	column: z.string().nullable(),
	count: countSchema,
	message: z.string(),
	/** What is done about it, such as "Skipped". */
	effect: z.string(),
	hint: z.string().nullable(),
});
export type ProblemGroup = z.infer<typeof problemGroupSchema>;

export const tokenRoleSchema = z.enum(["system", "user", "assistant", "template", "eos"]);
export type TokenRole = z.infer<typeof tokenRoleSchema>;

export const exampleTokensSchema = z.strictObject({
	/** Position among the usable examples, from 0, and the row of the file. */
	index: countSchema,
	row: countSchema,
	total: countSchema,
	tokens: z.array(
		z.strictObject({
			id: z.int(),
			/** Texts of all tokens in a row make the text of the whole. */
			text: z.string(),
			role: tokenRoleSchema,
			inLoss: z.boolean(),
			/** Process reward read at this token, if any. */
			segmentReward: z.number().nullable(),
		}),
	),
	promptTokens: countSchema,
	responseTokens: countSchema,
	/** Tokens of the response that are cut off at the limit. */
	cutTokens: countSchema,
	reward: z.number().nullable(),
	/** All responses of the same prompt; `correct` null without a verdict. */
	siblings: z.array(z.strictObject({ index: countSchema, correct: z.boolean().nullable() })),
});
export type ExampleTokens = z.infer<typeof exampleTokensSchema>;

const limits = {
	modelId: idSchema,
	template: templateSchema,
	maxPromptTokens: z.int().min(1),
	maxResponseTokens: z.int().min(1),
};

export const lengthsSchema = z.discriminatedUnion("state", [
	z.strictObject({ state: z.literal("computing"), done: countSchema, total: countSchema }),
	z.strictObject({
		state: z.literal("ready"),
		/** Prompt and response together, in tokens. */
		bins: z.array(
			z.strictObject({ from: countSchema, to: countSchema, kept: countSchema, cut: countSchema }),
		),
		medianPrompt: z.number().nullable(),
		medianResponse: z.number().nullable(),
		longestResponse: countSchema,
		/** Responses cut at the limit; prompts left out because they are too long. */
		cut: countSchema,
		skipped: countSchema,
		examples: countSchema,
	}),
	z.strictObject({ state: z.literal("failed"), failure: failureOrNullSchema }),
]);
export type Lengths = z.infer<typeof lengthsSchema>;

const byId = z.strictObject({ id: idSchema });

export const dataApi = {
	"data.list": method(emptySchema, z.strictObject({ entries: z.array(dataEntrySchema) })),
	"data.get": method(byId, dataEntrySchema),
	/** Takes files, or every data file of a folder; reading goes on in the background (`changed: data`). */
	"data.add": method(
		z.strictObject({ paths: z.array(pathSchema).min(1).max(500) }),
		z.strictObject({ ids: z.array(idSchema) }),
	),
	"data.paste": method(
		z.strictObject({ name: nameSchema, text: z.string().min(1) }),
		z.strictObject({ id: idSchema }),
	),
	"data.rename": method(z.strictObject({ id: idSchema, name: nameSchema }), doneSchema),
	/** Forgets a data set. `deleteFile` also deletes our own copy; a file of the user's is never deleted. */
	"data.remove": method(z.strictObject({ id: idSchema, deleteFile: z.boolean() }), doneSchema),
	"data.cancel": method(byId, doneSchema),
	"data.reload": method(byId, doneSchema),
	"data.summary": method(byId, dataSummarySchema),
	"data.columns": method(
		byId,
		z.strictObject({
			columns: z.array(dataColumnSchema),
			/** Our names that a column can be read as, each with a sentence. */
			roles: z.array(z.strictObject({ name: z.string(), label: z.string(), about: z.string() })),
		}),
	),
	/** Reads the file again with its columns named; `kind` null lets them decide. */
	"data.map": method(
		z.strictObject({ id: idSchema, columns: columnsSchema, kind: z.string().nullable() }),
		dataEntrySchema,
	),
	/** Rows as they stand in the file, long values shortened unless `whole` is asked for, which is for a row at a time. */
	"data.rows": method(
		pageSchema.extend({ id: idSchema, whole: z.boolean().default(false) }),
		z.strictObject({
			total: countSchema,
			columns: z.array(z.string()),
			rows: z.array(
				z.strictObject({
					row: countSchema,
					values: z.array(z.string().nullable()),
					level: z.enum(["error", "warning", "note"]).nullable(),
				}),
			),
		}),
	),
	"data.problems": method(byId, z.strictObject({ groups: z.array(problemGroupSchema) })),
	"data.problemRows": method(
		pageSchema.extend({ id: idSchema, code: z.string(), column: z.string().nullable() }),
		z.strictObject({
			total: countSchema,
			rows: z.array(
				z.strictObject({
					row: countSchema,
					column: z.string().nullable(),
					message: z.string(),
					excerpt: z.string(),
				}),
			),
		}),
	),
	/** Every problem as CSV text, for saving. */
	"data.problemReport": method(byId, z.strictObject({ fileName: z.string(), text: z.string() })),
	"data.lengths": method(z.strictObject({ id: idSchema, ...limits }), lengthsSchema),
	"data.tokens": method(z.strictObject({ id: idSchema, index: countSchema, ...limits }), exampleTokensSchema),
} as const;
