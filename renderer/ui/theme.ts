import { create } from "zustand";

export type Theme = "light" | "dark";
export type ThemeChoice = Theme | "system";
export type MotionChoice = "system" | "reduced" | "full";

// public/theme.js reads the same keys before the first paint.
const THEME_KEY = "dqo.theme";
const MOTION_KEY = "dqo.motion";
const systemDark = () => matchMedia("(prefers-color-scheme: dark)");

function read(key: string): string | null {
	try {
		return localStorage.getItem(key);
	} catch {
		return null;
	}
}

function write(key: string, value: string): void {
	try {
		localStorage.setItem(key, value);
	} catch {
		// Storage is off: the choice holds until the window closes.
	}
}

function resolve(choice: ThemeChoice): Theme {
	if (choice !== "system") return choice;
	return systemDark().matches ? "dark" : "light";
}

function readTheme(): ThemeChoice {
	const stored = read(THEME_KEY);
	return stored === "light" || stored === "dark" ? stored : "system";
}

function readMotion(): MotionChoice {
	const stored = read(MOTION_KEY);
	return stored === "reduced" || stored === "full" ? stored : "system";
}

interface ThemeState {
	choice: ThemeChoice;
	/** What is shown: the choice, or the system's theme where the choice is "system". */
	theme: Theme;
	motion: MotionChoice;
	setChoice: (choice: ThemeChoice) => void;
	setMotion: (motion: MotionChoice) => void;
	/** To the other of light and dark. */
	toggle: () => void;
}

export const useTheme = create<ThemeState>((set, get) => ({
	choice: readTheme(),
	theme: resolve(readTheme()),
	motion: readMotion(),
	setChoice: (choice) => {
		write(THEME_KEY, choice);
		set({ choice, theme: resolve(choice) });
		document.documentElement.dataset.theme = resolve(choice);
	},
	setMotion: (motion) => {
		write(MOTION_KEY, motion);
		set({ motion });
		if (motion === "system") delete document.documentElement.dataset.motion;
		else document.documentElement.dataset.motion = motion;
	},
	toggle: () => get().setChoice(get().theme === "dark" ? "light" : "dark"),
}));

/** Keeps "system" true while the window is open; returns the way to stop. */
export function followSystemTheme(): () => void {
	const query = systemDark();
	const follow = () => {
		const { choice, setChoice } = useTheme.getState();
		if (choice === "system") setChoice("system");
	};
	query.addEventListener("change", follow);
	return () => query.removeEventListener("change", follow);
}
