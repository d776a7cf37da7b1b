import { brackets, fractionParts, hasMembers, isScalar, type Shape, shapeOf } from "./shapes.ts";

const spaceless = (text: string): string => text.replace(/(?<!\\[A-Za-z]*) /g, "");
const spaced = (text: string): string => text.replace(/(?<!\\)([-+=()[\]{}])/g, " $1 ");

/** Ways in which anyone may write any answer. */
function always(answer: string): string[] {
	return [
		`$${answer}$`,
		`$$${answer}$$`,
		`\\(${answer}\\)`,
		`\\[${answer}\\]`,
		`${answer}.`,
		`$${answer}$.`,
		`  ${answer}  `,
		`\n${answer}\n`,
		`\\!${answer}`,
		`\\displaystyle ${answer}`,
		`${answer}\\,`,
		`{${answer}}`,
	];
}

/** Arithmetic that comes back to the same value. */
function arithmetic(answer: string): string[] {
	return [
		`(${answer})`,
		`\\left(${answer}\\right)`,
		`1 \\cdot (${answer})`,
		`\\frac{2(${answer})}{2}`,
		`(${answer}) + 1 - 1`,
		`-(-(${answer}))`,
		`\\dfrac{${answer}}{1}`,
		`x = ${answer}`,
		`x=${answer}`,
	];
}

function integer(answer: string): string[] {
	const value = BigInt(answer);
	const grouped = answer.replace(/\B(?=(\d{3})+$)/g, ",");
	const separated = [",", "{,}", "\\,", ",\\!", " "].map((mark) => grouped.replaceAll(",", mark));
	return [
		`${answer}.0`,
		`${answer}.00`,
		`${answer}/1`,
		`${value * 3n}/3`,
		`\\frac{${value * 2n}}{2}`,
		`\\tfrac{${value * 7n}}{7}`,
		`${value - 1n} + 1`,
		`\\text{${answer}}`,
		`${answer}\\text{ units}`,
		`${answer}^\\circ`,
		`\\$${answer}`,
		`${answer}\\%`,
		...(value > 0n
			? [`\\sqrt{${value * value}}`, `+${answer}`, `${value}!/${value - 1n}!`].slice(0, value < 20n ? 3 : 2)
			: []),
		...(grouped === answer ? [] : separated),
	];
}

function fraction(answer: string): string[] {
	const parts = fractionParts(answer);
	if (parts === null) return [];
	const { sign, whole, under } = parts;
	const over = whole * under + parts.over;
	const terminates = (over * 1e6) % under === 0;
	const rest = over % under;
	return [
		`${sign}\\frac{${over}}{${under}}`,
		`${sign}\\dfrac{${over}}{${under}}`,
		`${sign}\\tfrac{${over}}{${under}}`,
		`${sign}\\cfrac{${over}}{${under}}`,
		`${sign}\\frac {${over}} {${under}}`,
		`${sign}${over}/${under}`,
		`${sign}${over} / ${under}`,
		`${sign}\\frac{${3 * over}}{${3 * under}}`,
		`\\frac{${sign}${over}}{${under}}`,
		`${sign}${over} \\cdot \\frac{1}{${under}}`,
		`${sign}${over} \\div ${under}`,
		...(over < 10 && under < 10 ? [`${sign}\\frac${over}${under}`, `${sign}\\frac ${over}${under}`] : []),
		...(over < 10 ? [`${sign}\\frac${over}{${under}}`] : []),
		...(terminates ? [`${sign}${over / under}`, `${sign}${over / under}00`] : []),
		...(terminates && over < under ? [`${sign}${String(over / under).slice(1)}`] : []),
		...(over > under
			? [
					`${sign}${Math.floor(over / under)}\\frac{${rest}}{${under}}`,
					`${sign}${Math.floor(over / under)} ${rest}/${under}`,
				]
			: []),
	];
}

function decimal(answer: string): string[] {
	const plain = answer.replaceAll(/[,!\\ ]/g, "");
	const places = (plain.split(".")[1] ?? "").length;
	const scaled = BigInt(plain.replace(".", ""));
	return [
		plain,
		places === 0 ? `${plain}.0` : `${plain}0`,
		`\\frac{${scaled}}{${10n ** BigInt(places)}}`,
		`${scaled} \\times 10^{-${places}}`,
		`\\text{${plain}}`,
		`${plain}\\text{ units}`,
		`\\$${plain}`,
		...(plain.startsWith(".") ? [`0${plain}`] : []),
		...(plain.startsWith("0.") ? [plain.slice(1)] : []),
		...(places === 0
			? [plain.replace(/\B(?=(\d{3})+$)/g, "{,}"), plain.replace(/\B(?=(\d{3})+$)/g, ",")]
			: []),
	];
}

function withUnit(answer: string): string[] {
	const value = answer.replace(/^\\\$| ?(?:\\text|\\mbox|\^\\circ).*/, "");
	const unit = answer.slice(answer.indexOf(value) + value.length);
	const angle = answer.includes("circ")
		? ["^{\\circ}", "°", "\\degree", " \\text{ degrees}", " degrees", "^ \\circ"]
		: [];
	const plain = value.replaceAll(/[,!\\ ]/g, "");
	const money = answer.startsWith("\\$")
		? [`\\$ ${value}`, plain, `\\$${plain}`, `${plain} \\text{ dollars}`, `${plain} dollars`]
		: [];
	const units = [unit.replace("\\mbox", "\\text"), unit.replace("\\text", "\\mathrm"), `\\,${unit}`];
	return [value, `x = ${value}`, ...money, ...[...angle, ...units].map((form) => `${value}${form}`)];
}

function roots(answer: string): string[] {
	return [
		answer.replaceAll(/\\sqrt(\d|\{\d+\})/g, (_, n: string) => `√${n.replaceAll(/[{}]/g, "")}`),
		answer.replaceAll(/\\sqrt(\d|\{\d+\})/g, (_, n: string) => `(${n.replaceAll(/[{}]/g, "")})^{1/2}`),
		answer.replace(/^(\d+) ?\\sqrt\{?(\d+)\}?$/, (_, a, b) => `\\sqrt{${Number(a) ** 2 * Number(b)}}`),
		answer.replace(/^(\d+) ?(\\sqrt\{?\d+\}?|\\pi)$/, "$2 \\cdot $1"),
		answer.replace(/^(\d+) ?(\\sqrt\{?\d+\}?|\\pi)$/, "$1 \\cdot $2"),
		answer.replaceAll("\\pi", "π"),
		answer.replaceAll(/\\sqrt\{(\d)\}/g, "\\sqrt$1"),
	];
}

/** Terms in reverse, for a sum without brackets. */
function reversedTerms(answer: string): string[] {
	if (/[()=,]|\\pm|\\frac|\\begin/.test(answer) || !/[-+]/.test(answer.slice(1))) return [];
	const terms = answer.replaceAll(" ", "").match(/[-+]?[^-+]+/g) ?? [];
	const signed = terms.map((term) => (/^[-+]/.test(term) ? term : `+${term}`)).reverse();
	return [signed.join("").replace(/^\+/, ""), signed.join(" ").replace(/^\+/, "")];
}

function membered(answer: string, shape: Shape): string[] {
	const { open, members, close } = brackets(answer);
	const loud = answer
		.replaceAll(/\\left|\\right/g, "")
		.replaceAll(/(?<!\\)([([])/g, "\\left$1")
		.replaceAll(/([)\]])/g, "\\right$1");
	const forms = [loud, loud.replaceAll("\\left", "\\bigl").replaceAll("\\right", "\\bigr")];
	if (open !== "")
		forms.push(`${open}${members.join(",")}${close}`, `${open} ${members.join(" , ")} ${close}`);
	if (shape === "tuple") forms.push(`(x, y) = ${answer}`, `\\langle ${members.join(", ")} \\rangle`);
	if (shape === "list or set") {
		const turned = [...members].reverse();
		forms.push(
			turned.join(", "),
			turned.join(","),
			`\\{${turned.join(", ")}\\}`,
			members.join(" \\text{ and } "),
		);
		forms.push(members.map((member) => `x = ${member}`).join(", "), `x = ${turned.join("\\text{ or }x = ")}`);
		forms.push(
			...members.flatMap((member) =>
				member.includes("\\pm") && members.length === 1 ? bothSigns(member) : [],
			),
		);
	}
	if (shape === "interval")
		forms.push(
			`x \\in ${answer.replace(/^x \\in /, "")}`,
			answer.replace(/^x \\in /, ""),
			...interval(answer),
		);
	return forms;
}

function bothSigns(member: string): string[] {
	const [plus, minus] = [member.replace("\\pm", "+"), member.replace("\\pm", "-")];
	return [`${plus}, ${minus}`, `\\{${minus}, ${plus}\\}`, `${minus} \\text{ or } ${plus}`];
}

/** An interval or a union of them as inequalities, and a union in the other order. */
function interval(answer: string): string[] {
	const pieces = answer.replace(/^x \\in /, "").split(" \\cup ");
	const inequality = (piece: string): string => {
		const { open, members, close } = brackets(piece);
		const [from = "", to = ""] = members;
		const [low, high] = [open === "(" ? "<" : "\\le", close === ")" ? "<" : "\\leq"];
		if (from === "-\\infty") return `x ${high} ${to}`;
		return to === "\\infty" ? `${from} ${low} x` : `${from} ${low} x ${high} ${to}`;
	};
	const written = pieces.map(inequality);
	return [
		written.join(" \\text{ or } "),
		written.reverse().join(" \\text{ or } "),
		pieces.reverse().join(" \\cup "),
		pieces.join("∪"),
	];
}

function matrix(answer: string): string[] {
	const array = answer
		.replace("\\begin{pmatrix}", "\\left(\\begin{array}{rr}")
		.replace("\\end{pmatrix}", "\\end{array}\\right)");
	return [
		answer.replaceAll("pmatrix", "bmatrix"),
		`\\left[${answer.replaceAll("pmatrix", "matrix")}\\right]`,
		array,
		answer.replaceAll(/(\d+)\/(\d+)/g, "\\frac{$1}{$2}"),
		answer.replaceAll(/(\d+)\/(\d+)/g, "\\tfrac{$1}{$2}"),
		answer.replaceAll(" \\\\ ", "\\\\"),
		answer.replaceAll("\\\\", "\\\\[4pt]"),
		answer.replaceAll(/(?<![\d/])(\d+)(?![\d/])/g, "$1.0"),
		`\\frac{1}{2} ${answer.replaceAll(/(?<![\d/])(\d+)/g, (n) => String(2 * Number(n)))}`,
	];
}

function words(answer: string): string[] {
	const word = answer.replace(/^\\text\{(.*)\}$/, "$1");
	const forms = [
		word,
		`\\text{ ${word} }`,
		`\\mathrm{${word}}`,
		`\\textbf{${word}}`,
		`\\mbox{${word}}`,
		`\\text{${word}.}`,
	];
	if (word.startsWith("(")) {
		const letter = word.slice(1, -1);
		return [
			...forms,
			letter,
			`\\text{${letter}}`,
			`\\textbf{${letter}}`,
			`\\mathbf{${letter}}`,
			`(\\text{${letter}})`,
		];
	}
	return [...forms, `\\text{${word.toUpperCase()}}`, `\\textit{${word}}`, `\\operatorname{${word}}`];
}

function equation(answer: string): string[] {
	const [left = "", right = ""] = answer.split("=").map((side) => side.trim());
	const moved = [
		`${left} - (${right}) = 0`,
		`2(${left}) = 2(${right})`,
		`${right} = ${left}`,
		`${left}=${right}`,
	];
	return left.length === 1 ? [...moved, right, `$${right}$`, `(${right})`] : moved;
}

function based(answer: string): string[] {
	const [digits = "", base = ""] = answer.replaceAll(/[{}]/g, "").split("_");
	return [
		`${digits}_{${base}}`,
		`${digits}_${base}`,
		`${digits}_{\\text{${base}}}`,
		`${digits} _ ${base}`,
		`N = ${digits}_{${base}}`,
	];
}

/** Honest rewrites of a MATH reference answer: other texts that say the same. */
export function rewritesOf(answer: string): string[] {
	const shape = shapeOf(answer);
	const forms = [...always(answer), ...roots(answer), ...reversedTerms(answer)];
	if (isScalar(shape))
		forms.push(...arithmetic(shape === "decimal" ? answer.replaceAll(/[,!\\ ]/g, "") : answer));
	if (shape === "integer") forms.push(...integer(answer));
	if (shape === "fraction") forms.push(...fraction(answer));
	if (shape === "decimal") forms.push(...decimal(answer));
	if (shape === "number with unit") forms.push(...withUnit(answer));
	if (hasMembers(shape)) forms.push(...membered(answer, shape));
	if (shape === "matrix") forms.push(...matrix(answer));
	if (shape === "word or choice") forms.push(...words(answer));
	if (shape === "equation") forms.push(...equation(answer));
	if (shape === "based numeral") forms.push(...based(answer));
	if (shape !== "word or choice" && !answer.includes("\\text") && !answer.includes("\\mbox")) {
		forms.push(spaceless(answer));
		if (shape !== "matrix") forms.push(spaced(answer));
	}
	forms.push(answer.replaceAll(/\\d?frac/g, "\\dfrac"), answer.replaceAll(/\\d?frac/g, "\\tfrac"));
	return [...new Set(forms)].filter((form) => form !== answer);
}
