import { Zap } from "lucide-react";
import { call } from "../../api/index.ts";
import { goTo, routes } from "../../app/navigation.ts";
import { messageOf, useStudio } from "../../app/store.ts";
import { Button, ButtonLink, Card, Kbd, PageHeader, toast } from "../../ui/index.ts";
import { Computer } from "./Computer.tsx";
import { DemoCard } from "./DemoCard.tsx";
import { FailureBanner } from "./FailureBanner.tsx";
import styles from "./Home.module.css";
import { RecentRuns } from "./RecentRuns.tsx";
import { Steps } from "./Steps.tsx";
import { SweepCard } from "./SweepCard.tsx";
import { WhyDqo } from "./WhyDqo.tsx";

const demoAtWork = (state: string) => state === "queued" || state === "running" || state === "stopping";

export default function Home() {
	const tasks = useStudio((state) => state.tasks);
	const runs = useStudio((state) => state.runs);
	const demo = tasks?.find(({ kind }) => kind === "demo");
	return (
		<>
			<PageHeader
				large
				title="Fine-tune a model"
				note="Three steps. Everything stays on this computer."
				actions={
					demo && demoAtWork(demo.state) ? (
						<ButtonLink
							size="lg"
							icon={Zap}
							href={`#${demo.runId === null ? routes.home() : routes.run(demo.runId)}`}
						>
							The starter is at work
						</ButtonLink>
					) : (
						<Button size="lg" icon={Zap} onClick={startDemo} disabled={tasks === null}>
							Try the starter: small model, about a minute
						</Button>
					)
				}
			/>
			<Steps />
			<div className={styles.columns}>
				<div className={styles.main}>
					{demo && <DemoCard task={demo} />}
					<FailureBanner runs={runs ?? []} />
					<RecentRuns />
					<SweepCard />
				</div>
				<div className={styles.side}>
					<Computer />
					<WhyDqo />
					<Card title="Keyboard">
						<dl className={styles.keys}>
							<dt>Any command or screen</dt>
							<dd>
								<Kbd keys="mod+K" />
							</dd>
							<dt>Go to runs</dt>
							<dd>
								<Kbd keys="G R" />
							</dd>
							<dt>All shortcuts</dt>
							<dd>
								<Kbd keys="?" />
							</dd>
						</dl>
					</Card>
				</div>
			</div>
		</>
	);
}

async function startDemo(): Promise<void> {
	try {
		await call("tasks.start", { kind: "demo", seed: 0 });
	} catch (error) {
		toast({ tone: "bad", title: "The starter could not be started", detail: messageOf(error) });
	}
	goTo(routes.home());
}
