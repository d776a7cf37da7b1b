import { useState } from "react";
import { call } from "../../api/index.ts";
import { Button, Dialog, ErrorNote, TextArea } from "../../ui/index.ts";

export function NoteDialog({ id, note, onClose }: { id: string; note: string; onClose: () => void }) {
	const [text, setText] = useState(note);
	const [error, setError] = useState<unknown>(null);
	const save = () => call("runs.annotate", { id, note: text }).then(onClose, setError);
	return (
		<Dialog
			open
			onOpenChange={(open) => !open && onClose()}
			title="Note"
			footer={
				<>
					<Button onClick={onClose}>Cancel</Button>
					<Button variant="primary" onClick={() => void save()}>
						Save
					</Button>
				</>
			}
		>
			<TextArea label="What this run is for, or what it showed" value={text} onChange={setText} rows={6} />
			{error !== null && <ErrorNote error={error} />}
		</Dialog>
	);
}
