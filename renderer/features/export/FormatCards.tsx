import { RadioGroup } from "radix-ui";
import type { ExportFormat } from "../../../core/contract/api-tasks.ts";
import { format } from "../../ui/index.ts";
import styles from "./Export.module.css";

type FormatId = ExportFormat["format"];

interface Props {
	formats: readonly ExportFormat[];
	value: FormatId | undefined;
	/** Weight format, or "" for that of the weights. */
	dtype: string;
	onChange: (format: FormatId) => void;
}

/** What a checkpoint can become, all in sight; one that is not possible says why. */
export function FormatCards({ formats, value, dtype, onChange }: Props) {
	return (
		<RadioGroup.Root
			className={styles.formats}
			aria-label="Format"
			value={value ?? ""}
			onValueChange={(next) => {
				const found = formats.find((one) => one.format === next);
				if (found) onChange(found.format);
			}}
		>
			{formats.map((one) => {
				const bytes = one.estimatedBytes[dtype] ?? one.estimatedBytes[""];
				return (
					<RadioGroup.Item
						key={one.format}
						value={one.format}
						className={styles.format}
						disabled={!one.available}
						aria-label={one.label}
						aria-describedby={`format-${one.format}`}
					>
						<span className={styles.formatHead}>
							<span className={styles.radio} aria-hidden="true" />
							<b>{one.label}</b>
							<span className="num tone-3">{bytes === undefined ? "" : format.bytes(bytes)}</span>
						</span>
						<span id={`format-${one.format}`} className={styles.formatAbout}>
							<span>{one.about}</span>
							<span className={one.reason === null ? "tone-3" : "tone-warn"}>
								{one.reason ?? `Opens in ${one.opensIn.join(", ")}`}
							</span>
						</span>
					</RadioGroup.Item>
				);
			})}
		</RadioGroup.Root>
	);
}
