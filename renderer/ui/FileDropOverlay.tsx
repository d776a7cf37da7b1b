import { Download, type LucideIcon } from "lucide-react";
import styles from "./FileDropOverlay.module.css";
import { Icon } from "./Icon.tsx";

/** While files are dragged over the window: dims it and names where they would go. Drawing only; the shell listens. */
export function FileDropOverlay({
	visible,
	target,
	detail,
	icon = Download,
}: {
	visible: boolean;
	/** "Add to data sets". */
	target: string;
	/** What is taken: "JSONL, JSON, CSV or Parquet". */
	detail?: string;
	icon?: LucideIcon;
}) {
	if (!visible) return null;
	return (
		<div className={styles.overlay} aria-hidden="true">
			<div className={styles.sheet}>
				<Icon icon={icon} size={20} />
				<b>{target}</b>
				{detail && <span>{detail}</span>}
			</div>
		</div>
	);
}
