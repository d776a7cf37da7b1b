const UNICODE: readonly (readonly [RegExp, string])[] = [
	[/[−–—]/g, "-"],
	[/[×⋅·∙]/g, "\\cdot "],
	[/÷/g, "/"],
	[/[≤⩽]/g, "\\le "],
	[/[≥⩾]/g, "\\ge "],
	[/≠/g, "\\ne "],
	[/∞/g, "\\infty "],
	[/π/g, "\\pi "],
	[/θ/g, "\\theta "],
	[/±/g, "\\pm "],
	[/∪/g, "\\cup "],
	[/∈/g, "\\in "],
	[/ℝ/g, "\\mathbb{R}"],
	[/∅/g, "\\emptyset "],
	[/[°º]/g, "\\degree "],
	[/∛/g, "\\sqrt[3]"],
	// A root sign before a numeral stands over the whole of it.
	[/√\s*(\d+(?:\.\d+)?|[A-Za-z])/g, "\\sqrt{$1}"],
	[/√\s*\(([^()]*)\)/g, "\\sqrt{$1}"],
	[/√/g, "\\sqrt "],
	[/²/g, "^2"],
	[/³/g, "^3"],
	[/½/g, "\\frac{1}{2}"],
	[/¼/g, "\\frac{1}{4}"],
	[/¾/g, "\\frac{3}{4}"],
	[/[£€]/g, ""],
	[/[\u00a0\u2000-\u200a\u202f]/g, " "],
];

/** Notation that never changes what an answer says. */
const PLAIN: readonly (readonly [RegExp, string])[] = [
	[/\s+/g, " "],
	[/\\\\\s?\[-?[\d.]+\s?(?:pt|ex|em|mm|cm)\]/g, "\\\\"],
	[/(?<!\\)\\[()[\]]/g, ""],
	[/\\?\$/g, ""],
	[/\\?%/g, ""],
	[/\\(?:left|right|middle|[bB]igg?[lrm]?)(?![A-Za-z])\.?/g, ""],
	[/\\[tdc]frac(?![A-Za-z])/g, "\\frac"],
	[/\\[td]binom(?![A-Za-z])/g, "\\binom"],
	[/\\(?:mbox|hbox|textrm|textnormal|textup|textbf|textit|textsf|texttt|emph)(?![A-Za-z])/g, "\\text"],
	[/\\(?:mathrm|mathbf|mathit|mathsf|boldsymbol|bm|vec|hat) ?\{ ?([A-Za-z]) ?\}/g, "$1"],
	[/\\(?:mathrm|mathbf|mathit|mathsf|boldsymbol)(?![A-Za-z])/g, "\\text"],
	[/\\operatorname\*? ?\{((?:arc)?(?:sin|cos|tan|cot|sec|csc)|ln|log|exp)\}/g, "\\$1 "],
	[/\\operatorname\*?(?![A-Za-z])/g, "\\text"],
	[/\\text ?\{[ ,]*(?:or|and)[ ,]*\}/g, ","],
	[/(?<=[ ,])(?:or|and) /g, ","],
	[/(?:, ?)+,/g, ","],
	[/\^ ?(?:\{ ?\\(?:circ|degree) ?\}|\\(?:circ|degree)(?![A-Za-z]))/g, "\\degree "],
	[/\\(?:displaystyle|textstyle|limits|nolimits|quad|qquad|enspace|hfill)(?![A-Za-z])/g, " "],
];

/** Separators within one numeral, and numerals of two parts. */
const NUMERALS: readonly (readonly [RegExp, string])[] = [
	[/(?<=\d) ?(?:, ?\\! ?|\{, ?\\?!?\} ?|\\, ?|\\; ?| )(?=\d{3}(?!\d))/g, ""],
	[/(?<!\\)\\[,;:! ]|~/g, " "],
	// "1 4/5" is a mixed number: without its space it would read 14/5.
	[/(?<![\d.])(\d+) +(\d+) ?\/ ?(\d+)(?![\d.])/g, "$1\\frac{$2}{$3}"],
	[/ +/g, " "],
];

const replaceAll = (text: string, rules: readonly (readonly [RegExp, string])[]): string =>
	rules.reduce((done, [pattern, replacement]) => done.replace(pattern, replacement), text);

/** The text without the punctuation of the sentence around it. */
function withoutEnd(text: string): string {
	let end = text.length;
	while (end > 0 && " .,;:".includes(text[end - 1] as string)) end--;
	return text.slice(0, end);
}

/** Brings an answer to one plain LaTeX notation, without changing what it says. */
export function plainNotation(answer: string): string {
	let text = replaceAll(replaceAll(replaceAll(answer, UNICODE), PLAIN), NUMERALS);
	text = withoutEnd(text).trimStart();
	// In brackets a comma separates members: `(1,100)` is a pair.
	if (/[([]|\\\{/.test(text)) return text;
	return text.replace(/(?<![\d,.])\d{1,3}(?:,\d{3})+(?!\d|,\d)/g, (numeral) => numeral.replaceAll(",", ""));
}

const KEY: readonly (readonly [RegExp, string])[] = [
	// Units: text after a value, with its exponent.
	[/(?<=[\w)}]) ?\\text ?\{[^{}]*\}(?: ?\^ ?(?:\d|\{ ?-?\d+ ?\}))?/g, ""],
	[/\\text ?\{([^{}]*)\}/g, "$1"],
	[/\\degree(?![A-Za-z])/g, ""],
	[/(?<![\d}])\.(?=\d)/g, "0."],
	[/\\sqrt ?([\da-z])/g, "\\sqrt{$1}"],
	[/\\frac ?(\d) ?(?=[\d{])/g, "\\frac{$1}"],
	[/(\\frac ?\{[^{}]*\}) ?(\d)/g, "$1{$2}"],
	[/^(-?) ?(\d+|[a-z]) ?\/ ?(\d+|[a-z])$/, "$1\\frac{$2}{$3}"],
	[/(?<!\d) | (?!\d)/g, ""],
];

/** The spelling by which two answers in plain notation are equal as they stand. */
export function spellingOf(plain: string): string {
	return replaceAll(plain, KEY).trim();
}
