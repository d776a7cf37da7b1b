import { Tooltip } from "radix-ui";
import { type ReactNode, useEffect } from "react";
import { useAnnouncement } from "./announce.ts";
import { VisuallyHidden } from "./Layout.tsx";
import { Toaster } from "./Toast.tsx";
import { followSystemTheme } from "./theme.ts";

function LiveRegion() {
	const text = useAnnouncement((state) => state.text);
	return (
		<VisuallyHidden>
			<span role="status">{text}</span>
		</VisuallyHidden>
	);
}

/** What the components need once, around the whole page. */
export function UiProvider({ children }: { children: ReactNode }) {
	useEffect(followSystemTheme, []);
	return (
		<Tooltip.Provider delayDuration={350}>
			{children}
			<Toaster />
			<LiveRegion />
		</Tooltip.Provider>
	);
}
