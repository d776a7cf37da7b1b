import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import type { XAxis } from "../data/series.ts";
import { ChartGroupState } from "./group.ts";

const GroupContext = createContext<ChartGroupState | null>(null);

export interface ChartGroupProps {
	x?: XAxis;
	children: ReactNode;
}

/** Charts inside share the x axis, the crosshair, the zoom and the legend. */
export function ChartGroup({ x = "step", children }: ChartGroupProps) {
	const [group] = useState(() => new ChartGroupState());
	useEffect(() => group.setX(x), [group, x]);
	useEffect(() => () => group.dispose(), [group]);
	return <GroupContext value={group}>{children}</GroupContext>;
}

/** The group around a chart, or one of its own. */
export function useChartGroup(): ChartGroupState {
	const outer = useContext(GroupContext);
	const [own] = useState(() => new ChartGroupState());
	return outer ?? own;
}
