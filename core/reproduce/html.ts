import { type DotRow, dotPlot, escapeText, lineChart, valueBar } from "./charts.ts";
import type { Measured } from "./measured.ts";
import type { Report } from "./report.ts";
import { STYLE } from "./style.ts";
import { environmentOf, headlineOf, methodOf, verdictWord } from "./summary.ts";
import { type Table, tablesOf, valueCurves } from "./tables.ts";

/** The report as one HTML page that needs nothing else: no scripts, no fonts, no pictures from elsewhere. */
export function renderHtml(report: Report): string {
	const tables = tablesOf(report);
	const charts = chartsOf(report);
	const sections = tables.map(
		(table) => `<section id="${table.id}">
<h2>${escapeText(table.title)}</h2>
<p>${escapeText(table.note)}</p>
${charts[table.id] ?? ""}
${renderTable(table)}
</section>`,
	);
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>DQO: the paper's experiments in miniature</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<p class="eyebrow">Direct Q-function Optimization · ${report.plan.form} form${report.plan.rare === null ? "" : " · rare correct samples"}</p>
<h1>The paper's experiments in miniature</h1>
<p class="lead">${escapeText(headlineOf(report))}</p>
</header>
${verdictSection(report)}
${sections.join("\n")}
${caseSection(report)}
<section id="method">
<h2>How it was done</h2>
<ul>${methodOf(report)
		.map((line) => `<li>${escapeText(line)}</li>`)
		.join("")}</ul>
</section>
<section id="environment">
<h2>Where and when</h2>
<dl>${environmentOf(report)
		.map(([name, value]) => `<div><dt>${escapeText(name)}</dt><dd>${escapeText(value)}</dd></div>`)
		.join("")}</dl>
</section>
</main>
</body>
</html>
`;
}

function verdictSection({ verdicts }: Report): string {
	const items = verdicts.map((verdict) => {
		const { claim, detail, rule, holds } = verdict;
		const kind = holds === null ? "open" : holds ? "yes" : "no";
		return `<li><span class="badge ${kind}">${verdictWord(verdict)}</span><div><strong>${escapeText(claim)}</strong><p>${escapeText(detail)}</p><p class="rule">Rule: ${escapeText(rule)}.</p></div></li>`;
	});
	return `<section id="verdicts">
<h2>What holds</h2>
<p>Each claim is decided by a rule that was fixed before the numbers were known.</p>
<ul class="verdicts">${items.join("")}</ul>
</section>`;
}

/** A wide table scrolls on its own, by keyboard too. */
function renderTable({ title, head, rows }: Table): string {
	const name = escapeText(title);
	const headings = head
		.map((h) => (h === "" ? "<td></td>" : `<th scope="col">${escapeText(h)}</th>`))
		.join("");
	const body = rows
		.map(([first = "", ...cells]) => {
			const rest = cells.map((c) => `<td>${escapeText(c)}</td>`).join("");
			return `<tr><th scope="row">${escapeText(first)}</th>${rest}</tr>`;
		})
		.join("\n");
	return `<div class="scroll" tabindex="0" role="region" aria-label="${name}"><table>
<caption class="hidden">${name}</caption>
<thead><tr>${headings}</tr></thead>
<tbody>
${body}
</tbody></table></div>`;
}

/** Charts by the id of the table that they stand above. */
function chartsOf(report: Report): Readonly<Record<string, string>> {
	const { measured } = report;
	const figure = (chart: string, caption: string) =>
		`<figure><div class="scroll">${chart}</div><figcaption>${escapeText(caption)}</figcaption></figure>`;
	const legend = "Large dot: mean over seeds. Small dots: single seeds. Line: 95 % interval over seeds.";
	const gains = (tables: readonly number[], dqoLabel: string | null) => {
		const dqo = measured.filter(({ id }) => dqoLabel !== null && id === "dqo");
		return [
			...dqo.map((m) => dotRow(m, report, dqoLabel ?? m.label)),
			...measured.filter(({ table }) => tables.includes(table)).map((m) => dotRow(m, report, m.label)),
		];
	};
	const plot = (title: string, rows: DotRow[]) =>
		rows.length === 0 ? "" : figure(dotPlot(title, "points of greedy accuracy over base", rows), legend);
	const { steps, correlation, correlationWrong, auc, aucWithin } = valueCurves(report);
	return {
		"table-3": plot("Greedy gain over base by method", gains([3, 7], null)),
		"table-5": plot("Greedy gain over base by importance weight", gains([5], "weight on both losses")),
		"table-6": plot("Greedy gain over base by lambda", gains([6], "lambda 1")),
		"table-7": plot("Greedy gain over base with and without process scores", gains([7], "DQO, outcome only")),
		"figure-2":
			steps.length === 0
				? ""
				: figure(
						lineChart("The value function over checkpoints", "optimiser step", steps, [
							auc,
							aucWithin,
							correlation,
							correlationWrong,
						]),
						"Thick lines: mean over seeds. Thin lines: single seeds.",
					),
	};
}

function dotRow({ id, gain, greedyBySeed }: Measured, { base }: Report, label: string): DotRow {
	const points = greedyBySeed.map((x) => x - base.greedy);
	return { label, mean: gain.mean, interval: gain.interval, points, highlight: id === "dqo" };
}

function caseSection({ values }: Report): string {
	if (!values || values.cases.length === 0) return "";
	const all = values.cases.flatMap(({ segments }) => segments.map(({ value }) => value));
	const [low, high] = [Math.min(0, ...all), Math.max(1, ...all)];
	const cases = values.cases.map(({ prompt, segments }) => {
		const rows = segments.map(
			({ text, value, score }) =>
				`<tr><th scope="row"><code>${escapeText(text.trim())}</code></th><td>${value.toFixed(3)}</td><td>${valueBar(value, low, high)}</td><td>${score ?? "–"}</td></tr>`,
		);
		return `<article class="case"><p>${escapeText(prompt)}</p><div class="scroll" tabindex="0" role="region" aria-label="V along a response"><table>
<thead><tr><th scope="col">line</th><th scope="col">V after it</th><td></td><th scope="col">process score</th></tr></thead>
<tbody>${rows.join("")}</tbody></table></div></article>`;
	});
	return `<section id="table-2">
<h2>V along wrong responses (table 2)</h2>
<p>The value function after each line of held-out responses that end in a wrong answer; a process score of 1 says that the lines so far can still lead to the right one.</p>
${cases.join("\n")}
</section>`;
}
