import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useReducer, useRef, useState } from "react";
import { call } from "../../api/index.ts";
import { Button, Card, Dialog, ErrorNote, format, NumberField, StatusDot } from "../../ui/index.ts";
import { PAGE_ROWS, PageCache, pagesOf } from "./pages.ts";
import styles from "./Rows.module.css";
import { useAnswer } from "./useAnswer.ts";

const ROW_PX = 30;
/** Browsers cannot scroll higher than some 16 million pixels: from there on a pixel stands for several rows. */
const MOST_PX = 15_000_000;

type Shown = { row: number; columns: readonly string[]; values: readonly (string | null)[] };

/** The rows as they stand in the file, a million of them if need be: only those in sight are asked for. */
export function RowsTable({ id, version }: { id: string; version: string }) {
	const { value: first, error: firstError } = useAnswer(
		"data.rows",
		{ id, offset: 0, limit: PAGE_ROWS },
		version,
	);
	const cache = useMemo(() => new PageCache(), []);
	const asked = useRef(new Set<number>());
	const [, redraw] = useReducer((n: number) => n + 1, 0);
	const [error, setError] = useState<unknown>(null);
	const [opened, setOpened] = useState<Shown | null>(null);
	const [jump, setJump] = useState<number | undefined>(undefined);
	const scroller = useRef<HTMLElement>(null);
	const total = first?.total ?? 0;
	const columns = first?.columns ?? [];
	const rowPx = Math.min(ROW_PX, MOST_PX / Math.max(1, total));
	const virtual = useVirtualizer({
		count: total,
		getScrollElement: () => scroller.current,
		estimateSize: () => Math.max(rowPx, ROW_PX),
		overscan: 10,
	});
	const items = virtual.getVirtualItems();
	const [from, to] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
	useEffect(() => {
		if (first) cache.set(0, first);
	}, [first, cache]);
	useEffect(() => {
		if (total === 0) return;
		for (const page of pagesOf(from, to)) {
			if (cache.get(page) || asked.current.has(page)) continue;
			asked.current.add(page);
			call("data.rows", { id, offset: page * PAGE_ROWS, limit: PAGE_ROWS })
				.then((rows) => {
					cache.set(page, rows);
					redraw();
				}, setError)
				.finally(() => asked.current.delete(page));
		}
	}, [from, to, total, id, cache]);
	const rowAt = (index: number) => cache.get(Math.floor(index / PAGE_ROWS))?.rows[index % PAGE_ROWS];
	const goTo = () => {
		if (jump !== undefined)
			virtual.scrollToIndex(Math.max(0, Math.min(total - 1, jump - 1)), { align: "start" });
	};
	const template = `84px repeat(${Math.max(1, columns.length)}, minmax(140px, 1fr))`;
	return (
		<Card
			title="Rows"
			note="as they stand in the file"
			flush
			className={styles.card}
			actions={
				<div className={styles.jump}>
					<NumberField
						label="Row"
						hideLabel
						lines={0}
						value={jump}
						onChange={setJump}
						min={1}
						max={Math.max(1, total)}
						integer
						optional
						placeholder="Row"
					/>
					<Button size="sm" onClick={goTo}>
						Go
					</Button>
				</div>
			}
		>
			{(error ?? firstError) !== null && <ErrorNote error={error ?? firstError} flush />}
			<section
				className={styles.scroll}
				ref={scroller}
				aria-label={`${format.count(total)} rows of the file`}
			>
				<div className={styles.header} style={{ gridTemplateColumns: template }}>
					<span>Row</span>
					{columns.map((name) => (
						<span key={name} className="mono">
							{name}
						</span>
					))}
				</div>
				<div style={{ height: virtual.getTotalSize(), position: "relative" }}>
					{items.map((item) => {
						const row = rowAt(item.index);
						return (
							<button
								key={item.key}
								type="button"
								className={styles.row}
								style={{ gridTemplateColumns: template, transform: `translateY(${item.start}px)` }}
								onClick={() => row && setOpened({ row: row.row, columns, values: row.values })}
							>
								<span className={styles.number}>
									{row?.level && (
										<StatusDot tone={row.level === "error" ? "bad" : "warn"} label={row.level} size={6} />
									)}
									{format.count(row?.row ?? item.index + 1)}
								</span>
								{columns.map((name, i) => (
									<span key={name} className={styles.cell}>
										{row?.values[i] ?? ""}
									</span>
								))}
							</button>
						);
					})}
				</div>
			</section>
			{opened && (
				<Dialog
					open
					onOpenChange={(open) => !open && setOpened(null)}
					title={`Row ${format.count(opened.row)}`}
					size="lg"
				>
					<dl className={styles.values}>
						{opened.columns.map((name, i) => (
							<div key={name}>
								<dt className="mono">{name}</dt>
								<dd className="mono">{opened.values[i] ?? "n/a"}</dd>
							</div>
						))}
					</dl>
				</Dialog>
			)}
		</Card>
	);
}
