import { brackets, fractionParts, hasMembers, isScalar, shapeOf } from "./shapes.ts";

const MAX_CHANGED_DIGITS = 8;

/** The answer with one digit changed, for each of its digits; exponents of units are no part of the answer. */
function changedDigits(answer: string): string[] {
	const unit = /\\mbox/.exec(answer)?.index ?? answer.length;
	return [...answer.slice(0, unit).matchAll(/\d/g)]
		.slice(0, MAX_CHANGED_DIGITS)
		.map(({ 0: digit, index }) => {
			// Never to 0, which could be the end of a decimal, a term or a denominator.
			const changed = String((Number(digit) % 9) + 1);
			return answer.slice(0, index) + changed + answer.slice(index + 1);
		});
}

function scalar(answer: string): string[] {
	const misses = [
		`${answer} + 1`,
		`(${answer}) - \\frac{1}{1000}`,
		`x = ${answer} + 1`,
		`(${answer}, ${answer})`,
		`${answer}, 12345`,
	];
	if (Number(answer) !== 0)
		misses.push(`-(${answer})`, `2(${answer})`, `\\frac{${answer}}{10}`, `(${answer})\\pi`);
	return misses;
}

function fraction(answer: string): string[] {
	const parts = fractionParts(answer);
	if (parts === null) return [];
	const { sign, over, under } = parts;
	const rounded = (over / under).toFixed(2);
	const misses = [
		`${sign}\\frac{${over + 1}}{${under}}`,
		`${sign}\\frac{${over}}{${under + 1}}`,
		`${sign}${over} ${under}`,
	];
	if (over !== under) misses.push(`${sign}\\frac{${under}}{${over}}`);
	if (parts.whole === 0 && Number(rounded) !== over / under) misses.push(`${sign}${rounded}`);
	return misses;
}

/** Every choice of brackets but the right one, members turned round, left out and added. */
function membered(answer: string, shape: string): string[] {
	const { open, members, close } = brackets(answer);
	const misses: string[] = [];
	if (members.length > 1) {
		const shorter = members.slice(1).join(", ");
		misses.push(`${open}${shorter}, 777${close}`, `${open}${members.join(", ")}, 777${close}`);
		if (open === "" || members.length > 2) misses.push(`${open}${shorter}${close}`);
	}
	if (shape === "list or set") {
		misses.push(
			`(${members.join(", ")}, 1)`,
			members[0] as string,
			answer.replaceAll("\\pm", "+"),
			answer.replaceAll("\\pm", "-"),
		);
		return misses.filter((miss) => miss !== answer);
	}
	if (open !== "")
		misses.push(`${open}${[...members].reverse().join(", ")}${close}`, `\\{${members.join(", ")}\\}`);
	const flipped = open === "(" ? "[" : "(";
	const flippedEnd = close === ")" ? "]" : ")";
	if (open !== "" && shape === "tuple") misses.push(`[${members.join(", ")}]`);
	if (open !== "" && shape === "interval") {
		const inside = members.join(", ");
		misses.push(
			`${flipped}${inside}${close}`,
			`${open}${inside}${flippedEnd}`,
			`${flipped}${inside}${flippedEnd}`,
		);
	}
	if (answer.includes("\\cup"))
		misses.push(...answer.split(" \\cup "), answer.replace("(", "["), answer.replace("\\cup", "\\cap"));
	return misses;
}

function words(answer: string): string[] {
	const word = answer.replace(/^\\text\{\(?(.*?)\)?\}$/, "$1");
	const others =
		word.length === 1
			? ["A", "B", "C", "D", "E"]
			: ["odd", "Carla", "west", "circle", `${word}s`, [...word].reverse().join("")];
	return others.filter((other) => other !== word).flatMap((other) => [`\\text{${other}}`, other]);
}

function algebraic(answer: string): string[] {
	const letter = /(?<!\\[a-z]*)[a-hj-zA-Z]/.exec(answer)?.[0] ?? "x";
	const other = letter === "w" ? "v" : "w";
	return [
		answer.replaceAll(new RegExp(`(?<!\\\\[a-z]*)${letter}`, "g"), other),
		`${answer} + ${letter}`,
		`(${answer})^2`,
	];
}

/** Wrong answers that look like a MATH reference answer. */
export function nearMissesOf(answer: string): string[] {
	const shape = shapeOf(answer);
	const misses = changedDigits(answer);
	if (isScalar(shape))
		misses.push(...scalar(shape === "decimal" ? answer.replaceAll(/[,!\\ ]/g, "") : answer));
	if (shape === "fraction") misses.push(...fraction(answer));
	if (hasMembers(shape)) misses.push(...membered(answer.replace(/^x \\in /, ""), shape));
	if (shape === "word or choice") misses.push(...words(answer));
	if (shape === "algebraic expression") misses.push(...algebraic(answer));
	if (shape === "equation")
		misses.push(
			`${answer} + 1`,
			answer.replace("=", "= -"),
			answer.replace("=", "\\ne"),
			answer.replace("=", "<"),
		);
	if (shape === "number with unit" || shape === "based numeral")
		misses.push(`-${answer}`, `${answer.replace("\\$", "").replace(/\d/, "3$&")}`);
	if (shape === "based numeral") misses.push(answer.replace(/_.*/, "_3"), answer.replace(/_.*/, ""));
	if (shape === "matrix") {
		misses.push(
			answer.replaceAll("\\\\", "&"),
			answer.replace("\\\\", "\\\\ 5 \\\\"),
			answer.replace("-", ""),
			answer.replace(/\d+/, "$& + 1"),
		);
	}
	return [...new Set(misses)].filter((miss) => miss !== answer && !/= -\s*0$/.test(miss));
}
