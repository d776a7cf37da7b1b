import type { Series, XAxis } from "../data/series.ts";

/** At most four redraws a second, however fast points arrive. */
export const frameMs = 250;

export interface Cursor {
	/** Position in the group's x unit. */
	x: number;
	/** The chart under the pointer or the keyboard; it alone shows the tooltip. */
	source: string;
}

/** What the charts of one screen share: the x axis, the crosshair, the zoom, the hidden runs, and one clock for live data. */
export class ChartGroupState {
	#x: XAxis = "step";
	#cursor: Cursor | null = null;
	#zoom: readonly [number, number] | null = null;
	#hidden: ReadonlySet<string> = new Set();
	#frame = 0;
	#dirty = false;
	#timer: ReturnType<typeof setTimeout> | null = null;
	#last = Number.NEGATIVE_INFINITY;
	readonly #listeners = new Set<() => void>();
	readonly #cursorListeners = new Set<() => void>();

	get x(): XAxis {
		return this.#x;
	}
	get cursor(): Cursor | null {
		return this.#cursor;
	}
	get zoom(): readonly [number, number] | null {
		return this.#zoom;
	}
	get hidden(): ReadonlySet<string> {
		return this.#hidden;
	}
	/** Rises with every redraw that is due. */
	get frame(): number {
		return this.#frame;
	}

	readonly subscribe = (listener: () => void): (() => void) => {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	};
	readonly subscribeCursor = (listener: () => void): (() => void) => {
		this.#cursorListeners.add(listener);
		return () => this.#cursorListeners.delete(listener);
	};

	/** Another x axis drops the zoom and the crosshair: their numbers mean something else there. */
	setX(x: XAxis): void {
		if (x === this.#x) return;
		this.#x = x;
		this.#zoom = null;
		this.setCursor(null);
		this.#bump();
	}

	setCursor(cursor: Cursor | null): void {
		if (cursor?.x === this.#cursor?.x && cursor?.source === this.#cursor?.source) return;
		this.#cursor = cursor;
		for (const listener of this.#cursorListeners) listener();
	}

	setZoom(zoom: readonly [number, number] | null): void {
		this.#zoom = zoom && zoom[1] > zoom[0] ? zoom : null;
		this.#bump();
	}

	toggle(key: string): void {
		const hidden = new Set(this.#hidden);
		if (!hidden.delete(key)) hidden.add(key);
		this.#hidden = hidden;
		this.#bump();
	}

	/** Follows the series' growth; returns the end of following. */
	track(series: readonly Series[]): () => void {
		const stops = series.map((s) => s.subscribe(this.#onData));
		return () => {
			for (const stop of stops) stop();
		};
	}

	readonly #onData = (): void => {
		if (this.#dirty) return;
		this.#dirty = true;
		const wait = Math.max(0, this.#last + frameMs - performance.now());
		this.#timer = setTimeout(this.#flush, wait);
	};

	readonly #flush = (): void => {
		this.#timer = null;
		this.#dirty = false;
		this.#last = performance.now();
		this.#bump();
	};

	/** Stops the clock; a later change starts it again. */
	dispose(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
		this.#dirty = false;
	}

	#bump(): void {
		this.#frame++;
		for (const listener of this.#listeners) listener();
	}
}
