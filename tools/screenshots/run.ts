import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright";
import { open } from "../../e2e/drivers/open.ts";
import { callProgram } from "../../e2e/drivers/program.ts";
import { buildWhenStale } from "../start/build.ts";

/**
 * `npm run screenshots`: drives the real app with real data and writes `docs/screenshots/SCREEN-THEME.png`, 1440 x 900.
 * The quick start, a small sweep and a data set with problems come first; then every screen is shown in both themes.
 */
const out = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));
const problem = buildWhenStale("page");
if (problem !== null) throw new Error(problem);
const dir = mkdtempSync(join(tmpdir(), "dqo-screenshots-"));
mkdirSync(out, { recursive: true });
const opened = await open("browser", { dataDir: join(dir, "data"), roots: [dir] });
try {
	await shoot(opened.page, await prepare(opened.page));
} finally {
	await opened.close();
	rmSync(dir, { recursive: true, force: true });
}

interface Prepared {
	run: string;
	sweep: string;
	data: string;
	/** Runs that are compared. */
	compared: string[];
}

/** Does what a first user does, and waits for the end of it. */
async function prepare(page: Page): Promise<Prepared> {
	console.log("The quick start ...");
	await page.getByRole("button", { name: /Try the starter/ }).click();
	const run = await until(page, async () => {
		const { runs } = await callProgram(page, "runs.list", {});
		return runs.find(({ state }) => state === "completed")?.id;
	});
	await until(page, async () => {
		const { tasks } = await callProgram(page, "tasks.list", {});
		return tasks.every(({ state }) => state === "completed") || undefined;
	});
	console.log("A sweep ...");
	const { entries } = await callProgram(page, "data.list", {});
	const samples = entries.find(({ origin }) => origin === "made");
	if (!samples) throw new Error("The quick start left no samples.");
	const { id: sweep } = await callProgram(page, "runs.start", {
		name: "β × learning rate",
		modelId: "starter",
		dataId: samples.id,
		validationDataId: "starter-validation",
		fields: {
			method: "dqo",
			task: "gsm8k",
			adapter: { type: "full" },
			valueLr: 1e-3,
			valueWarmupEpochs: 0.1,
			globalBatch: 32,
			maxSteps: 24,
			epochs: 1,
			warmupSteps: 5,
			maxPromptTokens: 176,
			maxResponseTokens: 80,
			evalEverySteps: 8,
			evalLimit: 64,
		},
		space: {
			beta: { values: [0.03, 0.1, 0.3] },
			lr: { values: [1e-5, 3e-5, 1e-4] },
		},
		search: { method: "grid", trials: null, minSteps: null, reduction: 3, seed: 0, objective: null },
	});
	const compared = await until(page, async () => {
		const { summary, trials } = await callProgram(page, "sweeps.get", { id: sweep });
		return summary.state === "completed" ? trials.flatMap(({ runId }) => runId ?? []) : undefined;
	});
	const path = join(dir, "responses.jsonl");
	writeFileSync(path, responsesWithProblems());
	const { ids } = await callProgram(page, "data.add", { paths: [path] });
	return { run, sweep, data: ids[0] ?? "", compared: compared.slice(0, 3) };
}

/** Rows such as users bring: most are good, some are not. */
function responsesWithProblems(): string {
	const rows: object[] = [];
	for (let i = 0; i < 240; i++) {
		const [apples, more] = [3 + (i >> 2), 2 + ((i >> 2) % 9)];
		const right = i % 4 < 2;
		const row = {
			prompt: `Ann has ${apples} apples and buys ${more} more. How many has she now?`,
			completion: `${apples} + ${more} = ${apples + more + (right ? 0 : 1 + (i % 4))}\n#### ${apples + more + (right ? 0 : 1 + (i % 4))}`,
			label: right,
		};
		if (i % 37 === 5) rows.push({ ...row, label: "perhaps" });
		else if (i % 53 === 7) rows.push({ ...row, completion: "" });
		else rows.push(row);
	}
	return rows.map((row) => JSON.stringify(row)).join("\n");
}

async function until<T>(page: Page, ask: () => Promise<T | undefined>): Promise<T> {
	for (let i = 0; i < 1200; i++) {
		const answer = await ask();
		if (answer !== undefined) return answer;
		await page.waitForTimeout(500);
	}
	throw new Error("It took longer than ten minutes.");
}

async function shoot(page: Page, { run, sweep, data, compared }: Prepared): Promise<void> {
	const screens: Record<string, string> = {
		home: "/",
		"data-sets": "/data",
		"data-set": `/data/${encodeURIComponent(data)}`,
		models: "/models",
		train: "/train",
		runs: "/runs",
		run: `/runs/${encodeURIComponent(run)}`,
		sweeps: "/sweeps",
		sweep: `/sweeps/${encodeURIComponent(sweep)}`,
		compare: `/compare?runs=${compared.map(encodeURIComponent).join(",")}`,
		playground: `/playground?run=${encodeURIComponent(run)}`,
		export: `/export?run=${encodeURIComponent(run)}`,
		settings: "/settings",
	};
	for (const theme of ["light", "dark"] as const) {
		await callProgram(page, "settings.set", { theme, motion: "reduced" });
		for (const [name, route] of Object.entries(screens)) {
			await page.evaluate((to) => {
				location.hash = to;
			}, route);
			// Until charts are drawn and what the screen asked for has come.
			await page.waitForTimeout(1500);
			await page.getByLabel("Counting tokens").first().waitFor({ state: "hidden", timeout: 60_000 });
			if (name === "playground") await ask(page);
			await page.mouse.move(1, 890);
			await page.screenshot({ path: join(out, `${name}-${theme}.png`) });
			console.log(`${name}-${theme}.png`);
		}
	}
}

/** A problem of the held-out ones, answered by the base model and by the checkpoint. */
async function ask(page: Page): Promise<void> {
	await page
		.getByRole("textbox", { name: "Problem", exact: true })
		.fill("Ben has 6 cakes. He finds 2 cakes. Kim has 6 more cakes than Ben. How many cakes does Kim have?");
	await page.getByRole("textbox", { name: /^Reference/ }).fill("#### 14");
	await page.keyboard.press("Control+Enter");
	await page
		.getByText(/tokens\/s/)
		.nth(1)
		.waitFor({ timeout: 60_000 });
	await page.waitForTimeout(500);
}
