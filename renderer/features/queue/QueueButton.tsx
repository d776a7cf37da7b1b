import { useStudio } from "../../app/store.ts";
import { Button, format, Popover } from "../../ui/index.ts";
import { QueueList } from "./QueueList.tsx";

/** Opens the queue: what works, what waits and in which order. */
export function QueueButton({ small = false }: { small?: boolean }) {
	const queue = useStudio((state) => state.queue);
	const waiting = queue?.items.filter(({ state }) => state === "waiting").length ?? 0;
	return (
		<Popover
			label="Queue"
			side={small ? "top" : "bottom"}
			align="end"
			trigger={
				<Button size={small ? "sm" : "md"} variant="quiet">
					{`Queue: ${format.count(waiting)} waiting${queue?.paused ? ", paused" : ""}`}
				</Button>
			}
		>
			<QueueList />
		</Popover>
	);
}
