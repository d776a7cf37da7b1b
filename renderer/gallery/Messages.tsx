import { Database } from "lucide-react";
import { useState } from "react";
import { AppError } from "../../core/contract/errors.ts";
import { Banner, Button, Card, EmptyState, ErrorNote, FileDropOverlay, Stack, Tooltip } from "../ui/index.ts";

const memory = new AppError({
	code: "out-of-memory",
	message: "Out of GPU memory at step 211: 97.3 of 96 GB asked. Step 200 is saved.",
	hint: "Micro-batch 16 needs 84.9 GB, same result.",
	details: { step: 211, askedBytes: 97_300_000_000 },
});
const bug = new TypeError("cannot read 'length' of undefined");
const nothing = () => {};

/** Banners, errors, empty states and the drop overlay. */
export function Messages() {
	const [dropping, setDropping] = useState(false);
	return (
		<>
			<Card title="Messages">
				<Stack gap={10}>
					<Banner
						title="Ranks 1 and 2 are not told apart."
						action={<Button size="sm">Train 3 more seeds</Button>}
					>
						On the same 1,000 problems only 004 solves 42 and only 007 solves 31 (p = 0.24).
					</Banner>
					<Banner tone="warn" plain title="14 of 30 runs repeat a point you already trained.">
						Sweep "λ check" has the same data and seed. <a href="#/sweeps">Reuse those results</a> to save 31
						h.
					</Banner>
					<Banner tone="warn" title="CUDA did not load: libcudnn.so.9 is missing." onDismiss={nothing}>
						Training uses WebGPU.
					</Banner>
					<Banner tone="good" title="Best checkpoint: step 1,150, 87.9 %." action={<Button>Export</Button>} />
					<Banner
						tone="bad"
						title="Gemma-1.1-7B MATH 002 ran out of GPU memory at step 211."
						action={<Button>Resume with 16</Button>}
					>
						It asked for 97.3 GB of 96 GB. Step 200 is saved.
					</Banner>
					<ErrorNote error={memory} action={<Button>Resume with 16</Button>} />
					<ErrorNote error={bug} />
					<Tooltip text="Pull to the base model: higher stays closer.">
						<Button id="tip">Tooltip</Button>
					</Tooltip>
					<Button id="drop" onClick={() => setDropping(true)}>
						Drop overlay
					</Button>
					<FileDropOverlay
						visible={dropping}
						target="Add to data sets"
						detail="JSONL, JSON, CSV or Parquet"
					/>
				</Stack>
			</Card>
			<Card>
				<EmptyState
					icon={Database}
					title="No data set yet"
					action={
						<>
							<Button variant="primary">Add files…</Button>
							<Button>Use the starter</Button>
						</>
					}
					example={<code>{'{"prompt": "Betty has $50…", "response": "She needs…", "reward": 1}'}</code>}
				>
					Questions and answers, scored responses or preference pairs. Drop files anywhere in the window.
				</EmptyState>
			</Card>
		</>
	);
}
