import { resolveRunConfig } from "../../../core/contract/resolve.ts";
import type { RunConfig } from "../../../core/contract/run.ts";
import { Card, CopyButton } from "../../ui/index.ts";
import styles from "./RunPage.module.css";

/** The exact configuration, with what differs from the method's defaults in bold. */
export function RunSettings({ config, dir }: { config: RunConfig; dir: string }) {
	const { method, modelDir, dataPath, adapter } = config;
	const defaults = resolveRunConfig({ method, modelDir, dataPath, adapter: { type: adapter.type } });
	const fields = Object.keys(config).filter((field) => field !== "schemaVersion") as (keyof RunConfig)[];
	return (
		<Card
			title="Configuration"
			note="bold: not the method’s default"
			actions={
				<>
					<CopyButton text={JSON.stringify(config, null, 2)} words="Copy as JSON" />
					<CopyButton text={dir} words="Copy the folder" />
				</>
			}
		>
			<dl className={styles.settings}>
				{fields.map((field) => {
					const value = JSON.stringify(config[field]);
					return (
						<div key={field}>
							<dt>{field}</dt>
							<dd className="mono" data-changed={value !== JSON.stringify(defaults[field]) || undefined}>
								{value}
							</dd>
						</div>
					);
				})}
			</dl>
		</Card>
	);
}
