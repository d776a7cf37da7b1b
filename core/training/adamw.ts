/** Trained tensors by name. */
export type Parameters = Map<string, Float32Array>;

export interface AdamWSettings {
	readonly betas: readonly [number, number];
	readonly eps: number;
	readonly weightDecay: number;
}

/** First and second moments, by tensor name, and the number of updates made. */
export interface AdamWState {
	step: number;
	readonly first: Parameters;
	readonly second: Parameters;
}

export function newAdamWState(parameters: Parameters): AdamWState {
	const zeros = () => new Map([...parameters].map(([name, p]) => [name, new Float32Array(p.length)]));
	return { step: 0, first: zeros(), second: zeros() };
}

/**
 * One AdamW update in place, as torch.optim.AdamW computes it: decoupled weight decay, bias-corrected moments.
 * `decays` says which tensors decay (norms and biases do not); `scale` multiplies every gradient (clipping).
 */
export function adamW(
	parameters: Parameters,
	gradients: Parameters,
	state: AdamWState,
	settings: AdamWSettings & { lr: number; scale: number; decays: (name: string) => boolean },
): void {
	const { betas, eps, lr, scale, weightDecay, decays } = settings;
	const [beta1, beta2] = betas;
	const [rest1, rest2] = [1 - beta1, 1 - beta2];
	state.step++;
	// lr / c1 * m / (sqrt(v) / c2 + eps), with both bias corrections taken out of the loop.
	const secondCorrection = Math.sqrt(1 - beta2 ** state.step);
	const stepSize = (lr / (1 - beta1 ** state.step)) * secondCorrection;
	const offset = eps * secondCorrection;
	for (const [name, p] of parameters) {
		const gradient = gradients.get(name);
		const m = state.first.get(name);
		const v = state.second.get(name);
		if (!gradient || !m || !v) throw new Error(`no gradient or moments for ${name}`);
		const keep = decays(name) ? 1 - lr * weightDecay : 1;
		const { length } = p;
		for (let i = 0; i < length; i++) {
			const g = (gradient[i] as number) * scale;
			const mi = beta1 * (m[i] as number) + rest1 * g;
			const vi = beta2 * (v[i] as number) + rest2 * g * g;
			m[i] = mi;
			v[i] = vi;
			p[i] = (p[i] as number) * keep - (stepSize * mi) / (Math.sqrt(vi) + offset);
		}
	}
}

/** Euclidean norm over all tensors. */
export function globalNorm(tensors: Parameters): number {
	let sum = 0;
	for (const tensor of tensors.values())
		for (let i = 0; i < tensor.length; i++) sum += (tensor[i] as number) ** 2;
	return Math.sqrt(sum);
}

/** Factor that brings a gradient of this norm down to `maxNorm`, as torch's clip_grad_norm_ computes it. */
export function clipScale(norm: number, maxNorm: number): number {
	return Math.min(1, maxNorm / (norm + 1e-6));
}

/** Adds `source` into `target`, tensor by tensor; takes over tensors that `target` does not have yet. */
export function accumulate(target: Parameters, source: Parameters): void {
	for (const [name, from] of source) {
		const into = target.get(name);
		if (!into) target.set(name, from);
		else for (let i = 0; i < into.length; i++) into[i] = (into[i] as number) + (from[i] as number);
	}
}
