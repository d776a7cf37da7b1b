import { AppError } from "../../contract/errors.ts";
import type { Message } from "../../tokenizers/message.ts";

/** Renders a conversation to the text that the assistant continues. */
type Render = (messages: readonly Message[]) => string;

/** The texts between the contents of a conversation in which user and assistant take turns. */
interface Turns {
	/** Before the first question; with a system message, before and after that. */
	start: string;
	system: { before: string; after: string } | null;
	/** After a question, up to where the answer begins. */
	toAnswer: string;
	/** After an answer, up to where the next question begins. */
	toQuestion: string;
}

export interface Modelfile {
	text: string;
	/** Whether Ollama is told the model's own chat template. */
	templated: boolean;
}

/**
 * A Modelfile for Ollama beside `model.gguf`. Ollama renders Go templates and not the model's, so the texts between the
 * turns are found by rendering conversations, and used when they render longer ones alike too. `render` is null for a
 * model without a template; `bos` is the token that Ollama itself puts first.
 */
export function modelfile(
	render: Render | null,
	bos: string | null,
	stops: readonly string[],
	parameters: Readonly<Record<string, number>>,
): Modelfile {
	const turns = render === null ? null : turnsOf(render, bos);
	const template = turns === null ? "{{ .Prompt }}" : goTemplate(turns);
	const usable = template.includes('"""') ? "{{ .Prompt }}" : template;
	const lines = [
		"# ollama create NAME -f Modelfile",
		"FROM ./model.gguf",
		`TEMPLATE """${usable}"""`,
		...stops.map((stop) => `PARAMETER stop ${JSON.stringify(stop)}`),
		...Object.entries(parameters).map(([name, value]) => `PARAMETER ${name} ${value}`),
	];
	return { text: `${lines.join("\n")}\n`, templated: turns !== null && usable === template };
}

function goTemplate({ start, system, toAnswer, toQuestion }: Turns): string {
	const opening =
		system === null
			? start
			: `{{ if .System }}${system.before}{{ .System }}${system.after}{{ else }}${start}{{ end }}`;
	return (
		`${opening}{{ range .Messages }}{{ if eq .Role "user" }}{{ .Content }}${toAnswer}` +
		`{{ else if eq .Role "assistant" }}{{ .Content }}${toQuestion}{{ end }}{{ end }}`
	);
}

/** What a template of these turns makes of a conversation. */
function rendered({ start, system, toAnswer, toQuestion }: Turns, messages: readonly Message[]): string {
	const given = messages.find(({ role }) => role === "system");
	let text = given && system ? system.before + given.content + system.after : start;
	for (const { role, content } of messages) {
		if (role === "user") text += content + toAnswer;
		if (role === "assistant") text += content + toQuestion;
	}
	return text;
}

const [SYSTEM, FIRST, ANSWER, SECOND] = ["SystemText", "FirstText", "AnswerText", "SecondText"] as const;
const user = (content: string): Message => ({ role: "user", content });
const assistant = (content: string): Message => ({ role: "assistant", content });
const asSystem = (content: string): Message => ({ role: "system", content });

/** The turns of a template, or null when it is not made of such. */
function turnsOf(render: Render, bos: string | null): Turns | null {
	// Ollama's tokenizer puts the first token itself.
	const own: Render = (messages) => {
		const text = render(messages);
		return bos !== null && text.startsWith(bos) ? text.slice(bos.length) : text;
	};
	try {
		const three = between(own([user(FIRST), assistant(ANSWER), user(SECOND)]), [FIRST, ANSWER, SECOND]);
		const [start, toAnswer, toQuestion, end] = three ?? [];
		if (start === undefined || toAnswer === undefined || toQuestion === undefined || end !== toAnswer)
			return null;
		const turns = { start, system: systemOf(own, toAnswer), toAnswer, toQuestion };
		const longer = [user("1 + 1?"), assistant("2"), user("And\n2 + 2?"), assistant("It is 4."), user("Why?")];
		const withSystem = turns.system === null ? [] : [[asSystem("Be brief."), ...longer]];
		const alike = [longer, longer.slice(0, 1), ...withSystem].every(
			(messages) => own(messages) === rendered(turns, messages),
		);
		const pieces = [start, toAnswer, toQuestion, turns.system?.before ?? "", turns.system?.after ?? ""];
		return alike && !pieces.some((piece) => piece.includes("{{") || piece.includes("}}")) ? turns : null;
	} catch (error) {
		// A template that refuses one of these conversations has other turns.
		if (error instanceof AppError) return null;
		throw error;
	}
}

function systemOf(own: Render, toAnswer: string): Turns["system"] {
	try {
		const [before, after, end] = between(own([asSystem(SYSTEM), user(FIRST)]), [SYSTEM, FIRST]) ?? [];
		return before === undefined || after === undefined || end !== toAnswer ? null : { before, after };
	} catch (error) {
		if (error instanceof AppError) return null;
		throw error;
	}
}

/** The texts around the marks, which must stand in this order, each once; null otherwise. */
function between(text: string, marks: readonly string[]): string[] | null {
	const parts: string[] = [];
	let rest = text;
	for (const mark of marks) {
		const halves = rest.split(mark);
		if (halves.length !== 2) return null;
		parts.push(halves[0] as string);
		rest = halves[1] as string;
	}
	return [...parts, rest];
}
