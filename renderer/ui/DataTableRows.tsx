import { ArrowDown, ArrowUp, Check } from "lucide-react";
import type { KeyboardEvent } from "react";
import styles from "./DataTable.module.css";
import type { Column, Sort } from "./DataTable.tsx";
import { Icon } from "./Icon.tsx";

export interface TableHandlers<T> {
	onFocus: (row: T) => void;
	onOpen: ((row: T) => void) | undefined;
	toggle: ((index: number, extend: boolean) => void) | undefined;
	onKeyDown: (event: KeyboardEvent, row: T, index: number) => void;
}

/** A column's header: sorts on a press, from the largest where it holds numbers. */
export function HeadCell<T>({
	column,
	sort,
	onSort,
}: {
	column: Column<T>;
	sort: Sort | undefined;
	onSort: (sort: Sort) => void;
}) {
	const right = column.align === "right";
	const direction = sort?.id === column.id ? sort.direction : undefined;
	const text = column.unit ? `${column.header}, ${column.unit}` : column.header;
	const next = direction
		? direction === "ascending"
			? "descending"
			: "ascending"
		: right
			? "descending"
			: "ascending";
	return (
		<th
			scope="col"
			aria-sort={direction}
			data-right={right || undefined}
			style={{ width: column.width }}
			title={text}
		>
			{column.value ? (
				<button
					type="button"
					className={styles.sort}
					onClick={() => onSort({ id: column.id, direction: next })}
				>
					<span>{text}</span>
					{direction && <Icon icon={direction === "ascending" ? ArrowUp : ArrowDown} size={12} />}
				</button>
			) : (
				text
			)}
		</th>
	);
}

HeadCell.Select = function SelectAll({ all, onToggle }: { all: boolean; onToggle: () => void }) {
	return (
		<th scope="col" className={styles.boxCell}>
			<button
				type="button"
				className={styles.sort}
				aria-label={all ? "Select none" : "Select all"}
				onClick={onToggle}
			>
				<Box checked={all} />
			</button>
		</th>
	);
};

function Box({ checked }: { checked: boolean }) {
	return (
		<span className={styles.box} data-checked={checked || undefined} aria-hidden="true">
			{checked && <Icon icon={Check} size={12} />}
		</span>
	);
}

const INTERACTIVE = "a, button, input, select, textarea, label, [role=menuitem]";

/** The rows in sight. One of them is the table's tab stop. */
export function Rows<T>(props: {
	shown: readonly T[];
	/** Indices into `shown`. */
	items: readonly number[];
	columns: readonly Column<T>[];
	rowKey: (row: T) => string;
	rowHeight: number;
	selected: ReadonlySet<string>;
	selectable: boolean;
	current: string | undefined;
	activeIndex: number;
	handlers: TableHandlers<T>;
}) {
	const { handlers } = props;
	return props.items.map((index) => {
		const row = props.shown[index];
		if (row === undefined) return null;
		const key = props.rowKey(row);
		const isSelected = props.selected.has(key);
		return (
			<tr
				key={key}
				data-index={index}
				aria-rowindex={index + 2}
				aria-selected={props.selectable ? isSelected : undefined}
				aria-current={props.current === key ? true : undefined}
				data-opens={handlers.onOpen ? true : undefined}
				tabIndex={index === props.activeIndex ? 0 : -1}
				style={{ height: props.rowHeight }}
				onFocus={() => handlers.onFocus(row)}
				onKeyDown={(event) => handlers.onKeyDown(event, row, index)}
				onClick={(event) => {
					if (!(event.target instanceof Element) || event.target.closest(INTERACTIVE)) return;
					if (event.target.closest("[data-box]")) handlers.toggle?.(index, event.shiftKey);
					else handlers.onOpen?.(row);
				}}
			>
				{props.selectable && (
					<td className={styles.boxCell} data-box>
						<Box checked={isSelected} />
					</td>
				)}
				{props.columns.map((column) => {
					const value = column.cell ? column.cell(row) : column.value?.(row);
					return (
						<td key={column.id} data-right={column.align === "right" || undefined}>
							{typeof value === "boolean" ? String(value) : value}
						</td>
					);
				})}
			</tr>
		);
	});
}
