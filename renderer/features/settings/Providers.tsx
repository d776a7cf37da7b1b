import { Check, CircleDashed, X } from "lucide-react";
import type { Device } from "../../../core/contract/api-app.ts";
import { call } from "../../api/index.ts";
import { messageOf, useStudio } from "../../app/store.ts";
import { Button, Card, CopyButton, format, Icon, Pill, toast } from "../../ui/index.ts";
import { Parity } from "./Parity.tsx";
import styles from "./Settings.module.css";
import { sentence } from "./sentence.ts";

const MARKS: Record<Device["state"], { icon: typeof Check; word: string }> = {
	works: { icon: Check, word: "Works" },
	missing: { icon: X, word: "Missing" },
	testing: { icon: CircleDashed, word: "Testing" },
	untested: { icon: CircleDashed, word: "Not tested" },
};

/** The execution providers of ONNX Runtime: state, time of a test, and for one that is missing why and what to do. */
export function Providers() {
	const devices = useStudio((state) => state.devices);
	return (
		<Card
			title="Execution providers"
			note="what ONNX Runtime can compute on here"
			flush
			actions={
				<Button size="sm" onClick={() => test(null)}>
					Test all
				</Button>
			}
		>
			{(devices ?? []).map((device) => (
				<Provider key={device.provider} device={device} />
			))}
			{devices?.every(({ provider, state }) => (provider === "cpu") === (state === "works")) && (
				<p className={styles.alone}>Only the CPU works here: there is nothing to compare it with.</p>
			)}
		</Card>
	);
}

function Provider({ device }: { device: Device }) {
	const mark = MARKS[device.state];
	const command = device.remedy?.split("`")[1];
	return (
		<div className={styles.device}>
			<Icon icon={mark.icon} />
			<b>{device.label}</b>
			<span>
				{device.hardware ?? mark.word} {device.inUse && <Pill tone="good">In use</Pill>}
			</span>
			<span className={styles.ms}>
				{device.elapsedMs === null ? "" : `${format.count(device.elapsedMs)} ms`}
			</span>
			<span className={styles.actions}>
				{command && <CopyButton text={command} words="Copy command" />}
				{device.state === "works" && device.provider !== "cpu" && (
					<Button size="sm" loading={device.comparing} onClick={() => compare(device.provider)}>
						Compare with CPU
					</Button>
				)}
				<Button size="sm" loading={device.state === "testing"} onClick={() => test(device.provider)}>
					Test
				</Button>
			</span>
			{device.state === "missing" && (
				<p>
					{sentence(device.reason ?? "")}. {device.remedy && <Remedy text={device.remedy} />} Training goes on
					without it.
				</p>
			)}
			<Parity device={device} />
			{device.details && (
				<details>
					<summary>What the library said</summary>
					<pre className="mono">{device.details}</pre>
					<CopyButton text={device.details} words="Copy" />
				</details>
			)}
		</div>
	);
}

/** What to do, a command in it set apart. */
function Remedy({ text }: { text: string }) {
	const [before, command, after] = text.split("`");
	return (
		<>
			To get it: {before}
			{command && <code>{command}</code>}
			{after}.
		</>
	);
}

async function compare(provider: Device["provider"]): Promise<void> {
	try {
		await call("devices.compare", { provider });
	} catch (error) {
		toast({ tone: "bad", title: "The comparison could not be started", detail: messageOf(error) });
	}
}

async function test(provider: Device["provider"] | null): Promise<void> {
	try {
		await call("devices.test", { provider });
	} catch (error) {
		toast({ tone: "bad", title: "The test could not be started", detail: messageOf(error) });
	}
}
