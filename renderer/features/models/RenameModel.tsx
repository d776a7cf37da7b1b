import { useState } from "react";
import { call } from "../../api/index.ts";
import { Button, Dialog, ErrorNote, TextField } from "../../ui/index.ts";

export function RenameModel({ id, name, onClose }: { id: string; name: string; onClose: () => void }) {
	const [text, setText] = useState(name);
	const [error, setError] = useState<unknown>(null);
	const save = () => call("models.rename", { id, name: text.trim() }).then(onClose, setError);
	return (
		<Dialog
			open
			onOpenChange={(open) => !open && onClose()}
			title="Rename the model"
			description="Its folder keeps its name."
			size="sm"
			footer={
				<>
					<Button onClick={onClose}>Cancel</Button>
					<Button variant="primary" onClick={() => void save()}>
						Rename
					</Button>
				</>
			}
		>
			<TextField
				label="Name"
				value={text}
				onChange={setText}
				onEnter={() => void save()}
				validate={(value) => (value.trim() === "" ? "Give it a name." : undefined)}
			/>
			{error !== null && <ErrorNote error={error} />}
		</Dialog>
	);
}
