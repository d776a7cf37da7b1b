import { ChevronDown, Copy, Pause, Pin, Play, Trash2, Zap } from "lucide-react";
import { useState } from "react";
import {
	Button,
	ButtonLink,
	Card,
	ConfirmDialog,
	CopyButton,
	Dialog,
	IconButton,
	Kbd,
	Menu,
	Popover,
	Row,
	Segmented,
	Stack,
	TextField,
	toast,
} from "../ui/index.ts";

const nothing = () => {};

/** Buttons, menus and dialogs. */
export function Actions() {
	const [axis, setAxis] = useState("step");
	const [dialog, setDialog] = useState(false);
	const [confirm, setConfirm] = useState(false);
	const [name, setName] = useState("Qwen2-7B GSM8K 014");
	return (
		<Card title="Actions" note="28 high; 36 for the one commit">
			<Stack gap={10}>
				<Row wrap>
					<Button variant="primary">Train 004 to 5 epochs</Button>
					<Button icon={Pause} kbd="P">
						Pause
					</Button>
					<Button>Stop…</Button>
					<Button variant="quiet">Add note</Button>
					<Button variant="danger" icon={Trash2} onClick={() => setConfirm(true)} id="open-confirm">
						Delete…
					</Button>
					<Button loading>Dry run</Button>
					<Button variant="primary" loading>
						Start
					</Button>
					<Button disabled>Disabled</Button>
					<Button variant="primary" disabled>
						Disabled
					</Button>
					<ButtonLink href="#/sweeps">Open sweep</ButtonLink>
					<a href="#/runs" className="text-12 medium">
						All runs
					</a>
				</Row>
				<Row wrap>
					<Button variant="primary" size="lg" kbd="mod+enter" icon={Play}>
						Start 30 runs
					</Button>
					<Button size="lg" icon={Zap}>
						Try the starter: small model, 200 problems
					</Button>
					<Button size="sm">Columns</Button>
					<Button size="sm" variant="quiet">
						Test again
					</Button>
					<IconButton icon={Copy} label="Copy" />
					<IconButton icon={Pin} label="Pin" kbd="X" pressed />
					<IconButton icon={Pin} label="Pin" variant="default" size="sm" />
					<CopyButton text="dqo train run.json" />
					<CopyButton text="dqo train run.json" words="Copy command" />
					<Kbd keys="mod+K" />
					<Kbd keys="G R" />
					<Segmented
						label="Horizontal axis"
						value={axis}
						onChange={setAxis}
						options={[
							{ value: "step", label: "Step" },
							{ value: "time", label: "Time" },
							{ value: "epoch", label: "Epoch", disabled: true, title: "One epoch alone" },
						]}
					/>
				</Row>
				<Row wrap>
					<Menu
						align="start"
						trigger={
							<Button iconEnd={ChevronDown} id="open-menu">
								Presets
							</Button>
						}
						items={[
							{ heading: "Paper" },
							{ label: "Paper grid, GSM8K", detail: "5 β × 3 learning rates × 2 λ", onSelect: nothing },
							{ label: "Paper grid, MATH", detail: "the same, twice as long", onSelect: nothing },
							"separator",
							{ label: "Duplicate", icon: Copy, kbd: "mod+D", onSelect: nothing },
							{ label: "Delete…", icon: Trash2, danger: true, onSelect: nothing },
							{ label: "Not now", disabled: true, onSelect: nothing },
						]}
					/>
					<Popover label="Columns" trigger={<Button id="open-popover">Popover</Button>}>
						<Stack gap={4}>
							<b>Something small</b>
							<span className="text-12 tone-3">beside its button</span>
						</Stack>
					</Popover>
					<Button onClick={() => setDialog(true)} id="open-dialog">
						Rename…
					</Button>
					<Button
						id="open-toast"
						onClick={() =>
							toast({
								title: "Export finished",
								detail: "greedy tokens equal 64/64",
								tone: "good",
								action: { label: "Open report", onClick: nothing },
							})
						}
					>
						Toast
					</Button>
				</Row>
			</Stack>
			<Dialog
				open={dialog}
				onOpenChange={setDialog}
				title="Rename run"
				description="The folder keeps its name."
				size="sm"
				footer={
					<>
						<Button onClick={() => setDialog(false)}>Cancel</Button>
						<Button variant="primary" onClick={() => setDialog(false)}>
							Rename
						</Button>
					</>
				}
			>
				<TextField label="Name" lines={1} value={name} onChange={setName} hint="Shown everywhere" />
			</Dialog>
			<ConfirmDialog
				open={confirm}
				onOpenChange={setConfirm}
				action="Delete"
				object="run 014"
				consequence="Its 3 checkpoints go with it and free 45.7 GB. The data set stays."
				onConfirm={nothing}
			/>
		</Card>
	);
}
