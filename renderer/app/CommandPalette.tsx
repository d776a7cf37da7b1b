import { Dialog } from "radix-ui";
import { useEffect, useId, useMemo, useRef, useState } from "react";
import { Icon, Kbd } from "../ui/index.ts";
import styles from "./CommandPalette.module.css";
import { allCommands, type Command, search } from "./commands.ts";
import { useStudio } from "./store.ts";

const MOST_SHOWN = 60;

/** Every screen, object and command, by a few letters. */
export function CommandPalette({ open, onClose }: { open: boolean; onClose: () => void }) {
	return (
		<Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
			<Dialog.Portal>
				<Dialog.Overlay className={styles.scrim} />
				<Dialog.Content className={styles.palette} aria-describedby={undefined}>
					<Dialog.Title className={styles.title}>Search or run a command</Dialog.Title>
					<Palette onClose={onClose} />
				</Dialog.Content>
			</Dialog.Portal>
		</Dialog.Root>
	);
}

function Palette({ onClose }: { onClose: () => void }) {
	const known = useStudio();
	const [text, setText] = useState("");
	const [at, setAt] = useState(0);
	const list = useRef<HTMLDivElement>(null);
	const id = useId();
	const commands = useMemo(() => allCommands(known), [known]);
	const found = useMemo(() => search(commands, text).slice(0, MOST_SHOWN), [commands, text]);
	useEffect(() => {
		list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
	});
	const run = (command: Command | undefined) => {
		if (!command) return;
		onClose();
		command.run();
	};
	const onKeyDown = (event: React.KeyboardEvent) => {
		const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
		if (event.key === "Enter") run(found[at]);
		if (step === 0) return;
		event.preventDefault();
		setAt((before) => (before + step + found.length) % Math.max(1, found.length));
	};
	return (
		<>
			<input
				className={styles.input}
				placeholder="Search or run a command"
				value={text}
				role="combobox"
				aria-expanded="true"
				aria-controls={id}
				aria-activedescendant={found[at] ? `${id}-${at}` : undefined}
				aria-label="Search or run a command"
				onChange={(event) => {
					setText(event.target.value);
					setAt(0);
				}}
				onKeyDown={onKeyDown}
			/>
			<div className={styles.list} id={id} role="listbox" aria-label="Results" ref={list}>
				{found.map((command, i) => (
					<div key={command.id}>
						{command.group !== found[i - 1]?.group && <div className={styles.group}>{command.group}</div>}
						<button
							type="button"
							className={styles.item}
							role="option"
							id={`${id}-${i}`}
							aria-selected={i === at}
							tabIndex={-1}
							onMouseMove={() => setAt(i)}
							onClick={() => run(command)}
						>
							{command.icon && <Icon icon={command.icon} />}
							<span className={styles.label}>{command.label}</span>
							<span className={styles.note}>{command.note}</span>
							{command.keys && <Kbd keys={command.keys} />}
						</button>
					</div>
				))}
				{found.length === 0 && <div className={styles.none}>Nothing is called that.</div>}
			</div>
		</>
	);
}
