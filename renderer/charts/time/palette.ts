/** Colours as the canvas needs them: CSS variables and mixes resolved in the theme that is on. */
export interface Palette {
	surface: string;
	grid: string;
	axis: string;
	text: string;
	text2: string;
	text3: string;
	bad: string;
	font: string;
	/** Resolves any CSS colour. */
	color: (css: string) => string;
}

export function readPalette(host: HTMLElement): Palette {
	const style = getComputedStyle(host);
	const probe = document.createElement("span");
	probe.hidden = true;
	host.append(probe);
	const seen = new Map<string, string>();
	const color = (css: string) => {
		let known = seen.get(css);
		if (known === undefined) {
			host.append(probe);
			probe.style.color = css;
			known = getComputedStyle(probe).color;
			probe.remove();
			seen.set(css, known);
		}
		return known;
	};
	const palette = {
		surface: color("var(--surface)"),
		grid: color("var(--grid)"),
		axis: color("var(--axis)"),
		text: color("var(--text)"),
		text2: color("var(--text-2)"),
		text3: color("var(--text-3)"),
		bad: color("var(--bad)"),
		font: style.getPropertyValue("--sans") || "sans-serif",
		color,
	};
	probe.remove();
	return palette;
}

const themeListeners = new Set<() => void>();
let watching = false;

/** Tells when the theme or forced colours change; returns the unsubscribe. */
export function onThemeChange(listener: () => void): () => void {
	themeListeners.add(listener);
	if (!watching) {
		watching = true;
		const tell = () => {
			for (const l of themeListeners) l();
		};
		new MutationObserver(tell).observe(document.documentElement, {
			attributeFilter: ["data-theme", "class"],
		});
		matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell);
		matchMedia("(forced-colors: active)").addEventListener("change", tell);
		void document.fonts.ready.then(tell);
	}
	return () => themeListeners.delete(listener);
}

/** Runs `draw` with the page's colours of `theme`, then puts the theme back before anything is painted. */
export function withTheme(theme: "light" | "dark", draw: () => void): void {
	const root = document.documentElement;
	const before = root.dataset.theme;
	root.dataset.theme = theme;
	try {
		draw();
	} finally {
		if (before === undefined) delete root.dataset.theme;
		else root.dataset.theme = before;
	}
}
