import { create } from "zustand";
import { RUN_COLORS } from "../../app/colors.ts";

/** Runs that are coloured everywhere, by id, with the colour slot each keeps. */
export type Pins = Readonly<Record<string, number>>;

interface SweepPins {
	pins: Pins;
	/** The user chose; the best are no longer pinned by themselves. */
	chosen: boolean;
}

const NONE: SweepPins = { pins: {}, chosen: false };
/** As many of the best are pinned until the user chooses. */
const BEST_PINNED = 3;

/** Pinned runs of each sweep that was opened, while the window lives. */
const usePins = create<{ bySweep: Readonly<Record<string, SweepPins>> }>(() => ({ bySweep: {} }));

/** Pins for these runs: who is pinned already keeps its slot, the others take the lowest free ones. */
export function pinned(before: Pins, ids: readonly string[]): Pins {
	const pins: Record<string, number> = {};
	for (const id of ids) if (before[id] !== undefined) pins[id] = before[id];
	for (const id of ids) {
		if (pins[id] !== undefined) continue;
		const taken = new Set(Object.values(pins));
		const slot = Array.from({ length: RUN_COLORS }, (_, i) => i).find((i) => !taken.has(i));
		if (slot !== undefined) pins[id] = slot;
	}
	return pins;
}

/** The pins after a press of X; beyond eight nothing is added. */
export function toggled(pins: Pins, id: string): Pins {
	if (pins[id] === undefined) return pinned(pins, [...Object.keys(pins), id]);
	return pinned(
		pins,
		Object.keys(pins).filter((one) => one !== id),
	);
}

function change(sweepId: string, to: (before: SweepPins) => SweepPins): void {
	usePins.setState(({ bySweep }) => {
		const before = bySweep[sweepId] ?? NONE;
		const after = to(before);
		return after === before ? {} : { bySweep: { ...bySweep, [sweepId]: after } };
	});
}

export function useSweepPins(sweepId: string): Pins {
	return usePins(({ bySweep }) => (bySweep[sweepId] ?? NONE).pins);
}

/** The user pins or frees a run. */
export function togglePin(sweepId: string, runId: string): void {
	change(sweepId, ({ pins }) => ({ pins: toggled(pins, runId), chosen: true }));
}

/** Pins the first of the ranked runs until the user has chosen. */
export function pinBest(sweepId: string, ranked: readonly string[]): void {
	change(sweepId, (before) => {
		if (before.chosen) return before;
		const pins = pinned(before.pins, ranked.slice(0, BEST_PINNED));
		const same = JSON.stringify(pins) === JSON.stringify(before.pins);
		return same ? before : { pins, chosen: false };
	});
}
