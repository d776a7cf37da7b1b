import { useState } from "react";
import { call } from "../../api/index.ts";
import { Button, Dialog, ErrorNote, TextField } from "../../ui/index.ts";

interface Props {
	call: "runs.rename" | "sweeps.rename" | "data.rename" | "models.rename";
	/** What it is, for the title: "run". */
	what: string;
	id: string;
	name: string;
	onClose: () => void;
}

export function RenameDialog({ call: method, what, id, name, onClose }: Props) {
	const [text, setText] = useState(name);
	const [error, setError] = useState<unknown>(null);
	const save = () => call(method, { id, name: text.trim() }).then(onClose, setError);
	return (
		<Dialog
			open
			onOpenChange={(open) => !open && onClose()}
			title={`Rename the ${what}`}
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
