import { expect, test } from "../drivers/test.ts";

test("quick start: one click trains the starter, the charts move, accuracy rises", async ({ studio }) => {
	// Half a minute on a quiet machine, ten times that on a busy one.
	test.setTimeout(480_000);
	const { page } = studio;
	await page.getByRole("button", { name: /Try the starter/ }).click();
	await expect(page.getByRole("heading", { name: "The starter" })).toBeVisible();
	await page.getByRole("link", { name: "Open the run" }).click({ timeout: 90_000 });
	const loss = page.getByRole("slider", { name: /^Policy loss/ });
	await expect(loss).toHaveAccessibleName(/^Policy loss: .*\d/, { timeout: 200_000 });
	await expect(page.getByText("Finished", { exact: true }).first()).toBeVisible({ timeout: 200_000 });
	await studio.go("/");
	const gain = page.getByText(/^\+\d+\.\d$/).first();
	await expect(gain).toBeVisible({ timeout: 60_000 });
	expect(Number((await gain.textContent())?.slice(1))).toBeGreaterThan(5);
});
