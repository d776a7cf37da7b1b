import { type GradientRule, NO_GRADIENT } from "../rule.ts";
import { addGradient } from "./add.ts";
import { castGradient } from "./cast.ts";
import { concatGradient } from "./concat.ts";
import { divGradient } from "./div.ts";
import { expGradient } from "./exp.ts";
import { expandGradient } from "./expand.ts";
import { gatherRowsGradient } from "./gatherRows.ts";
import { geluTanhGradient } from "./geluTanh.ts";
import { logGradient } from "./log.ts";
import { logSoftmaxGradient } from "./logSoftmax.ts";
import { matmulGradient } from "./matmul.ts";
import { minGradient } from "./min.ts";
import { mulGradient } from "./mul.ts";
import { negGradient } from "./neg.ts";
import { pickGradient } from "./pick.ts";
import { powGradient } from "./pow.ts";
import { reduceMeanGradient } from "./reduceMean.ts";
import { reduceSumGradient } from "./reduceSum.ts";
import { reshapeGradient } from "./reshape.ts";
import { rmsNormGradient } from "./rmsNorm.ts";
import { rotaryGradient } from "./rotary.ts";
import { shiftGradient } from "./shift.ts";
import { sigmoidGradient } from "./sigmoid.ts";
import { siluGradient } from "./silu.ts";
import { softmaxGradient } from "./softmax.ts";
import { splitGradient } from "./split.ts";
import { subGradient } from "./sub.ts";
import { tanhGradient } from "./tanh.ts";
import { transposeGradient } from "./transpose.ts";

/** The gradient of every op that the builders of `graph/ops` make. */
export const gradientRules: Readonly<Record<string, GradientRule | typeof NO_GRADIENT>> = {
	Add: addGradient,
	Cast: castGradient,
	Concat: concatGradient,
	Div: divGradient,
	Exp: expGradient,
	Expand: expandGradient,
	FastGelu: geluTanhGradient,
	FusedMatMul: matmulGradient,
	Gather: gatherRowsGradient,
	GatherElements: pickGradient,
	Gemm: matmulGradient,
	Log: logGradient,
	LogSoftmax: logSoftmaxGradient,
	Min: minGradient,
	Mul: mulGradient,
	Neg: negGradient,
	Pad: shiftGradient,
	Pow: powGradient,
	QuickGelu: siluGradient,
	ReduceMean: reduceMeanGradient,
	ReduceSum: reduceSumGradient,
	Reshape: reshapeGradient,
	RotaryEmbedding: rotaryGradient,
	Sigmoid: sigmoidGradient,
	SimplifiedLayerNormalization: rmsNormGradient,
	Softmax: softmaxGradient,
	Split: splitGradient,
	Sub: subGradient,
	Tanh: tanhGradient,
	Transpose: transposeGradient,

	GatherND: NO_GRADIENT,
	GreaterOrEqual: NO_GRADIENT,
	Identity: NO_GRADIENT, // stopGradient
	LessOrEqual: NO_GRADIENT,
	OneHot: NO_GRADIENT,
	Range: NO_GRADIENT,
	ScatterElements: NO_GRADIENT,
	Shape: NO_GRADIENT,
};
