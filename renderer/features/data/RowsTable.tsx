import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { Button, Card, format, NumberField, StatusDot } from "../../ui/index.ts";
import { DataError } from "./DataError.tsx";
import { MOST_PLACES, movedTo, placeOf, shiftAt } from "./pages.ts";
import { RowPanel } from "./RowPanel.tsx";
import styles from "./Rows.module.css";
import { useRows } from "./useRows.ts";

const ROW_PX = 30;

/**
 * The rows as they stand in the file, a million of them if need be: only those in sight are in the page. The table is one
 * stop of the Tab key; the arrows go from row to row, and the open row follows them.
 */
export function RowsTable({ id, version }: { id: string; version: string }) {
	const { total, columns, error, rowAt, want } = useRows(id, version);
	const [at, setAt] = useState(0);
	const [open, setOpen] = useState(false);
	const [jump, setJump] = useState<number | undefined>(undefined);
	const [jumped, setJumped] = useState({ place: 0, nudge: 0 });
	const scroller = useRef<HTMLDivElement>(null);
	const table = useRef<HTMLTableElement>(null);
	const rowId = useId();
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
	// biome-ignore lint/correctness/useExhaustiveDependencies: what is wanted follows from the range and the file alone
	useEffect(() => want(from, to), [from, to, total, id]);

	/** Rows that are wholly in sight: the head covers one, and the last may be cut. */
	const whole = Math.max(1, sight.last - sight.first - 2);
	const show = (row: number) => {
		const target = placeOf(Math.max(0, Math.min(total - 1, row)), sight);
		setJumped(target);
		virtual.scrollToIndex(target.place, { align: "start" });
	};
	const moveTo = (row: number) => {
		const next = Math.max(0, Math.min(total - 1, row));
		setAt(next);
		const top = sight.first + shift;
		if (next < top) show(next);
		else if (next > top + whole) show(next - whole);
	};
	const onKeyDown = (event: KeyboardEvent) => {
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		const next = movedTo(event.key, at, whole, total);
		if (next !== null) moveTo(next);
		else if (event.key === "Enter" || event.key === " ") setOpen(true);
		else if (event.key === "Escape" && open) setOpen(false);
		else return;
		event.preventDefault();
		event.stopPropagation();
	};
	const close = () => {
		setOpen(false);
		table.current?.focus();
	};
	const goTo = () => {
		if (jump === undefined) return;
		setAt(Math.max(0, Math.min(total - 1, jump - 1)));
		show(jump - 1);
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
						onEnter={goTo}
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
			{error !== null && <DataError id={id} error={error} />}
			<div className={styles.rows} data-open={open || undefined}>
				<div className={styles.scroll} ref={scroller}>
					<table
						ref={table}
						// biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid is a table that takes the arrow keys
						role="grid"
						tabIndex={0}
						aria-label={`${format.count(total)} rows of the file`}
						aria-rowcount={total + 1}
						aria-activedescendant={at >= from && at <= to ? `${rowId}-${at}` : undefined}
						onKeyDown={onKeyDown}
					>
						<thead>
							<tr style={{ gridTemplateColumns: template }}>
								<th scope="col">Row</th>
								{columns.map((name) => (
									<th key={name} scope="col" className="mono">
										{name}
									</th>
								))}
							</tr>
						</thead>
						<tbody style={{ height: virtual.getTotalSize() }}>
							{items.map((item) => {
								const index = item.index + shift;
								const row = rowAt(index);
								return (
									<tr
										key={item.key}
										id={`${rowId}-${index}`}
										aria-rowindex={index + 2}
										aria-selected={index === at}
										style={{ gridTemplateColumns: template, transform: `translateY(${item.start}px)` }}
										onClick={() => {
											setAt(index);
											setOpen(true);
										}}
									>
										<td className={styles.number}>
											{row?.level && (
												<StatusDot tone={row.level === "error" ? "bad" : "warn"} label={row.level} size={6} />
											)}
											{format.count(row?.row ?? index + 1)}
										</td>
										{columns.map((name, i) => (
											<td key={name}>{row?.values[i] ?? ""}</td>
										))}
									</tr>
								);
							})}
						</tbody>
					</table>
				</div>
				{open && total > 0 && (
					<RowPanel id={id} index={at} total={total} version={version} onMove={moveTo} onClose={close} />
				)}
			</div>
		</Card>
	);
}
