const GROUPS = /\B(?=(\d{3})+(?!\d))/g;
const MINUS = "−";

/** What stands where there is no value. */
export const NONE = "n/a";

type Maybe = number | null | undefined;
const absent = (value: Maybe): value is null | undefined => value === null || value === undefined;

/** A number that is no finite one, in words. */
function odd(value: number): string | undefined {
	if (Number.isNaN(value)) return "NaN";
	if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
	return undefined;
}

/** A plain decimal with thousands grouped and a true minus. */
function grouped(decimal: string): string {
	const negative = decimal.startsWith("-");
	const [whole = "0", part] = (negative ? decimal.slice(1) : decimal).split(".");
	const text = part === undefined ? whole.replace(GROUPS, ",") : `${whole.replace(GROUPS, ",")}.${part}`;
	return negative && /[1-9]/.test(text) ? MINUS + text : text;
}

/** Powers as people type them: `5e-7`. Their minus stays a hyphen, so that the text can be copied into a setting. */
function scientific(value: number, digits: number): string {
	const [mantissa = "0", exponent = "0"] = value.toExponential(digits - 1).split("e");
	const short = Number(mantissa).toString().replace("-", MINUS);
	return `${short}e${Number(exponent)}`;
}

/** A whole number: `1,312`. */
export function count(value: Maybe): string {
	if (absent(value)) return NONE;
	return odd(value) ?? grouped(Math.round(value).toFixed(0));
}

/** A setting or measure, as short as it is exact to `digits` figures: `0.03`, `5e-7`, `1,024`. */
export function number(value: Maybe, digits = 6): string {
	if (absent(value)) return NONE;
	const text = odd(value);
	if (text !== undefined) return text;
	const size = Math.abs(value);
	if (size !== 0 && (size < 1e-3 || size >= 1e9)) return scientific(value, digits);
	if (Number.isInteger(value)) return grouped(value.toFixed(0));
	const short = Number(value.toPrecision(digits));
	return grouped(short.toString());
}

/** A number with a fixed count of decimals, for columns and live values: `0.112`, `−0.67`. */
export function fixed(value: Maybe, decimals: number): string {
	if (absent(value)) return NONE;
	return odd(value) ?? grouped(value.toFixed(decimals));
}

/** `fixed` with its sign always shown: `+0.51`, `−0.67`, `0.00`. */
export function signed(value: Maybe, decimals: number): string {
	const text = fixed(value, decimals);
	return absent(value) || !(value > 0) || !/[1-9∞]/.test(text) ? text : `+${text}`;
}

/** A share from 0 to 1 as a percentage: `87.4 %`. */
export function percent(share: Maybe, decimals = 1): string {
	if (absent(share)) return NONE;
	return odd(share) ?? `${grouped((share * 100).toFixed(decimals))} %`;
}

/** Half the width of a 95 % interval: `± 2.0`. */
export function plusMinus(half: Maybe, decimals = 1): string {
	return absent(half) ? NONE : `± ${fixed(Math.abs(half), decimals)}`;
}

const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** A size in decimal units with three figures: `15.2 GB`, `412 GB`, `934 B`. */
export function bytes(value: Maybe): string {
	if (absent(value)) return NONE;
	const text = odd(value);
	if (text !== undefined) return text;
	let size = Math.abs(value);
	let unit = 0;
	// 999.5 would round to 1,000 of its unit: it belongs to the next.
	while (size >= 999.5 && unit < BYTE_UNITS.length - 1) {
		size /= 1000;
		unit++;
	}
	const decimals = unit === 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
	const trimmed = decimals === 2 ? Number(size.toFixed(2)).toFixed(1) : size.toFixed(decimals);
	return `${value < 0 ? MINUS : ""}${grouped(trimmed)} ${BYTE_UNITS[unit]}`;
}

/** An elapsed or remaining time by its two largest parts: `2 d 11 h`, `11 h 28 m`, `2 m 05 s`, `38 s`, `214 ms`. */
export function duration(ms: Maybe): string {
	if (absent(ms)) return NONE;
	const text = odd(ms);
	if (text !== undefined) return text;
	const size = Math.abs(ms);
	const sign = ms < 0 ? MINUS : "";
	if (size < 999.5) return `${sign}${Math.round(size)} ms`;
	if (size < 9_950) return `${sign}${(size / 1000).toFixed(1)} s`;
	const seconds = Math.round(size / 1000);
	if (seconds < 60) return `${sign}${seconds} s`;
	if (seconds < 3600) return `${sign}${Math.floor(seconds / 60)} m ${pad(seconds % 60)} s`;
	const minutes = Math.round(seconds / 60);
	if (minutes < 1440) return `${sign}${Math.floor(minutes / 60)} h ${pad(minutes % 60)} m`;
	const hours = Math.round(minutes / 60);
	return `${sign}${Math.floor(hours / 24)} d ${hours % 24} h`;
}

const pad = (value: number) => String(value).padStart(2, "0");
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;

/** Calendar days from `a` to `b` in local time; a day with a clock change counts as one. */
function daysBetween(a: Date, b: Date): number {
	const day = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
	return Math.round((day(b) - day(a)) / 86_400_000);
}

/** A date: `24 Nov`, with its year when that is another one. */
export function date(when: Date | number, now: Date | number = Date.now()): string {
	const day = new Date(when);
	const text = `${day.getDate()} ${MONTHS[day.getMonth()]}`;
	return day.getFullYear() === new Date(now).getFullYear() ? text : `${text} ${day.getFullYear()}`;
}

/** A time of day as people say it: `today at 19:57`, `tomorrow at 02:04`, `Friday at 08:30`, `3 Dec at 11:00`. */
export function clock(when: Date | number, now: Date | number = Date.now()): string {
	const moment = new Date(when);
	const days = daysBetween(new Date(now), moment);
	const time = `${pad(moment.getHours())}:${pad(moment.getMinutes())}`;
	if (days === 0) return `today at ${time}`;
	if (days === 1) return `tomorrow at ${time}`;
	if (days === -1) return `yesterday at ${time}`;
	if (Math.abs(days) < 7) return `${DAYS[moment.getDay()]} at ${time}`;
	return `${date(moment, now)} at ${time}`;
}

/** How long ago: `now`, `38 s ago`, `12 m ago`, `3 h ago`, `5 d ago`, then the date. */
export function ago(when: Date | number, now: Date | number = Date.now()): string {
	const seconds = Math.floor((Number(now) - Number(when)) / 1000);
	if (seconds < 5) return "now";
	if (seconds < 60) return `${seconds} s ago`;
	if (seconds < 3600) return `${Math.floor(seconds / 60)} m ago`;
	if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
	if (seconds < 14 * 86_400) return `${Math.floor(seconds / 86_400)} d ago`;
	return date(when, now);
}

/** A count with its noun: `1 run`, `1,312 runs`. */
export function plural(value: number, one: string, many = `${one}s`): string {
	return `${count(value)} ${value === 1 ? one : many}`;
}
