/** Model families: the `model_type` of their config.json, and the name that people know them by. */
const FAMILY_NAMES = {
	llama: "Llama",
	qwen2: "Qwen2",
	qwen3: "Qwen3",
	gemma: "Gemma",
	gemma2: "Gemma 2",
	mistral: "Mistral",
} as const;
export type Family = keyof typeof FAMILY_NAMES;

export function isFamily(modelType: string): modelType is Family {
	return Object.hasOwn(FAMILY_NAMES, modelType);
}

/** The name of a model's family; of one that we do not read, what its config.json says. */
export function familyName(modelType: string | null): string {
	if (modelType === null) return "unknown";
	return isFamily(modelType) ? FAMILY_NAMES[modelType] : modelType;
}

export const FAMILIES = Object.keys(FAMILY_NAMES) as Family[];

/** "Llama, Qwen2 ... or Mistral". */
export const FAMILY_LIST = Object.values(FAMILY_NAMES)
	.join(", ")
	.replace(/, ([^,]*)$/, " or $1");
