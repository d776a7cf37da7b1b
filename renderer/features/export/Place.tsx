import { pickPaths } from "../../app/picking.ts";
import { Button, Card } from "../../ui/index.ts";
import styles from "./Export.module.css";

interface Props {
	/** Null is the app's own folder of exports. */
	value: string | null;
	defaultDir: string | null;
	onChange: (dir: string | null) => void;
}

/** Where the new folder is made. */
export function Place({ value, defaultDir, onChange }: Props) {
	const choose = async () => {
		const [path] = await pickPaths("folder", "Choose where the export's folder is made");
		if (path !== undefined) onChange(path);
	};
	return (
		<Card
			title="Place"
			note={value === null ? "in the app's own folder" : undefined}
			actions={
				<>
					{value !== null && (
						<Button size="sm" variant="quiet" onClick={() => onChange(null)}>
							Use the app's folder
						</Button>
					)}
					<Button size="sm" onClick={() => void choose()}>
						Choose…
					</Button>
				</>
			}
		>
			<p className={styles.place}>
				A new folder in <span className="mono">{value ?? defaultDir ?? "the data folder"}</span>
			</p>
		</Card>
	);
}
