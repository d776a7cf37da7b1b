import type { Browser } from "playwright";

/** One figure of the interface, with what it should be. */
export interface Row {
	name: string;
	value: number;
	unit: string;
	/** What the figure is held to; absent where it only informs. */
	target?: { least?: number; most?: number };
}

/** A case of `npm run bench:ui`. */
export interface UiBench {
	name: string;
	run: (browser: Browser) => Promise<Row[]>;
}
