import { useSyncExternalStore } from "react";

/** Whether the window is narrower than so many px of the interface, which the app's own zoom makes larger. */
export function useNarrow(px: number): boolean {
	return useSyncExternalStore(
		(changed) => {
			const observer = new ResizeObserver(changed);
			observer.observe(document.body);
			return () => observer.disconnect();
		},
		() => document.body.clientWidth < px,
	);
}
