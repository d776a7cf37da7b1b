import type { Browser } from "playwright";
import type { UiBench } from "./case.ts";
import { withServed } from "./served.ts";

const LOADS = 7;

interface Paint {
	paintMs: number;
	/** Until the first heading of the screen stands, with what the program answered. */
	readyMs: number;
}

async function load(
	browser: Browser,
	url: string,
	cookies: Awaited<ReturnType<typeof login>>,
): Promise<Paint> {
	// A context of its own has an empty cache.
	const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
	try {
		await context.addCookies(cookies);
		const page = await context.newPage();
		await page.goto(url, { waitUntil: "commit" });
		await page.getByRole("heading", { level: 1 }).waitFor();
		return await page.evaluate(() => ({
			paintMs: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN,
			readyMs: performance.now(),
		}));
	} finally {
		await context.close();
	}
}

/** The link lets one browser in, once; its cookie then opens every load. */
async function login(browser: Browser, url: string) {
	const context = await browser.newContext();
	const page = await context.newPage();
	await page.goto(url);
	await page.getByRole("heading", { level: 1 }).waitFor();
	const cookies = await context.cookies();
	await context.close();
	return cookies;
}

const median = (values: readonly number[]): number =>
	values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** The home screen from nothing: built page, served, cold cache. */
export const bench: UiBench = {
	name: "first-paint",
	run: (browser) =>
		withServed(async ({ url }) => {
			const cookies = await login(browser, url);
			const paints: Paint[] = [];
			for (let i = 0; i < LOADS; i++) paints.push(await load(browser, new URL("/", url).href, cookies));
			const firsts = paints.map(({ paintMs }) => paintMs);
			return [
				{ name: "first contentful paint", value: median(firsts), unit: "ms, median", target: { most: 1500 } },
				{ name: "first contentful paint", value: Math.max(...firsts), unit: "ms, slowest" },
				{ name: "heading of the screen", value: median(paints.map((p) => p.readyMs)), unit: "ms, median" },
			];
		}),
};
