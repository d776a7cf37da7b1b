import { fixed } from "../../ui/format.ts";
import type { PlotModel } from "./model.ts";
import styles from "./TimeChart.module.css";

const maxRows = 100;

/** The chart's numbers: first, last, lowest and highest of each line, then every n-th point. */
export function ChartTable({ title, unit, model }: { title: string; unit: string; model: PlotModel }) {
	const shown = model.series.filter((s) => !model.hidden.has(s.key));
	const stride = Math.max(1, Math.ceil(Math.max(0, ...shown.map((s) => s.data.length)) / maxRows));
	const cell = (value: number) => (Number.isNaN(value) ? "NaN" : model.format(value));
	return (
		// biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
		<section className={styles.table} aria-label={`${title} as a table`} tabIndex={0}>
			<table>
				<caption>
					{title}
					{unit ? `, ${unit}` : ""}
					{stride > 1 ? `, every ${fixed(stride, 0)} points` : ""}
				</caption>
				<thead>
					<tr>
						<th scope="col">Series</th>
						<th scope="col">Step</th>
						<th scope="col">Value</th>
						{model.smooth && <th scope="col">Smoothed</th>}
					</tr>
				</thead>
				<tbody>
					{shown.flatMap(({ key, label, data }) => {
						const extent = data.value.extent(0, data.length, { min: 0, max: 0 });
						const rows = [
							{ name: `${label}, first`, i: 0 },
							{ name: `${label}, last`, i: data.length - 1 },
						];
						const extremes = [
							{ name: `${label}, lowest`, value: extent.min },
							{ name: `${label}, highest`, value: extent.max },
						];
						for (let i = 0; i < data.length; i += stride) rows.push({ name: label, i });
						if (data.length === 0) return [];
						return [
							...extremes.map(({ name, value }) => (
								<tr key={`${key} ${name}`}>
									<th scope="row">{name}</th>
									<td />
									<td>{cell(value)}</td>
									{model.smooth && <td />}
								</tr>
							)),
							...rows.map(({ name, i }) => (
								<tr key={`${key} ${name} ${i}`}>
									<th scope="row">{name}</th>
									<td>{fixed(data.step.at(i), 0)}</td>
									<td>{cell(data.value.at(i))}</td>
									{model.smooth && <td>{cell(data.ema.at(i))}</td>}
								</tr>
							)),
						];
					})}
				</tbody>
			</table>
		</section>
	);
}
