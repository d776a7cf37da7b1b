import { Fragment, useMemo } from "react";
import styles from "./Markdown.module.css";
import { type Block, type Inline, parseMarkdown } from "./markdown.ts";

/** Markdown as elements of the page: nothing of it is taken for HTML, and nothing is loaded. */
export function Markdown({ text }: { text: string }) {
	const blocks = useMemo(() => parseMarkdown(text), [text]);
	return (
		<div className={styles.markdown}>
			{blocks.map((block, i) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: a text's blocks have nothing but their place to be told by
				<BlockView key={i} block={block} />
			))}
		</div>
	);
}

function BlockView({ block }: { block: Block }) {
	switch (block.kind) {
		case "heading":
			return (
				<h3 data-level={block.level}>
					<Line inline={block.inline} />
				</h3>
			);
		case "paragraph":
			return (
				<p>
					<Line inline={block.inline} />
				</p>
			);
		case "code":
			return <pre>{block.text}</pre>;
		case "rule":
			return <hr />;
		case "list": {
			const List = block.ordered ? "ol" : "ul";
			return (
				<List>
					{block.items.map((item, i) => (
						// biome-ignore lint/suspicious/noArrayIndexKey: as above
						<li key={i}>
							<Line inline={item} />
						</li>
					))}
				</List>
			);
		}
		case "table":
			return (
				<table>
					<tbody>
						{block.rows.map((cells, row) => (
							// biome-ignore lint/suspicious/noArrayIndexKey: as above
							<tr key={row}>
								{cells.map((cell, i) => {
									const Cell = row === 0 ? "th" : "td";
									return (
										// biome-ignore lint/suspicious/noArrayIndexKey: as above
										<Cell key={i}>
											<Line inline={cell} />
										</Cell>
									);
								})}
							</tr>
						))}
					</tbody>
				</table>
			);
	}
}

function Line({ inline }: { inline: readonly Inline[] }) {
	return inline.map((part, i) => {
		// biome-ignore lint/suspicious/noArrayIndexKey: as above
		return <Fragment key={i}>{inlineView(part)}</Fragment>;
	});
}

function inlineView(part: Inline) {
	switch (part.kind) {
		case "code":
			return <code>{part.text}</code>;
		case "strong":
			return <b>{part.text}</b>;
		case "em":
			return <em>{part.text}</em>;
		case "link":
			// The page talks to one address alone: where a link leads is said, not gone to.
			return (
				<span className={styles.link} title={part.href}>
					{part.text}
				</span>
			);
		default:
			return part.text;
	}
}
