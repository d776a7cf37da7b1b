import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { temporaryFolder } from "../store/testing/temporary-folder.ts";
import { Places } from "./places.ts";

let dir: string;
let places: Places;
beforeEach(() => {
	dir = realpathSync(temporaryFolder());
	for (const name of ["data", "data-secret", "picked"]) mkdirSync(join(dir, name));
	writeFileSync(join(dir, "data-secret", "key"), "secret");
	places = new Places([{ name: "Data", path: join(dir, "data") }]);
});

test("what lies in a root is allowed, there already or not", () => {
	expect(places.check(join(dir, "data"))).toBe(join(dir, "data"));
	expect(places.check(join(dir, "data", "new", "file.jsonl"))).toBe(join(dir, "data", "new", "file.jsonl"));
});

test.each([
	["a neighbour whose name begins alike", "data-secret/key"],
	["a way out by dots", "data/../data-secret/key"],
	["the folder above", "."],
])("%s is refused", (_, path) => {
	expect(() => places.check(`${dir}/${path}`)).toThrow(/outside the folders/);
});

test("a relative path is refused, whatever the working directory", () => {
	expect(() => places.check("package.json")).toThrow(/outside the folders/);
});

test("a link inside a root that leads out is refused", () => {
	symlinkSync(join(dir, "data-secret"), join(dir, "data", "link"));
	expect(() => places.check(join(dir, "data", "link", "key"))).toThrow(/outside the folders/);
	expect(() => places.check(join(dir, "data", "link", "not-there-yet"))).toThrow(/outside the folders/);
});

test("what was picked is allowed from then on, with what is below it", () => {
	expect(() => places.check(join(dir, "picked", "a.csv"))).toThrow();
	places.grant(join(dir, "picked"));
	expect(places.check(join(dir, "picked", "a.csv"))).toBe(join(dir, "picked", "a.csv"));
});
