import { AppError } from "../contract/errors.ts";
import { parseTemplate, renderTemplate } from "./bounded-template.ts";
import type { TokenizerFiles } from "./files.ts";
import type { Message } from "./message.ts";

const MONTHS = "January February March April May June July August September October November December".split(
	" ",
);

/**
 * Some templates print today's date. A prompt that changes at midnight would make a resumed run differ from an
 * unbroken one, so they always see 26 July 2024, the day that Llama's own templates fall back to.
 */
function fixedDate(format: string): string {
	const month = MONTHS[6] ?? "";
	const fields: Record<string, string> = {
		d: "26",
		m: "07",
		Y: "2024",
		y: "24",
		B: month,
		b: month.slice(0, 3),
	};
	Object.assign(fields, { A: "Friday", a: "Fri", H: "00", M: "00", S: "00", "-d": "26", "-m": "7" });
	Object.assign(fields, { j: "208", e: "26", p: "AM", I: "12", "%": "%" });
	return format.replace(/%(-?[A-Za-z%])/g, (whole, field: string) => fields[field] ?? whole);
}

/** The text of the chat template; null where the model has none. Throws `tokenizer-unsupported` when it is not clear which. */
export function templateSource(files: TokenizerFiles, where: string): string | null {
	if (files.templateFile !== null) return files.templateFile;
	const given = files.tokenizerConfig.chat_template ?? null;
	if (given === null || typeof given === "string") return given;
	const chosen =
		given.find((named) => named.name === "default") ?? (given.length === 1 ? given[0] : undefined);
	if (chosen !== undefined) return chosen.template;
	if (given.length === 0) return null;
	throw new AppError({
		code: "tokenizer-unsupported",
		message: `${where} names ${given.length} chat templates and none is called "default".`,
		hint: 'Rename the one to train with to "default" in tokenizer_config.json, or save it as chat_template.jinja.',
	});
}

/**
 * Renders a conversation to the text that the assistant continues, or, without the generation prompt, to the conversation alone.
 * @throws AppError `data-invalid` when the template refuses the messages, or would take for ever over them.
 */
export type ChatRenderer = (messages: readonly Message[], generationPrompt?: boolean) => string;

/**
 * Compiles the model's chat template, or gives null when the model has none. A folder is somebody else's: what the template may
 * take in time and memory is bounded.
 * @throws AppError `tokenizer-unsupported` for a template that does not parse.
 */
export function compileChatTemplate(files: TokenizerFiles, where: string): ChatRenderer | null {
	const source = templateSource(files, where);
	if (source === null) return null;
	let template: ReturnType<typeof parseTemplate>;
	try {
		template = parseTemplate(source);
	} catch (cause) {
		const message = `The chat template of ${where} does not parse: ${(cause as Error).message}`;
		const hint = "Put a corrected template in chat_template.jinja in the model folder.";
		throw new AppError({ code: "tokenizer-unsupported", message, hint }, { cause });
	}
	const { bos_token, eos_token, pad_token, unk_token } = files.tokenizerConfig;
	const named = Object.entries({ bos_token, eos_token, pad_token, unk_token });
	const tokens = Object.fromEntries(named.filter(([, text]) => typeof text === "string"));
	const context = { ...tokens, tools: null, documents: null, strftime_now: fixedDate };
	return (messages, add_generation_prompt = true) => {
		try {
			return renderTemplate(template, { ...context, messages, add_generation_prompt });
		} catch (cause) {
			const roles = messages.map((message) => message.role).join(", ");
			const message = `The model's chat template refused a prompt with roles ${roles}: ${(cause as Error).message}`;
			const hint = "Change the prompt's messages to the roles and order that this model expects.";
			throw new AppError({ code: "data-invalid", message, hint }, { cause });
		}
	};
}
