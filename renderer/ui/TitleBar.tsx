import { Contrast, Minus, Search, Square, X } from "lucide-react";
import { IconButton } from "./Button.tsx";
import { Icon } from "./Icon.tsx";
import { Kbd } from "./Kbd.tsx";
import styles from "./TitleBar.module.css";
import { useTheme } from "./theme.ts";

/** The product's mark: four bars of V, falling. */
export function BrandMark({ size = 18 }: { size?: number }) {
	return (
		<svg width={size} height={size} viewBox="0 0 18 18" aria-hidden="true">
			<rect x="1" y="2" width="3" height="14" rx="1" fill="var(--v-8)" />
			<rect x="5.3" y="4" width="3" height="12" rx="1" fill="var(--v-6)" />
			<rect x="9.6" y="9" width="3" height="7" rx="1" fill="var(--v-2)" />
			<rect x="13.9" y="12" width="3" height="4" rx="1" fill="var(--v-0)" />
		</svg>
	);
}

/** Opens the palette of every screen, object and command. */
export function SearchButton({ onClick }: { onClick: () => void }) {
	return (
		<button type="button" className={styles.search} aria-label="Search or run a command" onClick={onClick}>
			<Icon icon={Search} />
			<span className={styles.searchText}>Search or run a command</span>
			<Kbd keys="mod+K" />
		</button>
	);
}

/** Light or dark, for now and for the next start. */
export function ThemeButton() {
	const theme = useTheme((state) => state.theme);
	const toggle = useTheme((state) => state.toggle);
	const other = theme === "dark" ? "light" : "dark";
	return <IconButton icon={Contrast} label={`Switch to the ${other} theme`} side="bottom" onClick={toggle} />;
}

/** The frameless window's own buttons. */
export function WindowControls(on: { minimize: () => void; maximize: () => void; close: () => void }) {
	return (
		<div className={styles.controls}>
			<button type="button" aria-label="Minimize window" onClick={on.minimize}>
				<Icon icon={Minus} size={14} />
			</button>
			<button type="button" aria-label="Maximize or restore window" onClick={on.maximize}>
				<Icon icon={Square} size={11} />
			</button>
			<button type="button" aria-label="Close window" onClick={on.close}>
				<Icon icon={X} size={15} />
			</button>
		</div>
	);
}
