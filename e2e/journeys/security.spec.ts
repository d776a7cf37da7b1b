import { chromium } from "playwright/test";
import { CHROMIUM_ARGS, serve } from "../drivers/open.ts";
import { callProgram } from "../drivers/program.ts";
import { chromiumPath } from "../drivers/shells.ts";
import { expect, test } from "../drivers/test.ts";

const PLACES = "/ /data /models /train /runs /sweeps /compare /playground /export /settings".split(" ");

test("the page has no Node, HTML in data stays text, and no screen breaks the content policy", async ({
	studio,
}) => {
	const { page, url } = studio;
	const complaints: string[] = [];
	const foreign: string[] = [];
	page.on("console", (message) => {
		if (message.type() === "error") complaints.push(message.text());
	});
	page.on("request", (request) => {
		if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== url)
			foreign.push(request.url());
	});
	await page.addInitScript(() => {
		const found: string[] = [];
		Object.assign(globalThis, { violations: found });
		addEventListener("securitypolicyviolation", (event) =>
			found.push(`${event.violatedDirective}: ${event.blockedURI} at ${location.hash}`),
		);
	});
	const answer = await page.reload();
	expect(answer?.headers()["content-security-policy"]).toContain("default-src 'none'");
	const node = await page.evaluate(() => [
		typeof Reflect.get(globalThis, "require"),
		typeof Reflect.get(globalThis, "process"),
		typeof Reflect.get(globalThis, "module"),
	]);
	expect(node).toEqual(["undefined", "undefined", "undefined"]);

	const attack = `<img src="http://203.0.113.1/x.png" onerror="hacked=1"><script>hacked=1</script>`;
	const { id } = await callProgram(page, "data.paste", {
		name: "Hostile <b>rows</b>",
		text: `${JSON.stringify({ prompt: `What? ${attack}`, completion: attack, label: true })}\n`,
	});
	for (const place of [...PLACES, `/data/${id}`, `/train?data=${id}`]) {
		await studio.go(place);
		await page.waitForTimeout(500);
		await expect(page.locator("main, h1").first()).toBeVisible();
	}
	expect(await page.evaluate(() => Reflect.get(globalThis, "hacked"))).toBeUndefined();
	expect(await page.locator("main img[src^='http'], main script").count()).toBe(0);
	expect(await page.evaluate(() => Reflect.get(globalThis, "violations"))).toEqual([]);
	expect(foreign).toEqual([]);
	expect(complaints).toEqual([]);
});

test("HTML in a model's own answers stays text wherever they are shown", async ({ studio }) => {
	test.setTimeout(480_000);
	const { page } = studio;
	const attack = `<img src="http://203.0.113.1/x.png" onerror="hacked=1">`;
	const prompt = "What is 2 + 2?";
	const paste = async (name: string, row: Record<string, unknown>) =>
		(await callProgram(page, "data.paste", { name, text: `${JSON.stringify(row)}\n` })).id;
	const dataId = await paste("Taught", { prompt, completion: attack });
	const held = { prompt: `What is ${attack}?`, completion: attack, reference: attack };
	// One row, often enough: the model learns to answer with it.
	const { id } = await callProgram(page, "runs.start", {
		...{ name: "Hostile <b>answers</b>", modelId: "starter", dataId },
		validationDataId: await paste("Held out", held),
		fields: {
			...{
				method: "sft",
				task: "exact",
				adapter: { type: "full" },
				lr: 3e-3,
				warmupSteps: 0,
				globalBatch: 1,
			},
			...{ epochs: 60, maxResponseTokens: 60, evalEverySteps: 60 },
		},
		space: {},
		search: { method: "grid", trials: null, minSteps: null },
	});
	await studio.go(`/runs/${id}`);
	await expect(page.getByText("Finished", { exact: true }).first()).toBeVisible({ timeout: 240_000 });
	await expect(page.getByRole("option", { name: attack }).first()).toBeVisible();

	await studio.go(`/playground?run=${id}`);
	await page.getByRole("textbox", { name: "Problem", exact: true }).fill(prompt);
	await expect(page.getByRole("combobox", { name: "Checkpoint of model 2" })).toBeVisible();
	await page.getByRole("button", { name: /^Ask(?! again)/ }).click();
	const answer = page.getByRole("region", { name: /^Answer of Hostile/ });
	await expect(answer.locator("pre")).toContainText('onerror="hacked=1">', { timeout: 120_000 });
	await answer.getByRole("button", { name: /^Retry from line/ }).click();
	const completions = page.getByRole("list", { name: "Completions" });
	await expect(completions).toContainText("<img", { timeout: 60_000 });
	expect(await page.locator("img[src^='http']").count()).toBe(0);
	expect(await page.evaluate(() => Reflect.get(globalThis, "hacked"))).toBeUndefined();
});

test("a link lets one browser in, once; another is told what to do", async ({ studio }) => {
	const served = await serve({ dataDir: `${studio.filesDir}/other`, roots: [studio.filesDir] });
	const browser = await chromium.launch({ executablePath: chromiumPath() ?? undefined, args: CHROMIUM_ARGS });
	try {
		const first = await browser.newPage();
		await first.goto(served.url);
		await expect(first.getByRole("heading", { level: 1 })).toBeVisible();
		for (const link of [served.url, new URL("/", served.url).href]) {
			const stranger = await (await browser.newContext()).newPage();
			const answer = await stranger.goto(link);
			expect(answer?.status()).toBeGreaterThanOrEqual(400);
			await expect(stranger.locator("body")).toContainText("Press Enter in the terminal");
		}
	} finally {
		await browser.close();
		await served.stop();
	}
});
