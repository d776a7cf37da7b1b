import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright/test";

/** Presses of Tab after which a screen that has not come round counts as a trap. */
const MOST_STOPS = 250;

/** Serious and critical findings of axe, one line each; of the named rules alone where some are named. */
export async function axeFindings(page: Page, where: string, rules: string[] = []): Promise<string[]> {
	// The legacy mode opens no second page; there are no frames to look into.
	const axe = new AxeBuilder({ page }).setLegacyMode();
	const { violations } = await (rules.length === 0 ? axe : axe.withRules(rules)).analyze();
	return violations
		.filter(({ impact }) => impact === "serious" || impact === "critical")
		.map(({ id, nodes }) => `${where}: ${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}

/** Goes round the screen shown by Tab: where the focus is not seen, and which controls it and the arrow keys never reach. */
export async function keyboardFindings(page: Page, where: string): Promise<string[]> {
	const found: string[] = [];
	for (let i = 0; ; i++) {
		if (i === MOST_STOPS) return [...found, `${where}: Tab does not come round`];
		await page.keyboard.press("Tab");
		const stop = await page.evaluate(visitFocused);
		if (stop === "round") break;
		if (stop !== null) found.push(`${where}: focus not seen: ${stop}`);
	}
	const missed = await page.evaluate(unvisited);
	return [...found, ...missed.map((what) => `${where}: not reached by keyboard: ${what}`)];
}

/** Runs in the page. Marks what has the focus; its markup where nothing shows that it has it. */
function visitFocused(): string | null {
	const at = document.activeElement;
	if (!(at instanceof HTMLElement) || at === document.body) return null;
	if (at.hasAttribute("data-visited")) return "round";
	at.setAttribute("data-visited", "");
	for (let box: HTMLElement | null = at, up = 0; box !== null && up < 3; box = box.parentElement, up++) {
		const { outlineStyle, boxShadow } = getComputedStyle(box);
		if (outlineStyle !== "none" || boxShadow !== "none") return null;
	}
	return at.outerHTML.slice(0, 160);
}

/** Runs in the page. Controls that were not visited and that no visited group moves among with its arrow keys; clears the marks. */
function unvisited(): string[] {
	const groups =
		"[role=tablist],[role=radiogroup],[role=grid],[role=listbox],[role=toolbar],[role=slider],fieldset,[aria-label*='arrow keys']";
	const controls = document.querySelectorAll<HTMLElement>(
		"a[href], button, input, select, textarea, summary, [role=button], [role=tab], [role=option], [role=radio]",
	);
	const missed = [...controls].filter((control) => {
		if (control.hasAttribute("data-visited") || !control.checkVisibility() || control.closest("[inert]"))
			return false;
		if (control.matches(":disabled, [type=hidden]") || control.closest("[aria-hidden=true]")) return false;
		const group = control.closest(groups);
		return !group?.matches("[data-visited]") && !group?.querySelector("[data-visited]");
	});
	for (const visited of document.querySelectorAll("[data-visited]")) visited.removeAttribute("data-visited");
	return missed.map((control) => control.outerHTML.slice(0, 160));
}

/** How many pixels the screen shown is wider than its window. */
export function tooWide(page: Page): Promise<number> {
	return page.evaluate(() => {
		const main = document.querySelector("main") ?? document.body;
		return Math.max(main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - innerWidth);
	});
}
