import { PageHeader } from "../../ui/index.ts";
import { Appearance } from "./Appearance.tsx";
import { Privacy } from "./Privacy.tsx";
import { Providers } from "./Providers.tsx";
import styles from "./Settings.module.css";
import { Storage } from "./Storage.tsx";
import { Training } from "./Training.tsx";

export default function Settings() {
	return (
		<>
			<PageHeader title="Settings and devices" note="They hold for every window of this installation." />
			<div className={styles.page}>
				<Providers />
				<Training />
				<Appearance />
				<Storage />
				<Privacy />
			</div>
		</>
	);
}
