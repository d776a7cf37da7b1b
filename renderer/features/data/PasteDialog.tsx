import { useState } from "react";
import { call } from "../../api/index.ts";
import { goTo, routes } from "../../app/navigation.ts";
import { Button, Dialog, ErrorNote, TextArea, TextField } from "../../ui/index.ts";

export function PasteDialog({ onClose }: { onClose: () => void }) {
	const [name, setName] = useState("pasted");
	const [text, setText] = useState("");
	const [error, setError] = useState<unknown>(null);
	const add = () =>
		call("data.paste", { name: name.trim() || "pasted", text }).then(({ id }) => {
			onClose();
			goTo(routes.data(id));
		}, setError);
	return (
		<Dialog
			open
			onOpenChange={(open) => !open && onClose()}
			title="Paste a data set"
			size="lg"
			footer={
				<>
					<Button onClick={onClose}>Cancel</Button>
					<Button variant="primary" disabled={text.trim() === ""} onClick={() => void add()}>
						Add
					</Button>
				</>
			}
		>
			<TextField label="Name" value={name} onChange={setName} />
			<TextArea label="JSONL, JSON or CSV" value={text} onChange={setText} rows={12} mono />
			{error !== null && <ErrorNote error={error} />}
		</Dialog>
	);
}
