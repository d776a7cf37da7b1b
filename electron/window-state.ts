import { z } from "zod";

/** Smallest window that shows every screen whole, in density-independent pixels. */
export const MIN_SIZE = { width: 1024, height: 640 } as const;
const DEFAULT_SIZE = { width: 1440, height: 900 } as const;

/** How much of a window must lie on a display to be grasped there. */
const VISIBLE = { width: 200, height: 100 } as const;

export interface Bounds {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
}

const windowStateSchema = z.strictObject({
	x: z.int(),
	y: z.int(),
	width: z.int().min(1),
	height: z.int().min(1),
	maximized: z.boolean(),
});

export interface Placement {
	readonly bounds: Bounds;
	readonly maximized: boolean;
}

/**
 * Where to open the window: where it was, if enough of it can be seen there. A display may be gone, or smaller than it
 * was; the window is then centred on the first one. `displays` are the work areas, the main one first.
 */
export function placeWindow(saved: unknown, displays: readonly Bounds[]): Placement {
	const main = displays[0] ?? { x: 0, y: 0, ...DEFAULT_SIZE };
	const parsed = windowStateSchema.safeParse(saved);
	const wanted = parsed.success ? parsed.data : null;
	if (wanted !== null && displays.some((display) => graspable(wanted, display))) {
		const { maximized, ...bounds } = wanted;
		return { bounds: { ...bounds, ...atLeastMinimum(bounds) }, maximized };
	}
	const { width, height } = atLeastMinimum({
		width: Math.min(wanted?.width ?? DEFAULT_SIZE.width, main.width),
		height: Math.min(wanted?.height ?? DEFAULT_SIZE.height, main.height),
	});
	const bounds = {
		x: Math.round(main.x + Math.max(0, main.width - width) / 2),
		y: Math.round(main.y + Math.max(0, main.height - height) / 2),
		width,
		height,
	};
	return { bounds, maximized: wanted?.maximized ?? false };
}

function atLeastMinimum({ width, height }: { width: number; height: number }) {
	return { width: Math.max(MIN_SIZE.width, width), height: Math.max(MIN_SIZE.height, height) };
}

/** The top edge must be on the display too: it is what the window is moved by. */
function graspable(window: Bounds, display: Bounds): boolean {
	const across = overlap(window.x, window.width, display.x, display.width);
	const down = overlap(window.y, window.height, display.y, display.height);
	return across >= VISIBLE.width && down >= VISIBLE.height && window.y >= display.y;
}

function overlap(a: number, aLength: number, b: number, bLength: number): number {
	return Math.min(a + aLength, b + bLength) - Math.max(a, b);
}
