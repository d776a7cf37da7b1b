import { create } from "zustand";

/** What the live region says now. */
export const useAnnouncement = create<{ text: string }>(() => ({ text: "" }));

/** Has screen readers say a milestone: a run started, an epoch ended, a run finished. Nothing that changes by the second. */
export function announce(text: string): void {
	useAnnouncement.setState({ text });
}
