import { ConfirmDialog } from "../../ui/index.ts";

interface Ending {
	readonly consequence: string;
	readonly onConfirm: () => void | Promise<void>;
}

interface Props {
	asking: string | null;
	/** Of the run or the sweep. */
	name: string;
	/** Ends it in good order; at once; takes its folder away. */
	stop: Ending;
	kill: Ending;
	remove: Ending;
	onClose: () => void;
}

/** Asks before a run or a sweep is stopped, ended at once, or deleted. */
export function EndingDialogs({ asking, name, stop, kill, remove, onClose }: Props) {
	const shared = { onOpenChange: (open: boolean) => void (!open && onClose()) };
	return (
		<>
			<ConfirmDialog
				{...{ ...shared, ...stop }}
				open={asking === "stop"}
				action="Stop"
				object={name}
				danger={false}
			/>
			<ConfirmDialog
				{...{ ...shared, ...kill }}
				open={asking === "kill"}
				action="End"
				object={`${name} at once`}
			/>
			<ConfirmDialog {...{ ...shared, ...remove }} open={asking === "delete"} action="Delete" object={name} />
		</>
	);
}
