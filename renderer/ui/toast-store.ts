import { create } from "zustand";

export interface ToastInput {
	title: string;
	detail?: string;
	tone?: "neutral" | "good" | "bad" | "warn";
	/** One way on, such as "Open run". */
	action?: { label: string; onClick: () => void };
}

export interface ToastEntry extends ToastInput {
	id: number;
	/** In ms since 1970. */
	at: number;
	/** Still in the corner of the window. */
	open: boolean;
	read: boolean;
}

/** How many the bell keeps. */
const KEPT = 50;

interface ToastState {
	/** The newest first. */
	entries: readonly ToastEntry[];
	add: (input: ToastInput) => number;
	close: (id: number) => void;
	markRead: () => void;
	clear: () => void;
}

export const useToasts = create<ToastState>((set, get) => ({
	entries: [],
	add: (input) => {
		const id = (get().entries[0]?.id ?? 0) + 1;
		const entry: ToastEntry = { ...input, id, at: Date.now(), open: true, read: false };
		set(({ entries }) => ({ entries: [entry, ...entries].slice(0, KEPT) }));
		return id;
	},
	close: (id) =>
		set(({ entries }) => ({
			entries: entries.map((entry) => (entry.id === id ? { ...entry, open: false } : entry)),
		})),
	markRead: () => set(({ entries }) => ({ entries: entries.map((entry) => ({ ...entry, read: true })) })),
	clear: () => set(({ entries }) => ({ entries: entries.filter((entry) => entry.open) })),
}));

/** Tells of something that finished elsewhere. Errors do not belong here: they stay where they happened. */
export function toast(input: ToastInput): number {
	return useToasts.getState().add(input);
}
