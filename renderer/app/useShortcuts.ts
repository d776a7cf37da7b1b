import { useEffect, useRef } from "react";
import { offerShortcuts, type Shortcut } from "./shortcuts.ts";

/** Offers a screen's shortcuts while it is mounted; what they do may change from render to render. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
	const latest = useRef(shortcuts);
	latest.current = shortcuts;
	// The keys decide when to offer anew; the functions are looked up when pressed.
	const offer = JSON.stringify(shortcuts.map(({ keys, label }) => [keys, label]));
	useEffect(() => {
		const named = JSON.parse(offer) as [string, string][];
		return offerShortcuts(
			named.map(([keys, label], i) => ({ keys, label, run: () => latest.current[i]?.run() })),
		);
	}, [offer]);
}
