import { ArrowDown, ArrowUp, GripVertical, Pause, Play, X } from "lucide-react";
import { useState } from "react";
import type { QueueItem } from "../../../core/contract/api-runs.ts";
import { call } from "../../api/index.ts";
import { routes } from "../../app/navigation.ts";
import { refresh, useStudio } from "../../app/store.ts";
import { STATE_WORDS } from "../../app/words.ts";
import { announce, Button, ErrorNote, format, Icon, IconButton } from "../../ui/index.ts";
import { placeBefore } from "./order.ts";
import styles from "./Queue.module.css";

/** The queue in its order; waiting items move by drag or by their buttons. */
export function QueueList() {
	const queue = useStudio((state) => state.queue);
	const runs = useStudio((state) => state.runs);
	const [dragged, setDragged] = useState<string | null>(null);
	const [error, setError] = useState<unknown>(null);
	const items = queue?.items ?? [];
	const waitsForGpu = new Set(
		runs?.filter(({ state }) => state === "waiting-for-gpu").map(({ id }) => `run:${id}`),
	);
	const waiting = items.filter(({ state }) => state === "waiting");
	const act = async (work: () => Promise<unknown>) => {
		try {
			await work();
			setError(null);
		} catch (thrown) {
			setError(thrown);
		}
		await refresh("queue");
	};
	const move = (id: string, to: number) => {
		const before = placeBefore(
			waiting.map((item) => item.id),
			id,
			to,
		);
		if (before === undefined) return;
		void act(() => call("queue.move", { id, before }));
		const name = waiting.find((item) => item.id === id)?.name ?? "";
		announce(`${name} is number ${to + 1} of ${waiting.length} that wait`);
	};
	return (
		<div className={styles.queue}>
			<div className={styles.head}>
				<h2>Queue</h2>
				<Button
					size="sm"
					icon={queue?.paused ? Play : Pause}
					onClick={() => void act(() => call("queue.pause", { paused: !queue?.paused }))}
				>
					{queue?.paused ? "Go on" : "Pause queue"}
				</Button>
			</div>
			{queue?.paused && <p>Nothing new starts while the queue is paused; what is at work goes on.</p>}
			{items.length === 0 && <p>Nothing is at work and nothing waits.</p>}
			<ol>
				{items.map((item) => {
					const at = waiting.indexOf(item);
					return (
						<li
							key={item.id}
							draggable={at !== -1}
							data-dragged={dragged === item.id || undefined}
							onDragStart={() => setDragged(item.id)}
							onDragEnd={() => setDragged(null)}
							onDragOver={(event) => dragged !== null && at !== -1 && event.preventDefault()}
							onDrop={() => dragged !== null && at !== -1 && move(dragged, at)}
						>
							{at === -1 ? <span className={styles.live} /> : <Icon icon={GripVertical} size={14} />}
							<a href={`#${routeOf(item)}`}>{item.name}</a>
							{at === -1 ? (
								<small>
									{waitsForGpu.has(item.id)
										? STATE_WORDS["waiting-for-gpu"].label
										: item.secondsLeft === null
											? "At work"
											: `${format.duration(item.secondsLeft * 1000)} left`}
								</small>
							) : (
								<span className={styles.buttons}>
									<IconButton
										size="sm"
										icon={ArrowUp}
										label={`Move ${item.name} up`}
										aria-disabled={at === 0}
										onClick={() => move(item.id, at - 1)}
									/>
									<IconButton
										size="sm"
										icon={ArrowDown}
										label={`Move ${item.name} down`}
										aria-disabled={at === waiting.length - 1}
										onClick={() => move(item.id, at + 1)}
									/>
									<IconButton
										size="sm"
										icon={X}
										label={`Take ${item.name} out of the queue`}
										onClick={() => void act(() => call("queue.remove", { id: item.id }))}
									/>
								</span>
							)}
						</li>
					);
				})}
			</ol>
			{error !== null && <ErrorNote error={error} />}
		</div>
	);
}

function routeOf({ kind, id }: QueueItem): string {
	const own = id.slice(kind.length + 1);
	return kind === "run" ? routes.run(own) : kind === "sweep" ? routes.sweep(own) : routes.data();
}
