import type { ReactNode } from "react";
import styles from "./Settings.module.css";

/** One setting: its name and what it does on the left, its control on the right. */
export function SettingRow({
	label,
	about,
	children,
}: {
	label: string;
	about: string;
	children: ReactNode;
}) {
	return (
		<div className={styles.row}>
			<div>
				<div className={styles.label}>{label}</div>
				<p className={styles.about}>{about}</p>
			</div>
			{children}
		</div>
	);
}
