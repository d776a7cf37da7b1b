import { z } from "zod";
import { bytesSchema, countSchema, doneSchema, emptySchema, idSchema, pathSchema } from "./api-common.ts";
import { method } from "./api-method.ts";
import { errorBodySchema } from "./error-body.ts";

/** A model folder that the user registered, or the built-in starter. */
export const modelEntrySchema = z.strictObject({
	id: idSchema,
	name: z.string(),
	path: z.string(),
	builtIn: z.boolean(),
	/** refused: `refusal` says why it cannot be trained. */
	state: z.enum(["ready", "refused"]),
	refusal: errorBodySchema.nullable(),
	/** llama, gemma2 ...; null when refused before it was known. */
	family: z.string().nullable(),
	parameters: countSchema.nullable(),
	/** F32, F16, BF16, or "mixed". */
	dtype: z.string().nullable(),
	contextLength: countSchema.nullable(),
	vocabSize: countSchema.nullable(),
	layers: countSchema.nullable(),
	hiddenSize: countSchema.nullable(),
	heads: countSchema.nullable(),
	keyValueHeads: countSchema.nullable(),
	tiedEmbeddings: z.boolean().nullable(),
	bytes: bytesSchema,
	/** Peak memory that LoRA DQO at default lengths needs, and whether it fits this computer. */
	loraMemoryBytes: bytesSchema.nullable(),
	fits: z.boolean().nullable(),
	/** Where it does not: the micro-batch in tokens with which it does, and what it needs then; null where none is small enough. */
	smaller: z.strictObject({ microTokens: countSchema, memoryBytes: bytesSchema }).nullable(),
	hasChatTemplate: z.boolean(),
});
export type ModelEntry = z.infer<typeof modelEntrySchema>;

export const modelCardSchema = z.strictObject({
	entry: modelEntrySchema,
	/** README or card beside the weights, if any. */
	card: z.string().nullable(),
	/** A short conversation as the chat template renders it; null without a template. */
	templatePreview: z.string().nullable(),
	templateError: z.string().nullable(),
	eosToken: z.string().nullable(),
	files: z.array(z.strictObject({ name: z.string(), bytes: bytesSchema })),
});
export type ModelCard = z.infer<typeof modelCardSchema>;

/** Details of the refusal of an adapter whose model is not known here: what it calls that model. */
export const adapterRefusalSchema = z.object({ adapterOf: z.string().nullable() });

const byId = z.strictObject({ id: idSchema });

export const modelsApi = {
	"models.list": method(emptySchema, z.strictObject({ models: z.array(modelEntrySchema) })),
	"models.card": method(byId, modelCardSchema),
	/** Registers a Hugging Face folder; one that cannot be trained is listed with the reason. */
	"models.add": method(z.strictObject({ path: pathSchema }), modelEntrySchema),
	/** Says which of the models an adapter belongs to, and with that makes it a model; throws where it does not fit. */
	"models.adopt": method(z.strictObject({ id: idSchema, baseId: idSchema }), modelEntrySchema),
	"models.rename": method(
		z.strictObject({ id: idSchema, name: z.string().trim().min(1).max(120) }),
		doneSchema,
	),
	/** Forgets a model; its folder stays. */
	"models.remove": method(byId, doneSchema),
} as const;
