import { Check, CircleDashed, X } from "lucide-react";
import { call } from "../../api/index.ts";
import { routes } from "../../app/navigation.ts";
import { messageOf, useStudio } from "../../app/store.ts";
import { Button, Card, format, Icon, Pill, toast, VisuallyHidden } from "../../ui/index.ts";
import styles from "./Home.module.css";

const WORDS = { works: "Works", missing: "Missing", testing: "Testing", untested: "Not tested" } as const;

/** What this computer can train on, at a glance; reasons and remedies are in the settings. */
export function Computer() {
	const devices = useStudio((state) => state.devices);
	const testing = devices?.some(({ state }) => state === "testing") ?? false;
	return (
		<Card
			title="This computer"
			note="time of one test"
			flush
			actions={
				<Button variant="quiet" size="sm" loading={testing} onClick={testAll}>
					Test again
				</Button>
			}
		>
			<ul className={styles.devices}>
				{(devices ?? []).map((device) => (
					<li key={device.provider}>
						<Icon icon={device.state === "works" ? Check : device.state === "missing" ? X : CircleDashed} />
						<VisuallyHidden>{WORDS[device.state]}</VisuallyHidden>
						<span className={styles.device}>{device.label}</span>
						<span className={styles.hardware}>
							{device.state === "missing" ? device.reason : (device.hardware ?? WORDS[device.state])}
						</span>
						{device.elapsedMs !== null && (
							<span className={styles.ms}>{format.count(device.elapsedMs)} ms</span>
						)}
						{device.inUse && <Pill tone="good">In use</Pill>}
						{device.state === "missing" && <a href={`#${routes.settings()}`}>Why</a>}
					</li>
				))}
			</ul>
		</Card>
	);
}

async function testAll(): Promise<void> {
	try {
		await call("devices.test", { provider: null });
	} catch (error) {
		toast({ tone: "bad", title: "The test could not be started", detail: messageOf(error) });
	}
}
