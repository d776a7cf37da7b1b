import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useReducer, useRef, useState } from "react";
import { call } from "../../api/index.ts";
import { Button, Card, ErrorNote, format, NumberField, StatusDot } from "../../ui/index.ts";
import { useAnswer } from "../shared/useAnswer.ts";
import { MOST_PLACES, PAGE_ROWS, PageCache, pagesOf, placeOf, shiftAt } from "./pages.ts";
import styles from "./Rows.module.css";
import { WholeRow } from "./WholeRow.tsx";

const ROW_PX = 30;

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
	const [opened, setOpened] = useState<number | null>(null);
	const [jump, setJump] = useState<number | undefined>(undefined);
	const [jumped, setJumped] = useState({ place: 0, nudge: 0 });
	const scroller = useRef<HTMLElement>(null);
	const total = first?.total ?? 0;
	const columns = first?.columns ?? [];
	const virtual = useVirtualizer({
		count: Math.min(total, MOST_PLACES),
		getScrollElement: () => scroller.current,
		estimateSize: () => ROW_PX,
		overscan: 10,
	});
	const items = virtual.getVirtualItems();
	const sight = { first: virtual.range?.startIndex ?? 0, last: virtual.range?.endIndex ?? 0, total };
	const shift = shiftAt(sight) + (sight.first === jumped.place ? jumped.nudge : 0);
	const [from, to] = [(items[0]?.index ?? 0) + shift, (items.at(-1)?.index ?? 0) + shift];
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
		if (jump === undefined) return;
		const target = placeOf(Math.max(0, Math.min(total - 1, jump - 1)), sight);
		setJumped(target);
		virtual.scrollToIndex(target.place, { align: "start" });
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
						const index = item.index + shift;
						const row = rowAt(index);
						return (
							<button
								key={item.key}
								type="button"
								className={styles.row}
								style={{ gridTemplateColumns: template, transform: `translateY(${item.start}px)` }}
								onClick={() => setOpened(index)}
							>
								<span className={styles.number}>
									{row?.level && (
										<StatusDot tone={row.level === "error" ? "bad" : "warn"} label={row.level} size={6} />
									)}
									{format.count(row?.row ?? index + 1)}
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
			{opened !== null && <WholeRow id={id} index={opened} onClose={() => setOpened(null)} />}
		</Card>
	);
}
