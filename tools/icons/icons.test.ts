import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { icns, ico } from "./containers.ts";

const read = (name: string) =>
	readFileSync(fileURLToPath(new URL(`../../resources/icons/${name}`, import.meta.url)));
/** Width in a PNG's header. */
const widthOf = (png: Buffer) => {
	expect(png.subarray(1, 4).toString()).toBe("PNG");
	return png.readUInt32BE(16);
};

it("the Windows icon holds a picture of each size where its table says", () => {
	const file = read("icon.ico");
	const sizes = Array.from({ length: file.readUInt16LE(4) }, (_, index) => {
		const at = 6 + 16 * index;
		const offset = file.readUInt32LE(at + 12);
		return widthOf(file.subarray(offset, offset + file.readUInt32LE(at + 8)));
	});
	expect(sizes).toEqual([16, 32, 48, 256]);
});

it("the Apple icon is whole", () => {
	const file = read("icon.icns");
	expect(file.subarray(0, 4).toString()).toBe("icns");
	expect(file.readUInt32BE(4)).toBe(file.length);
	const sizes: number[] = [];
	for (let at = 8; at < file.length; at += file.readUInt32BE(at + 4))
		sizes.push(widthOf(file.subarray(at + 8)));
	expect(sizes).toEqual([32, 64, 128, 256, 512]);
});

it("the pictures for Linux and the tray have their sizes", () => {
	expect(widthOf(read("icon.png"))).toBe(512);
	expect(widthOf(read("tray.png"))).toBe(32);
});

it("containers are laid out by the book", () => {
	const png = { size: 256, bytes: Buffer.from("picture") };
	expect([...ico([png]).subarray(0, 10)]).toEqual([0, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
	expect(icns([png]).toString("latin1")).toBe(`icns\0\0\0\x17ic08\0\0\0\x0fpicture`);
	expect(() => icns([{ size: 100, bytes: png.bytes }])).toThrow("100 pixels");
});
