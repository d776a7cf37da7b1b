import { useStudio } from "../../app/store.ts";
import { Button, format, Popover } from "../../ui/index.ts";
import { QueueList } from "./QueueList.tsx";

/** Opens the queue: what works, what waits and in which order. */
export function QueueButton({ small = false }: { small?: boolean }) {
	const queue = useStudio((state) => state.queue);
	const items = queue?.items ?? [];
	const waiting = items.filter(({ state }) => state === "waiting").length;
	const count =
		waiting > 0 || items.length === 0
			? `${format.count(waiting)} waiting`
			: `${format.count(items.length)} at work`;
	return (
		<Popover
			label="Queue"
			side={small ? "top" : "bottom"}
			align="end"
			trigger={
				<Button size={small ? "sm" : "md"} variant="quiet">
					{`Queue: ${count}${queue?.paused ? ", paused" : ""}`}
				</Button>
			}
		>
			<QueueList />
		</Popover>
	);
}
