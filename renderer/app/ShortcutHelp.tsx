import { Dialog, Kbd } from "../ui/index.ts";
import styles from "./ShortcutHelp.module.css";
import { activeShortcuts, type Shortcut } from "./shortcuts.ts";

/** Every shortcut that works on the screen shown, what is its own first. */
export function ShortcutHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
	const all = open ? activeShortcuts() : [];
	const places = all.filter(({ label }) => label.startsWith("Go to "));
	const here = all.filter((one) => !places.includes(one)).reverse();
	const panes: Pick<Shortcut, "keys" | "label">[] = [
		{ keys: "F6", label: "Next pane" },
		{ keys: "esc", label: "Close, or undo an edit" },
	];
	return (
		<Dialog open={open} onOpenChange={(next) => !next && onClose()} title="Shortcuts">
			<div className={styles.columns}>
				<List title="Here" shortcuts={[...here, ...panes]} />
				<List title="Go to" shortcuts={places.filter(({ keys }) => keys.startsWith("G "))} />
			</div>
			<p className={styles.note}>Single keys rest while you type, and can be switched off in the settings.</p>
		</Dialog>
	);
}

function List({
	title,
	shortcuts,
}: {
	title: string;
	shortcuts: readonly Pick<Shortcut, "keys" | "label">[];
}) {
	return (
		<section>
			<h3 className={styles.title}>{title}</h3>
			<dl className={styles.list}>
				{shortcuts.map(({ keys, label }) => (
					<div key={keys}>
						<dt>{label.replace(/^Go to /, "")}</dt>
						<dd>
							<Kbd keys={keys} />
						</dd>
					</div>
				))}
			</dl>
		</section>
	);
}
