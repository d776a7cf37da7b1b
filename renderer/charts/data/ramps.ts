export type Theme = "light" | "dark";

/** The heat ramp of `styles/tokens.css` as numbers: text colour by contrast needs it; drawing uses the CSS variables. */
export const heatRamp: Record<Theme, readonly string[]> = {
	light: ["#eef1fd", "#d3dbfa", "#aebcf4", "#8397ea", "#5c73dd", "#3e55c6", "#283b9b"],
	dark: ["#1b2140", "#25305f", "#314186", "#4257b3", "#5f77dc", "#8a9ef3", "#c0cbff"],
};

function clamp01(t: number): number {
	return Math.min(1, Math.max(0, Number.isFinite(t) ? t : 0));
}

function mix(variable: string, last: number, t: number): string {
	const at = clamp01(t) * last;
	const below = Math.min(last - 1, Math.floor(at));
	const share = Math.round((at - below) * 100);
	return `color-mix(in oklab, var(--${variable}-${below + 1}) ${share}%, var(--${variable}-${below}))`;
}

/** CSS colour of value `v` in 0 to 1: ember to teal, mixed in OKLab. */
export function vColor(v: number): string {
	return mix("v", 8, v);
}

/** CSS colour of `t` in 0 to 1 on the heat ramp, low to high. */
export function heatColor(t: number): string {
	return mix("heat", 6, t);
}

/** Colours of runs; more than these are drawn by the heat ramp. */
export const RUN_COLORS = 8;

/** CSS colour of a run's slot, from 0. */
export function runColor(slot: number): string {
	return `var(--run-${(slot % RUN_COLORS) + 1})`;
}

type Rgb = [number, number, number];

function linear(hex: string): Rgb {
	const n = Number.parseInt(hex.slice(1), 16);
	const channel = (shift: number) => {
		const c = ((n >> shift) & 255) / 255;
		return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
	};
	return [channel(16), channel(8), channel(0)];
}

function toOklab([r, g, b]: Rgb): Rgb {
	const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
	const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
	const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
	return [
		0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
		1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
		0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
	];
}

function fromOklab([L, a, b]: Rgb): Rgb {
	const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
	const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
	const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
	return [
		4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
		-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
		-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
	];
}

/** WCAG relative luminance of `ramp` at `t`, mixed in OKLab. */
export function rampLuminance(ramp: readonly string[], t: number): number {
	const at = clamp01(t) * (ramp.length - 1);
	const below = Math.min(ramp.length - 2, Math.floor(at));
	const p = toOklab(linear(ramp[below] as string));
	const q = toOklab(linear(ramp[below + 1] as string));
	const f = at - below;
	const [r, g, b] = fromOklab([p[0] + (q[0] - p[0]) * f, p[1] + (q[1] - p[1]) * f, p[2] + (q[2] - p[2]) * f]);
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Black or white, whichever reads better on a surface of this luminance (at least 4.5:1). */
export function inkOn(luminance: number): "#000000" | "#ffffff" {
	return (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) ? "#000000" : "#ffffff";
}

/** Text colour on `heatColor(t)` in either theme. */
export function heatInk(t: number): string {
	const light = inkOn(rampLuminance(heatRamp.light, t));
	const dark = inkOn(rampLuminance(heatRamp.dark, t));
	return `light-dark(${light}, ${dark})`;
}
