import type { Page } from "playwright/test";
import { axeFindings, keyboardFindings, tooWide } from "../drivers/accessible.ts";
import { callProgram, startRun } from "../drivers/program.ts";
import { expect, openStudio, type Studio, test } from "../drivers/test.ts";

const PLACES = "/ /data /models /train /runs /sweeps /compare /playground /export /settings".split(" ");

/** What opens in front of a screen: its name, the screen (RUN stands for a run), and how it is opened. */
const DIALOGS: readonly (readonly [string, string, (page: Page) => Promise<void>])[] = [
	["search", "/", (page) => page.keyboard.press("Control+k")],
	["shortcuts", "/", (page) => page.keyboard.press("?")],
	["paste", "/data", (page) => choose(page, "Add", "Paste text…")],
	["generate", "/data/starter-train", (page) => choose(page, "Make", "Generate responses…")],
	["split", "/data/starter-train", (page) => page.getByRole("button", { name: "Split…" }).click()],
	["delete", "/runs/RUN", (page) => choose(page, "More actions", "Delete…")],
	["note", "/runs/RUN", (page) => choose(page, "More actions", "Add note…")],
	["evaluate", "/compare?runs=RUN", (page) => page.getByRole("button", { name: /Evaluate on/ }).click()],
];

async function choose(page: Page, menu: string, item: string): Promise<void> {
	await page.getByRole("button", { name: menu, exact: menu !== "Add" }).click();
	await page.getByRole("menuitem", { name: item }).click();
}

/** Two runs of two steps. */
async function startSweep(page: Page): Promise<string> {
	const { id } = await callProgram(page, "runs.start", {
		name: "Two looked at",
		modelId: "starter",
		dataId: "starter-train",
		validationDataId: "starter-validation",
		fields: {
			...{ method: "sft", task: "gsm8k", adapter: { type: "full" }, maxSteps: 2, globalBatch: 8 },
			...{ maxPromptTokens: 176, maxResponseTokens: 80, evalEverySteps: 2, evalLimit: 8 },
		},
		space: { lr: { values: [1e-4, 3e-4] } },
		search: { method: "grid", trials: null, minSteps: null, reduction: 3, seed: 0, objective: null },
	});
	return id;
}

// One installation with a run and a sweep in it serves all; each test leaves it as it was.
let studio: Studio;
let run = "";
let places: string[] = [];

test.beforeAll(async () => {
	studio = await openStudio("browser");
	const { page } = studio;
	run = await startRun(page, { name: "Looked at", steps: 4 });
	const sweep = await startSweep(page);
	await expect
		.poll(async () => (await callProgram(page, "sweeps.get", { id: sweep })).summary.state, {
			timeout: 120_000,
		})
		.toBe("completed");
	await callProgram(page, "settings.set", { motion: "reduced" });
	places = [
		...PLACES,
		...["/data/starter-train", "/models/starter", `/runs/${run}`, `/sweeps/${sweep}`],
		...[`/compare?runs=${run}`, `/playground?run=${run}`, `/export?run=${run}`],
	];
});

test.afterAll(() => studio.close());

async function visit(place: string): Promise<void> {
	await studio.go(place.replace("RUN", run));
	await studio.page.waitForTimeout(500);
}

for (const theme of ["light", "dark"] as const) {
	test(`every screen and dialog passes axe in the ${theme} theme`, async () => {
		const { page } = studio;
		// What a screen is made of is the same in both themes; only its colours differ.
		const rules = theme === "light" ? [] : ["color-contrast"];
		await callProgram(page, "settings.set", { theme });
		const problems: string[] = [];
		for (const place of places) {
			await visit(place);
			problems.push(...(await axeFindings(page, place, rules)));
		}
		for (const [name, place, open] of DIALOGS) {
			await visit(place);
			await open(page);
			const dialog = page.getByRole("dialog").or(page.getByRole("alertdialog"));
			await expect(dialog).toBeVisible();
			problems.push(...(await axeFindings(page, name, rules)));
			await page.keyboard.press("Escape");
			await expect(dialog).toHaveCount(0);
		}
		expect(problems).toEqual([]);
	});
}

test("the keyboard reaches every control of every screen, and the focus is seen", async () => {
	const problems: string[] = [];
	for (const place of places) {
		await visit(place);
		problems.push(...(await keyboardFindings(studio.page, place)));
	}
	expect(problems).toEqual([]);
});

test("every screen fits small windows and large type", async () => {
	const { page } = studio;
	const problems: string[] = [];
	for (const [width, height, zoom] of [
		[1280, 720, 100],
		[1440, 900, 200],
	] as const) {
		await page.setViewportSize({ width, height });
		await callProgram(page, "settings.set", { zoom });
		for (const place of places) {
			await visit(place);
			const over = await tooWide(page);
			if (over > 1) problems.push(`${place} at ${width} x ${height}, ${zoom} %: ${over} px too wide`);
		}
	}
	expect(problems).toEqual([]);
});
