import {
	Activity,
	Box,
	ChartNoAxesColumn,
	Database,
	House,
	LayoutGrid,
	MessageSquare,
	Settings,
	SlidersHorizontal,
	Upload,
} from "lucide-react";
import type { NavItem } from "./ui/index.ts";

/** The sidebar, in its order. */
export const NAV_GROUPS: readonly (readonly NavItem[])[] = [
	[
		{ label: "Home", icon: House, href: "#/", kbd: "G H" },
		{ label: "Data sets", icon: Database, href: "#/data", kbd: "G D" },
		{ label: "Models", icon: Box, href: "#/models", kbd: "G M" },
	],
	[
		{ label: "Train", icon: SlidersHorizontal, href: "#/train", kbd: "G T" },
		{ label: "Runs", icon: Activity, href: "#/runs", kbd: "G R" },
		{ label: "Sweeps", icon: LayoutGrid, href: "#/sweeps", kbd: "G S" },
		{ label: "Compare", icon: ChartNoAxesColumn, href: "#/compare", kbd: "G C" },
	],
	[
		{ label: "Playground", icon: MessageSquare, href: "#/playground", kbd: "G P" },
		{ label: "Export", icon: Upload, href: "#/export", kbd: "G E" },
	],
];

export const NAV_FOOT: readonly NavItem[] = [
	{ label: "Settings and devices", icon: Settings, href: "#/settings" },
];
