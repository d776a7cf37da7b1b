import { Suspense, useEffect, useState } from "react";
import { Route, Router, Switch } from "wouter";

import { NAV_FOOT, NAV_GROUPS } from "../nav.ts";
import {
	AppFrame,
	Breadcrumb,
	ButtonLink,
	EmptyState,
	type NavItem,
	NotificationBell,
	SearchButton,
	Sidebar,
	UiProvider,
	useTheme,
} from "../ui/index.ts";
import { CommandPalette } from "./CommandPalette.tsx";
import { useCrumb } from "./crumb.ts";
import { DeviceMeter } from "./DeviceMeter.tsx";
import { DropTarget } from "./DropTarget.tsx";
import { ErrorBoundary } from "./ErrorBoundary.tsx";
import { useHashPath, useHashQuery } from "./hash-route.ts";
import { PickerDialog } from "./PickerDialog.tsx";
import { ShortcutHelp } from "./ShortcutHelp.tsx";
import { StudioStatus } from "./StudioStatus.tsx";
import { placeLabel, SCREENS } from "./screens.ts";
import { listenForShortcuts, placeShortcuts } from "./shortcuts.ts";
import { isTraining, type StudioState, startStudio, useStudio } from "./store.ts";
import { useShortcuts } from "./useShortcuts.ts";

export function App() {
	return (
		<UiProvider>
			<Router hook={useHashPath} searchHook={useHashQuery}>
				<Frame />
			</Router>
		</UiProvider>
	);
}

function Frame() {
	useEffect(startStudio, []);
	useEffect(() => listenForShortcuts(() => useStudio.getState().settings?.singleKeys ?? true), []);
	useAppearance();
	const [palette, setPalette] = useState(false);
	const [help, setHelp] = useState(false);
	useShortcuts([
		...placeShortcuts(),
		{ keys: "mod+K", label: "Search or run a command", run: () => setPalette(true) },
		{ keys: "?", label: "Show all shortcuts", run: () => setHelp(true) },
	]);
	const [location] = useHashPath();
	const counts = useCounts();
	const place = placeOf(location);
	const crumb = useCrumb((state) => state.label);
	const label = placeLabel(place);
	const groups = NAV_GROUPS.map((items) => items.map((item) => ({ ...item, ...counts[item.href] })));
	return (
		<>
			<AppFrame
				crumbs={
					<Breadcrumb crumbs={crumb === null ? [{ label }] : [{ label, href: place }, { label: crumb }]} />
				}
				search={<SearchButton onClick={() => setPalette(true)} />}
				tools={<NotificationBell />}
				sidebar={<Sidebar groups={groups} foot={NAV_FOOT} current={place} device={<DeviceMeter />} />}
				status={<StudioStatus />}
			>
				<ErrorBoundary route={location}>
					<Suspense fallback={null}>
						<Switch>
							{SCREENS.map(({ path, Component }) => (
								<Route key={path} path={path} component={Component} />
							))}
							<Route>
								<EmptyState title="There is nothing here" action={<ButtonLink href="#/">Home</ButtonLink>}>
									No screen has the address {location}.
								</EmptyState>
							</Route>
						</Switch>
					</Suspense>
				</ErrorBoundary>
			</AppFrame>
			<DropTarget />
			<PickerDialog />
			<CommandPalette open={palette} onClose={() => setPalette(false)} />
			<ShortcutHelp open={help} onClose={() => setHelp(false)} />
		</>
	);
}

/** The sidebar's item that a location belongs to. */
function placeOf(location: string): string {
	const first = location.split(/[/?]/)[1] ?? "";
	return `#/${first}`;
}

/** Counts and live marks of the sidebar. */
function useCounts(): Record<string, Pick<NavItem, "count" | "live">> {
	const { data, models, runs, sweeps } = useStudio();
	const training = (runs ?? []).filter(isTraining).length;
	const sweeping = (sweeps ?? []).filter(({ state }) => state === "running").length;
	const counted = (list: StudioState["data"] | StudioState["models"]) =>
		list === null ? {} : { count: list.length };
	return {
		"#/data": counted(data),
		"#/models": counted(models),
		"#/runs": {
			...(runs === null ? {} : { count: runs.length }),
			...(training > 0 ? { live: `${training} ${training === 1 ? "run" : "runs"} training` } : {}),
		},
		"#/sweeps": {
			...(sweeps === null ? {} : { count: sweeps.length }),
			...(sweeping > 0 ? { live: `${sweeping} ${sweeping === 1 ? "sweep" : "sweeps"} training` } : {}),
		},
	};
}

/** Theme, motion and zoom as the settings say, here and in every other window. */
function useAppearance(): void {
	const settings = useStudio((state) => state.settings);
	const setChoice = useTheme((state) => state.setChoice);
	const setMotion = useTheme((state) => state.setMotion);
	useEffect(() => {
		if (settings === null) return;
		setChoice(settings.theme);
		setMotion(settings.motion);
		document.documentElement.style.zoom = settings.zoom === 100 ? "" : `${settings.zoom}%`;
	}, [settings, setChoice, setMotion]);
}
