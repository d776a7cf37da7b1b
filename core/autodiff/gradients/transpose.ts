import { transpose } from "../../graph/ops/index.ts";
import type { GradientRule } from "../rule.ts";

export const transposeGradient: GradientRule = ({ gradient, ints }) => {
	const permutation = ints("perm");
	return [
		transpose(
			gradient,
			permutation.map((_, i) => permutation.indexOf(i)),
		),
	];
};
