import { useStudio } from "../../app/store.ts";
import { Card } from "../../ui/index.ts";
import styles from "./Settings.module.css";

export function Privacy() {
	const info = useStudio((state) => state.info);
	return (
		<Card title="Privacy" note={info ? `DQO Studio ${info.version}` : ""}>
			<ul className={styles.list}>
				<li>
					Nothing leaves this machine: no account, no telemetry, no update check. ONNX Runtime’s own telemetry
					is switched off.
				</li>
				<li>Your data files and model folders are read in place and never written to.</li>
				<li>
					The window talks to one address alone, on this machine’s loopback, and needs a token that is good
					for one use.
				</li>
			</ul>
		</Card>
	);
}
