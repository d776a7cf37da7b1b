import styles from "./Kbd.module.css";
import { isMac, keyText } from "./keys.ts";

/** A shortcut as this platform writes it: `mod+K` shows as Ctrl K, or as ⌘ K on macOS. */
export function Kbd({ keys }: { keys: string }) {
	return <kbd className={styles.kbd}>{keyText(keys, isMac())}</kbd>;
}
