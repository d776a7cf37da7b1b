import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { useStudio } from "../../app/store.ts";
import { Button, Menu } from "../../ui/index.ts";
import { useAnswer } from "../shared/useAnswer.ts";
import { MAKE_KINDS, MAKE_WORDS, type MakeKind, misfitOf } from "./kinds.ts";
import { MakeDialog } from "./MakeDialog.tsx";

/** What can be made of a data set; what does not suit it says why. */
export function MakeMenu({ dataId }: { dataId: string }) {
	const entry = useStudio((state) => state.data?.find(({ id }) => id === dataId));
	const ready = entry?.state === "ready";
	const { value: summary } = useAnswer("data.summary", ready ? { id: dataId } : null, entry?.rows);
	const [making, setMaking] = useState<MakeKind | null>(null);
	return (
		<>
			<Menu
				trigger={
					<Button iconEnd={ChevronDown} disabled={!ready}>
						Make
					</Button>
				}
				items={MAKE_KINDS.map((kind) => {
					const misfit = summary === null ? "Looking at the data" : misfitOf(kind, summary);
					return {
						label: MAKE_WORDS[kind].menu,
						detail: misfit ?? undefined,
						disabled: misfit !== null,
						onSelect: () => setMaking(kind),
					};
				})}
			/>
			{making && entry && (
				<MakeDialog kind={making} entry={entry} summary={summary} onClose={() => setMaking(null)} />
			)}
		</>
	);
}
