/** A piece of a line of Markdown. A link's address is shown, not followed: nothing here leaves the machine. */
export type Inline =
	| { kind: "text" | "code" | "strong" | "em"; text: string }
	| { kind: "link"; text: string; href: string };

export type Block =
	| { kind: "heading"; level: number; inline: readonly Inline[] }
	| { kind: "paragraph"; inline: readonly Inline[] }
	| { kind: "list"; ordered: boolean; items: readonly (readonly Inline[])[] }
	| { kind: "code"; text: string }
	| { kind: "table"; rows: readonly (readonly (readonly Inline[])[])[] }
	| { kind: "rule" };

const FENCE = /^\s*(```|~~~)/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const ITEM = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/;
const RULE = /^\s*([-*_])(\s*\1){2,}\s*$/;
const TABLE_LINE = /^\s*\|.*\|\s*$/;
const TABLE_RULE = /^[\s|:-]+$/;
/** Comments, and tags with what is inside them kept. */
const HTML = /<!--[\s\S]*?-->|<\/?[a-z][^<>]*>/gi;

/** The Markdown of model cards: headings, lists, tables, code, emphasis and links; HTML in it is left out. */
export function parseMarkdown(text: string): Block[] {
	const lines = text.split(/\r?\n/);
	const blocks: Block[] = [];
	let paragraph: string[] = [];
	const flush = () => {
		const inline = parseInline(paragraph.join(" "));
		if (inline.length > 0) blocks.push({ kind: "paragraph", inline });
		paragraph = [];
	};
	for (let i = 0; i < lines.length; i++) {
		const line = lines[i] ?? "";
		/** As many lines from here as fit. */
		const run = (fits: (line: string) => boolean) => {
			let end = i;
			while (end < lines.length && fits(lines[end] ?? "")) end++;
			return lines.slice(i, end);
		};
		const heading = HEADING.exec(line);
		if (FENCE.test(line)) {
			flush();
			const from = ++i;
			while (i < lines.length && !FENCE.test(lines[i] ?? "")) i++;
			blocks.push({ kind: "code", text: lines.slice(from, i).join("\n") });
		} else if (heading) {
			flush();
			blocks.push({ kind: "heading", level: heading[1]?.length ?? 1, inline: parseInline(heading[2] ?? "") });
		} else if (RULE.test(line)) {
			flush();
			blocks.push({ kind: "rule" });
		} else if (ITEM.test(line)) {
			flush();
			const found = run((one) => ITEM.test(one) || /^\s{2,}\S/.test(one));
			const items: string[] = [];
			for (const one of found) {
				const item = ITEM.exec(one);
				if (item) items.push(item[2] ?? "");
				else items.push(`${items.pop() ?? ""} ${one.trim()}`);
			}
			blocks.push({
				kind: "list",
				ordered: ITEM.exec(line)?.[1] !== undefined,
				items: items.map(parseInline),
			});
			i += found.length - 1;
		} else if (TABLE_LINE.test(line)) {
			flush();
			const found = run((one) => TABLE_LINE.test(one));
			const rows = found.filter((one) => !TABLE_RULE.test(one)).map(cellsOf);
			blocks.push({ kind: "table", rows: rows.map((cells) => cells.map(parseInline)) });
			i += found.length - 1;
		} else if (line.trim() === "") {
			flush();
		} else {
			paragraph.push(line.trim());
		}
	}
	flush();
	return blocks;
}

function cellsOf(line: string): string[] {
	return line
		.trim()
		.slice(1, -1)
		.split("|")
		.map((cell) => cell.trim());
}

const INLINE =
	/`([^`]+)`|\*\*(.+?)\*\*|__(.+?)__|!?\[([^\]]*)\]\(([^)\s]*)[^)]*\)|\*([^*\s][^*]*)\*|(?<!\w)_([^_\s][^_]*)_(?!\w)/g;

export function parseInline(text: string): Inline[] {
	const plain = text.replace(HTML, "").trim();
	const parts: Inline[] = [];
	let at = 0;
	for (const found of plain.matchAll(INLINE)) {
		if (found.index > at) parts.push({ kind: "text", text: plain.slice(at, found.index) });
		at = found.index + found[0].length;
		const [, code, strong, strong2, label, href, em, em2] = found;
		if (code !== undefined) parts.push({ kind: "code", text: code });
		else if (strong ?? strong2) parts.push({ kind: "strong", text: strong ?? strong2 ?? "" });
		else if (href !== undefined) {
			if (label)
				parts.push(
					found[0].startsWith("!") ? { kind: "text", text: label } : { kind: "link", text: label, href },
				);
		} else parts.push({ kind: "em", text: em ?? em2 ?? "" });
	}
	if (at < plain.length) parts.push({ kind: "text", text: plain.slice(at) });
	return parts;
}
