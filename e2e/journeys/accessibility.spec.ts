import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright/test";
import { callProgram, startRun } from "../drivers/program.ts";
import { expect, test } from "../drivers/test.ts";

const PLACES = "/ /data /models /train /runs /sweeps /compare /playground /export /settings".split(" ");

/** Serious and critical findings of axe, one line each. */
async function findings(page: Page, where: string): Promise<string[]> {
	const { violations } = await new AxeBuilder({ page }).analyze();
	return violations
		.filter(({ impact }) => impact === "serious" || impact === "critical")
		.map(({ id, nodes }) => `${where}: ${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}

/** What the Tab key reaches without a visible mark of the focus, on the screen shown. */
async function unmarked(page: Page): Promise<string[]> {
	const found: string[] = [];
	for (let i = 0; i < 40; i++) {
		await page.keyboard.press("Tab");
		const bare = await page.evaluate(() => {
			const at = document.activeElement;
			if (!(at instanceof HTMLElement) || at === document.body) return null;
			for (let box: HTMLElement | null = at, up = 0; box !== null && up < 3; box = box.parentElement, up++) {
				const { outlineStyle, boxShadow } = getComputedStyle(box);
				if (outlineStyle !== "none" || boxShadow !== "none") return null;
			}
			return at.outerHTML.slice(0, 120);
		});
		if (bare !== null) found.push(bare);
	}
	return found;
}

test("every screen in both themes passes axe, marks the focus, and fits small windows and large type", async ({
	studio,
}) => {
	const { page } = studio;
	const id = await startRun(page, { name: "Looked at", steps: 4 });
	await expect
		.poll(async () => (await callProgram(page, "runs.get", { id })).summary.state, { timeout: 60_000 })
		.toBe("completed");
	const places = [...PLACES, `/runs/${id}`, "/data/starter-train"];
	const problems: string[] = [];
	const visit = async (place: string) => {
		await studio.go(place);
		await page.waitForTimeout(600);
	};
	for (const theme of ["light", "dark"] as const) {
		await callProgram(page, "settings.set", { theme, motion: "reduced" });
		for (const place of places) {
			await visit(place);
			problems.push(...(await findings(page, `${theme} ${place}`)));
		}
	}
	for (const place of places) {
		await visit(place);
		problems.push(...(await unmarked(page)).map((what) => `focus not seen in ${place}: ${what}`));
	}
	for (const [width, height, zoom] of [
		[1280, 720, 100],
		[1440, 900, 200],
	] as const) {
		await page.setViewportSize({ width, height });
		await callProgram(page, "settings.set", { zoom });
		for (const place of places) {
			await visit(place);
			const over = await page.evaluate(() => {
				const main = document.querySelector("main") ?? document.body;
				return Math.max(
					main.scrollWidth - main.clientWidth,
					document.documentElement.scrollWidth - innerWidth,
				);
			});
			if (over > 1) problems.push(`${place} at ${width} x ${height}, ${zoom} %: ${over} px too wide`);
		}
	}
	expect(problems).toEqual([]);
});
