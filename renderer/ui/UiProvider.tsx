import { Tooltip } from "radix-ui";
import { type ReactNode, useEffect } from "react";
import { followSystemTheme } from "./theme.ts";

/** What the components need once, around the whole page. */
export function UiProvider({ children }: { children: ReactNode }) {
	useEffect(followSystemTheme, []);
	return <Tooltip.Provider delayDuration={350}>{children}</Tooltip.Provider>;
}
