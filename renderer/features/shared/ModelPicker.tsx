import { Check, ChevronDown } from "lucide-react";
import { Popover } from "radix-ui";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { cx, format, Icon, selectTrigger } from "../../ui/index.ts";
import styles from "./ModelPicker.module.css";
import { type ModelOption, matching } from "./model-options.ts";

/** More than these are found by typing. */
const MOST_SHOWN = 100;

interface Props {
	/** Its accessible name. */
	label: string;
	value: string | undefined;
	options: readonly ModelOption[];
	onChange: (value: string) => void;
	placeholder?: string;
	/** What it takes over from a `Field`. */
	ids?: { id: string; "aria-describedby": string | undefined; "aria-invalid": true | undefined };
}

/** One of the models and runs, found by typing some of its name, method, data, model or result. */
export function ModelPicker({ label, value, options, onChange, placeholder = "Choose", ids }: Props) {
	const [open, setOpen] = useState(false);
	const listId = useId();
	const chosen = options.find((option) => option.value === value);
	return (
		<Popover.Root modal open={open} onOpenChange={setOpen}>
			<Popover.Trigger asChild>
				<button
					type="button"
					{...ids}
					className={cx(selectTrigger, styles.trigger)}
					role="combobox"
					aria-haspopup="listbox"
					aria-expanded={open}
					aria-controls={listId}
					aria-label={ids ? undefined : label}
					onKeyDown={(event) => {
						if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
						event.preventDefault();
						setOpen(true);
					}}
				>
					<span className={styles.chosen}>
						{chosen ? <b>{chosen.label}</b> : <span className={styles.quiet}>{placeholder}</span>}
						{chosen && <span className={styles.quiet}>{chosen.detail}</span>}
					</span>
					{chosen?.metric && <span className={styles.metric}>{chosen.metric}</span>}
					<Icon icon={ChevronDown} className={styles.glyph} />
				</button>
			</Popover.Trigger>
			<Popover.Portal>
				<Popover.Content
					className={styles.list}
					align="start"
					sideOffset={4}
					collisionPadding={8}
					aria-label={label}
				>
					<Choices
						{...{ label, listId, options, value }}
						onChoose={(next) => {
							onChange(next);
							setOpen(false);
						}}
					/>
				</Popover.Content>
			</Popover.Portal>
		</Popover.Root>
	);
}

interface ChoicesProps {
	label: string;
	listId: string;
	options: readonly ModelOption[];
	value: string | undefined;
	onChoose: (value: string) => void;
}

function Choices({ label, listId, options, value, onChoose }: ChoicesProps) {
	const [typed, setTyped] = useState("");
	const found = matching(options, typed);
	const shown = found.slice(0, MOST_SHOWN);
	const [at, setAt] = useState(() =>
		Math.max(
			0,
			shown.findIndex((option) => option.value === value),
		),
	);
	const list = useRef<HTMLDivElement>(null);
	// biome-ignore lint/correctness/useExhaustiveDependencies: what is typed changes what stands at the same place.
	useEffect(() => {
		list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
	}, [at, typed]);
	const onKeyDown = (event: KeyboardEvent) => {
		const option = shown[at];
		if (event.key === "Enter" && option) onChoose(option.value);
		const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 8, PageUp: at - 8 }[event.key];
		if (to === undefined && event.key !== "Enter") return;
		event.preventDefault();
		if (to !== undefined) setAt(Math.min(shown.length - 1, Math.max(0, to)));
	};
	return (
		<>
			<input
				className={styles.search}
				placeholder="Name, method, data, model or result"
				role="combobox"
				aria-expanded="true"
				aria-controls={listId}
				aria-activedescendant={shown[at] ? `${listId}-${at}` : undefined}
				aria-label={`Search ${label}`}
				value={typed}
				onChange={(event) => {
					setTyped(event.target.value);
					setAt(0);
				}}
				onKeyDown={onKeyDown}
			/>
			<div className={styles.options} id={listId} role="listbox" aria-label={label} ref={list}>
				{shown.map((option, i) => (
					<button
						key={option.value}
						type="button"
						className={styles.option}
						role="option"
						id={`${listId}-${i}`}
						aria-selected={i === at}
						tabIndex={-1}
						onMouseMove={() => setAt(i)}
						onClick={() => onChoose(option.value)}
					>
						<span className={styles.mark}>{option.value === value && <Icon icon={Check} />}</span>
						<span className={styles.words}>
							<b>{option.label}</b>
							<span className={styles.quiet}>{option.detail}</span>
						</span>
						<span className={styles.metric}>{option.metric}</span>
					</button>
				))}
			</div>
			{found.length > shown.length && (
				<p className={styles.none}>{format.count(found.length - shown.length)} more; type to find them.</p>
			)}
			{found.length === 0 && <p className={styles.none}>No model or run has all of these words.</p>}
		</>
	);
}
