import { callProgram, startRun } from "../drivers/program.ts";
import { expect, test } from "../drivers/test.ts";

test("the keyboard reaches every place: chords, the palette, help, F6", async ({ studio }) => {
	const { page } = studio;
	await startRun(page, { name: "Findable", steps: 2 });
	for (const [key, title] of [
		["r", /Runs/],
		["s", /Sweeps/],
		["t", "New run"],
		["h", /Fine-tune a model/],
	] as const) {
		await page.keyboard.press("g");
		await page.keyboard.press(key);
		await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
	}
	await page.keyboard.press("Control+k");
	const palette = page.getByRole("combobox", { name: "Search or run a command" });
	await palette.fill("findab");
	await expect(page.getByRole("option", { name: /Findable/ })).toBeVisible();
	await page.keyboard.press("Enter");
	await expect(page.getByRole("heading", { level: 1, name: "Findable" })).toBeVisible();
	await page.keyboard.press("?");
	await expect(page.getByRole("dialog")).toContainText("Next pane");
	await page.keyboard.press("Escape");
	const place = () =>
		page.evaluate(() => document.activeElement?.closest("main, nav, header, footer")?.tagName ?? null);
	const seen = new Set<string | null>();
	for (let i = 0; i < 4; i++) {
		await page.keyboard.press("F6");
		seen.add(await place());
	}
	expect(seen.size).toBeGreaterThan(1);
});

test("what waits in the queue is put in another order by dragging and by keyboard", async ({ studio }) => {
	const { page } = studio;
	await callProgram(page, "queue.pause", { paused: true });
	for (const name of ["Alpha", "Beta", "Gamma"]) await startRun(page, { name, steps: 2 });
	await page.getByRole("button", { name: "Queue: 3 waiting, paused" }).click();
	const list = page.getByRole("dialog", { name: "Queue" }).getByRole("listitem");
	await list.filter({ hasText: "Gamma" }).dragTo(list.filter({ hasText: "Alpha" }));
	await expect(list).toHaveText(["Gamma", "Alpha", "Beta"]);
	// The button goes with its run, so that it can be pressed again.
	const down = page.getByRole("button", { name: "Move Gamma down" });
	for (const order of [
		["Alpha", "Gamma", "Beta"],
		["Alpha", "Beta", "Gamma"],
	]) {
		await down.press("Enter");
		await expect(list).toHaveText(order);
		await expect(down).toBeFocused();
	}
	const { items } = await callProgram(page, "queue.list", {});
	expect(items.map(({ name }) => name)).toEqual(["Alpha", "Beta", "Gamma"]);
	await page.getByRole("button", { name: "Take Beta out of the queue" }).click();
	await expect(list).toHaveText(["Alpha", "Gamma"]);
});

test("theme and zoom are kept over a reload", async ({ studio }) => {
	const { page } = studio;
	await studio.go("/settings");
	await page.getByRole("radio", { name: "Dark" }).click();
	const look = () =>
		page.evaluate(() => ({
			background: getComputedStyle(document.body).backgroundColor,
			height: document.querySelector("h1")?.getBoundingClientRect().height,
		}));
	await expect.poll(async () => (await look()).background).toMatch(/^rgb\((\d|[1-4]\d), /);
	const plain = await look();
	await page.getByRole("combobox", { name: "Zoom" }).click();
	await page.getByRole("option", { name: "150 %" }).click();
	await expect.poll(async () => (await look()).height).toBeGreaterThan((plain.height ?? 0) * 1.3);
	const zoomed = await look();
	await page.reload();
	await expect.poll(look).toEqual(zoomed);
});
