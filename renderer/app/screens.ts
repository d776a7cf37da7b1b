import { type ComponentType, type LazyExoticComponent, lazy } from "react";
import { PLACES } from "./shortcuts.ts";

export interface Screen {
	/** Pattern of wouter, such as `/runs/:id`. */
	path: string;
	/** Which item of the sidebar it belongs to: its `href`. */
	place: string;
	Component: LazyExoticComponent<ComponentType>;
}

type Page = () => Promise<{ default: ComponentType }>;

function screen(place: string, page: Page, ...more: string[]): Screen[] {
	const Component = lazy(page);
	return [place, ...more].map((path) => ({ path, place: `#${place}`, Component }));
}

/** Every screen; each is a bundle of its own, so that the first paint waits for none but the one shown. */
export const SCREENS: readonly Screen[] = [
	...screen("/", () => import("../features/home/Home.tsx")),
	...screen("/data", () => import("../features/data/DataPage.tsx"), "/data/:id"),
	...screen("/models", () => import("../features/models/ModelsPage.tsx"), "/models/:id"),
	...screen("/runs", () => import("../features/runs/RunsPage.tsx")),
	...screen("/runs/:id", () => import("../features/runs/RunPage.tsx")),
	...screen("/train", () => import("../features/train/Train.tsx")),
	...screen("/sweeps", () => import("../features/sweeps/SweepsPage.tsx")),
	...screen("/sweeps/:id", () => import("../features/sweeps/SweepPage.tsx")),
	...screen("/compare", () => import("../features/compare/ComparePage.tsx")),
	...screen("/export", () => import("../features/export/ExportPage.tsx")),
	...screen("/playground", () => import("../features/playground/PlaygroundPage.tsx")),
	...screen("/settings", () => import("../features/settings/Settings.tsx")),
];

/** Name of the sidebar's place for the breadcrumb. */
export function placeLabel(place: string): string {
	return PLACES.find(({ route }) => `#${route}` === place)?.label ?? "Settings and devices";
}
