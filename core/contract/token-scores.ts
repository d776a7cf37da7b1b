import { z } from "zod";
import { sampleRowSchema } from "./events.ts";

const numbers = z.array(z.number());

/** A response token by token: H tokens, the end token included where it ended by itself. */
export const tokenScoresSchema = z.strictObject({
	tokenIds: z.array(z.int().min(0)),
	/** Text of each token; joined they are the response. Empty for an end token and for a part of a character. */
	tokens: z.array(z.string()),
	/** V(s_1) .. V(s_H), each read before its token; null without a value function. */
	values: numbers.nullable(),
	/** log pi(a_h | s_h), in nats. */
	logProbs: numbers,
	/** log pi_ref(a_h | s_h) of the model that training began from; null where it was not asked. */
	referenceLogProbs: numbers.nullable(),
	/** For each segment the number of tokens up to its end; they rise, and an end token belongs to none. */
	segmentEnds: z.array(z.int().min(0)),
	/** Outcome after the last token; null when it was not graded. */
	reward: z.number().nullable(),
});
export type TokenScores = z.infer<typeof tokenScoresSchema>;

/** One line of a run's `samples.jsonl`: a greedy answer of an evaluation. Those shown in the event carry their tokens. */
export const sampleLineSchema = sampleRowSchema.extend({
	step: z.int().min(0),
	scores: tokenScoresSchema.nullable().default(null),
});
export type SampleLine = z.infer<typeof sampleLineSchema>;
