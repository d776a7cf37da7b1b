import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright";
import { icns, ico, type Png } from "./containers.ts";

/** Draws the icons of every platform from resources/icons/*.svg. Run it after a change of those: `npx tsx tools/icons/make.ts`. */
const at = (name: string) => fileURLToPath(new URL(`../../resources/icons/${name}`, import.meta.url));

async function draw(browser: Browser, svg: string, size: number): Promise<Png> {
	const page = await browser.newPage({ viewport: { width: size, height: size } });
	const picture = Buffer.from(readFileSync(at(svg))).toString("base64");
	await page.setContent(
		`<body style="margin:0"><img style="display:block;width:100vw" src="data:image/svg+xml;base64,${picture}">`,
	);
	await page.waitForFunction("document.images[0].complete");
	const bytes = await page.screenshot({ omitBackground: true });
	await page.close();
	return { size, bytes };
}

const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
	args: ["--no-sandbox", "--disable-gpu"],
});
try {
	const all = (svg: string, sizes: readonly number[]) =>
		Promise.all(sizes.map((size) => draw(browser, svg, size)));
	const [large, ...apple] = await all("icon.svg", [512, 32, 64, 128, 256, 512]);
	writeFileSync(at("icon.icns"), icns(apple));
	writeFileSync(at("icon.png"), large?.bytes ?? "");
	const small = await all("tray.svg", [16, 32, 48]);
	writeFileSync(at("icon.ico"), ico([...small, ...(await all("icon.svg", [256]))]));
	writeFileSync(at("tray.png"), small[1]?.bytes ?? "");
} finally {
	await browser.close();
}
