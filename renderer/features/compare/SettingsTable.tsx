import type { RunConfig } from "../../../core/contract/run.ts";
import { Card, Disclosure, format, StatusDot } from "../../ui/index.ts";
import { fieldName, valueText } from "../shared/field-names.ts";
import styles from "./Compare.module.css";
import { shortNames } from "./names.ts";
import { compareSettings, type SettingRow } from "./settings.ts";

interface Props {
	names: readonly string[];
	colors: readonly string[];
	configs: readonly (RunConfig | null)[];
	loading: boolean;
}

/** Settings of all runs; those that differ first, the same ones folded away. */
export function SettingsTable({ names, colors, configs, loading }: Props) {
	const { differ, same } = compareSettings(configs);
	const rows = { names, colors };
	return (
		<Card
			flush
			title="Settings that differ"
			note={
				loading
					? undefined
					: `${format.plural(differ.length, "setting")}; ${format.count(same.length)} are the same`
			}
		>
			{differ.length > 0 ? (
				<Rows {...rows} label="Settings that differ" settings={differ} />
			) : (
				!loading && <p className={styles.quiet}>Every setting is the same: what differs is chance alone.</p>
			)}
			{same.length > 0 && (
				<div className={styles.folded}>
					<Disclosure title="The same in all" summary={format.plural(same.length, "setting")}>
						<Rows {...rows} label="Settings that are the same" settings={same} one />
					</Disclosure>
				</div>
			)}
		</Card>
	);
}

function Rows(props: {
	label: string;
	names: readonly string[];
	colors: readonly string[];
	settings: readonly SettingRow[];
	/** One value says it for all. */
	one?: boolean;
}) {
	const { label, names, colors, settings, one = false } = props;
	const short = shortNames(names);
	return (
		<div className={styles.scroll}>
			<table className={styles.settings} aria-label={label}>
				{!one && (
					<thead>
						<tr>
							<th scope="col">Setting</th>
							{names.map((name, i) => (
								<th scope="col" key={colors[i]} title={name}>
									<StatusDot color={colors[i]} /> {short[i] ?? name}
								</th>
							))}
						</tr>
					</thead>
				)}
				<tbody>
					{settings.map(({ path, values }) => (
						<tr key={path}>
							<th scope="row" title={path}>
								{fieldName(path)}
							</th>
							{(one ? values.slice(0, 1) : values).map((value, i) => (
								<td key={colors[i]} title={typeof value === "string" ? value : undefined}>
									{value === undefined ? <span className="tone-3">n/a</span> : valueText(value)}
								</td>
							))}
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}
