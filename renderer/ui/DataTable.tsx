import { useVirtualizer } from "@tanstack/react-virtual";
import { Search } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Button } from "./Button.tsx";
import { cx } from "./cx.ts";
import styles from "./DataTable.module.css";
import { HeadCell, Rows, type TableHandlers } from "./DataTableRows.tsx";
import { type CellValue, filterRows, sortRows } from "./filter.ts";
import { count } from "./format.ts";
import { LoadingLine } from "./Progress.tsx";
import { TextField } from "./TextField.tsx";

/** Above this many rows only those in sight are in the page. */
const VIRTUAL_OVER = 200;

export interface Column<T> {
	/** Also its name in the filter. */
	id: string;
	header: string;
	/** In the header, after a comma. */
	unit?: string;
	/** Numbers go right; right-aligned columns sort from the largest. */
	align?: "left" | "right";
	/** As in `112px` or `30%`; give every column one where rows are many, so that widths keep while scrolling. */
	width?: string;
	/** For sorting and filtering; a column without it can do neither. */
	value?: (row: T) => CellValue;
	/** What is shown; `value` where left out. */
	cell?: (row: T) => ReactNode;
	/** Other names in the filter, such as `β`. */
	aliases?: readonly string[];
}

export interface Sort {
	id: string;
	direction: "ascending" | "descending";
}

export interface DataTableProps<T> {
	/** Its accessible name. */
	label: string;
	rows: readonly T[];
	columns: readonly Column<T>[];
	rowKey: (row: T) => string;
	defaultSort?: Sort;
	/** Enter, or a click on the row. */
	onOpen?: (row: T) => void;
	/** Space, or a click on the box; Shift extends. */
	selected?: ReadonlySet<string>;
	onSelect?: (keys: ReadonlySet<string>) => void;
	/** The key of the row that is shown elsewhere. */
	current?: string | undefined;
	/** Shows the filter line, which reads `beta<0.3 state:done text`. */
	filterable?: boolean;
	/** An example of what can be typed there. */
	filterHint?: string;
	/** At the right end of the filter line. */
	toolbar?: ReactNode;
	/** In place of the rows when there are none. */
	empty?: ReactNode;
	loading?: boolean;
	/** In px; 30 where left out. */
	rowHeight?: number;
	/** Needed where nothing around the table bounds its height. */
	maxHeight?: number | string;
	/** Keys on a row beyond the table's own, such as X to pin. */
	onRowKey?: (event: KeyboardEvent, row: T) => void;
}

/** Rows of runs, problems or files: sorts, filters, selects and opens by mouse and by keyboard. */
export function DataTable<T>(props: DataTableProps<T>) {
	const { rows, columns, rowKey, onOpen, onSelect, rowHeight = 30 } = props;
	const [sort, setSort] = useState<Sort | undefined>(props.defaultSort);
	const [filter, setFilter] = useState("");
	const [active, setActive] = useState<string>();
	const scroller = useRef<HTMLDivElement>(null);
	const wantsFocus = useRef(false);
	const anchor = useRef<number>(undefined);
	const selected = props.selected ?? NONE_SELECTED;

	const { shown, problems } = useMemo(() => {
		const fields = columns.flatMap(({ id, aliases, value }) => (value ? [{ id, aliases, value }] : []));
		const kept = filterRows(rows, filter, fields);
		const by = columns.find((column) => column.id === sort?.id)?.value;
		return {
			shown: by && sort ? sortRows(kept.rows, by, sort.direction) : kept.rows,
			problems: kept.problems,
		};
	}, [rows, columns, filter, sort]);

	const virtual = shown.length > VIRTUAL_OVER;
	const virtualizer = useVirtualizer({
		count: shown.length,
		getScrollElement: () => scroller.current,
		estimateSize: () => rowHeight,
		overscan: 12,
		scrollPaddingStart: 28,
		enabled: virtual,
	});

	const found = active === undefined ? -1 : shown.findIndex((row) => rowKey(row) === active);
	const activeIndex = Math.max(0, found);

	// The row to go to may only now have come into the page.
	useLayoutEffect(() => {
		if (!wantsFocus.current) return;
		const row = scroller.current?.querySelector<HTMLElement>(`[data-index="${activeIndex}"]`);
		if (!row) return;
		wantsFocus.current = false;
		row.focus();
	});

	const goTo = (index: number) => {
		const row = shown[Math.max(0, Math.min(shown.length - 1, index))];
		if (!row) return;
		wantsFocus.current = true;
		setActive(rowKey(row));
		if (virtual) virtualizer.scrollToIndex(shown.indexOf(row));
	};

	const toggle = (index: number, extend: boolean) => {
		const row = shown[index];
		if (!row || !onSelect) return;
		const next = new Set(selected);
		const from = extend ? (anchor.current ?? index) : index;
		const on = extend || !next.has(rowKey(row));
		for (const each of shown.slice(Math.min(from, index), Math.max(from, index) + 1))
			if (on) next.add(rowKey(each));
			else next.delete(rowKey(each));
		anchor.current = index;
		onSelect(next);
	};

	const handlers: TableHandlers<T> = {
		onFocus: (row) => setActive(rowKey(row)),
		onOpen,
		toggle: onSelect ? toggle : undefined,
		onKeyDown: (event, row, index) => {
			if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
			const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 300) / rowHeight) - 2);
			const moves: Readonly<Record<string, number>> = {
				ArrowDown: index + 1,
				ArrowUp: index - 1,
				j: index + 1,
				k: index - 1,
				PageDown: index + page,
				PageUp: index - page,
				Home: 0,
				End: shown.length - 1,
			};
			const target = moves[event.key];
			if (target !== undefined) goTo(target);
			else if (event.key === " " && onSelect) toggle(index, event.shiftKey);
			else if (event.key === "Enter" && onOpen) onOpen(row);
			else {
				props.onRowKey?.(event, row);
				return;
			}
			event.preventDefault();
		},
	};

	const keys = () => shown.map(rowKey);
	const allSelected = shown.length > 0 && keys().every((key) => selected.has(key));
	const items = virtual
		? virtualizer.getVirtualItems().map((item) => item.index)
		: shown.map((_, index) => index);
	const first = items[0] ?? 0;
	const after = shown.length - 1 - (items.at(-1) ?? -1);

	return (
		<div className={styles.root}>
			{(props.filterable || props.toolbar) && (
				<div className={styles.bar}>
					{props.filterable && (
						<>
							<div className={styles.filter} data-filter>
								<TextField
									label={`Filter ${props.label}`}
									hideLabel
									lines={0}
									icon={Search}
									kbd="/"
									placeholder={`Filter: ${props.filterHint ?? "text, beta<0.3, state:done"}`}
									value={filter}
									onChange={setFilter}
								/>
							</div>
							{filter && (
								<span className="text-11 tone-3 num" role="status">
									{count(shown.length)} of {count(rows.length)}
								</span>
							)}
							{problems.length > 0 && (
								<span className="text-11 tone-bad truncate" title={problems.join(" ")}>
									{problems[0]}
								</span>
							)}
						</>
					)}
					<div className={styles.toolbar}>{props.toolbar}</div>
				</div>
			)}
			<LoadingLine active={props.loading ?? false} label={`Loading ${props.label}`} />
			<div className={styles.scroll} ref={scroller} style={{ maxHeight: props.maxHeight }}>
				<table
					// biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid is a table that takes the arrow keys
					role="grid"
					aria-label={props.label}
					aria-rowcount={shown.length + 1}
					aria-multiselectable={onSelect ? true : undefined}
					className={cx(styles.table, virtual && styles.fixed)}
				>
					<thead>
						<tr aria-rowindex={1}>
							{onSelect && (
								<HeadCell.Select
									all={allSelected}
									onToggle={() => onSelect(new Set(allSelected ? [] : keys()))}
								/>
							)}
							{columns.map((column) => (
								<HeadCell key={column.id} column={column} sort={sort} onSort={setSort} />
							))}
						</tr>
					</thead>
					{first > 0 && <Spacer height={first * rowHeight} />}
					<tbody>
						<Rows
							{...{ shown, items, columns, rowKey, rowHeight, selected, handlers, activeIndex }}
							current={props.current}
							selectable={onSelect !== undefined}
						/>
					</tbody>
					{after > 0 && <Spacer height={after * rowHeight} />}
				</table>
				{shown.length === 0 && !props.loading && (
					<div className={styles.empty}>
						{filter ? (
							<>
								No row matches the filter.
								<Button size="sm" onClick={() => setFilter("")}>
									Clear filter
								</Button>
							</>
						) : (
							(props.empty ?? "Nothing here yet.")
						)}
					</div>
				)}
			</div>
		</div>
	);
}

/** Stands for the rows that are out of sight. */
function Spacer({ height }: { height: number }) {
	return (
		<tbody aria-hidden="true">
			<tr style={{ height }} />
		</tbody>
	);
}

const NONE_SELECTED: ReadonlySet<string> = new Set();

/** Puts the focus on the first filter in sight, as `/` does; tells whether there is one. */
export function focusFilter(): boolean {
	const input = [...document.querySelectorAll<HTMLElement>("[data-filter] input")].find(
		(candidate) => candidate.getClientRects().length > 0,
	);
	input?.focus();
	return Boolean(input);
}
