import { Series } from "../data/series.ts";

/** A repeatable random stream in 0 to 1. */
export function random(seed: number): () => number {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 4_294_967_296;
	};
}

/** Standard normal draws by Box and Muller. */
export function normal(seed: number): () => number {
	const u = random(seed);
	return () => Math.sqrt(-2 * Math.log(u() || 1e-9)) * Math.cos(2 * Math.PI * u());
}

const stepS = 25.7;
const stepsPerEpoch = 584;
const place = (step: number) => ({ step, timeS: step * stepS, epoch: step / stepsPerEpoch });

/** A curve that decays from `from` to `to` over `tau` steps, with noise that is a share of its height. */
export function decay(
	seed: number,
	from: number,
	to: number,
	tau: number,
	noise: number,
	steps = 1_312,
): Series {
	const z = normal(seed);
	const series = new Series();
	for (let step = 1; step <= steps; step += 4) {
		const mean = to + (from - to) * Math.exp(-step / tau);
		series.append({ ...place(step), value: Math.max(0, mean * (1 + noise * z())) });
	}
	return series;
}

/** Held-out accuracy in per cent with its 95 % interval on `n` problems. */
export function accuracy(
	seed: number,
	from: number,
	to: number,
	every = 50,
	steps = 1_300,
	n = 1_000,
): Series {
	const z = normal(seed);
	const series = new Series();
	for (let step = 0; step <= steps; step += every) {
		const value = to - (to - from) * Math.exp(-step / 330) + (step === 0 ? 0 : 0.35 * z());
		const half = 196 * Math.sqrt(((value / 100) * (1 - value / 100)) / n);
		series.append({ ...place(step), value, low: value - half, high: value + half, n });
	}
	return series;
}

/** A smooth curve through its function of the step. */
export function curve(f: (step: number) => number, noise = 0, seed = 1, steps = 1_312): Series {
	const z = normal(seed);
	const series = new Series();
	for (let step = 1; step <= steps; step += 4)
		series.append({ ...place(step), value: f(step) + noise * z() });
	return series;
}

/** The importance weight's median with p10 and p90 against the cap at e. */
export function weights(): Series {
	const z = normal(9);
	const series = new Series();
	for (let step = 1; step <= 1_312; step += 4) {
		const grow = 1 - Math.exp(-step / 200);
		series.append({
			...place(step),
			value: 1 - 0.09 * grow,
			low: Math.max(0.02, 1 - 0.7 * grow + 0.02 * z()),
			high: Math.min(Math.E, 1 + 1.72 * grow + 0.03 * z()),
		});
	}
	return series;
}

/** A run that loses its numbers for a while, and one metric that is not measured for some steps. */
export function broken(): Series {
	const z = normal(5);
	const series = new Series();
	for (let step = 1; step <= 800; step += 2) {
		const value =
			step > 300 && step < 380
				? null
				: step >= 560 && step < 570
					? Number.NaN
					: 0.4 + 0.5 * Math.exp(-step / 120) + 0.03 * z();
		series.append({ ...place(step), value });
	}
	return series;
}
