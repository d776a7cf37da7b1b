import { Box, Plus, Trash2 } from "lucide-react";
import { Button, IconButton, Select } from "../../ui/index.ts";
import styles from "./Playground.module.css";
import { MOST_TARGETS, type Target } from "./targets.ts";

interface Props {
	all: readonly Target[];
	keys: readonly string[];
	onKeys: (keys: readonly string[]) => void;
}

/** Which models and checkpoints are asked, left to right. */
export function TargetPickers({ all, keys, onKeys }: Props) {
	const free = all.find(({ key }) => !keys.includes(key));
	return (
		<div className={styles.pickers}>
			{keys.map((key, i) => (
				<div key={key} className={styles.picker}>
					<Select
						label={`Model ${i + 1}`}
						icon={Box}
						value={key}
						onChange={(next) => onKeys(keys.includes(next) ? keys : keys.with(i, next))}
						options={all.map(({ key: value, label, detail }) => ({ value, label, detail }))}
					/>
					{keys.length > 1 && (
						<IconButton
							icon={Trash2}
							label={`Take model ${i + 1} away`}
							size="sm"
							onClick={() => onKeys(keys.filter((one) => one !== key))}
						/>
					)}
				</div>
			))}
			{keys.length < MOST_TARGETS && free && (
				<Button icon={Plus} onClick={() => onKeys([...keys, free.key])}>
					Add
				</Button>
			)}
		</div>
	);
}
