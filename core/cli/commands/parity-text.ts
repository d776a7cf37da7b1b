import type { ParityCheck, ParityDifference, ParityResult } from "../../contract/parity.ts";
import type { ParityReport } from "../../engine/parity.ts";
import { table } from "../format.ts";

const VERDICTS: Record<ParityResult["verdict"], string> = {
	equal: "equal, up to the rounding of 32-bit numbers",
	close:
		"close: as far off as reduced-precision products (TF32) are; training there is sound, but its numbers are its own",
	different: "DIFFERENT: do not train on it, and report this",
	failed: "FAILED: not all could be computed; do not train on it",
};

/** What a comparison found, as text. */
export function parityText(report: ParityReport): string {
	if ("error" in report) return `${report.provider}: ${VERDICTS.failed}\n  ${report.error}`;
	const { provider, reference, verdict, checks } = report;
	const rows = checks.map((check) => [check.what, ...cellsOf(check, provider)]);
	const heading = [
		"computed",
		"furthest off (relative)",
		"gradients",
		"tokens",
		"ms, reference / it",
		`nodes on ${provider} / CPU`,
	];
	const elsewhere = provider === "cpu" ? [] : checks.flatMap((check) => fallbackLine(check, provider));
	return [
		`${provider} against ${reference}: ${VERDICTS[verdict]}`,
		table([heading, ...rows]),
		...checks.flatMap(({ what, error }) => (error === null ? [] : [`  ${what}: ${error}`])),
		...elsewhere,
	].join("\n");
}

function cellsOf(
	{ differences, tokens, referenceMs, ms, placement, error }: ParityCheck,
	provider: string,
): string[] {
	if (error !== null) return ["failed"];
	const others = differences.filter(({ what }) => what !== "gradients");
	const worst = others.reduce<ParityDifference | null>(
		(most, one) => (most === null || one.maxRelative > most.maxRelative ? one : most),
		null,
	);
	const gradients = differences.find(({ what }) => what === "gradients");
	const count = (own: boolean) =>
		placement.filter((one) => (one.provider === provider) === own).reduce((sum, { nodes }) => sum + nodes, 0);
	return [
		worst === null ? "" : `${worst.maxRelative.toExponential(1)} ${worst.what}`,
		gradients === undefined ? "" : gradients.maxRelative.toExponential(1),
		tokens === null ? "" : `${tokens.equal} of ${tokens.all}`,
		`${referenceMs?.toFixed(1)} / ${ms?.toFixed(1)}`,
		`${count(true)} / ${count(false)}`,
	];
}

/** The ops that fell back to the CPU, the most frequent first. */
function fallbackLine({ what, placement }: ParityCheck, provider: string): string[] {
	const fallen = placement.filter((one) => one.provider !== provider);
	if (fallen.length === 0) return [];
	const ops = fallen.map(({ op, nodes }) => `${nodes} ${op}`);
	return [
		`  ${what}: on the CPU ${ops.slice(0, 8).join(", ")}${ops.length > 8 ? ` and ${ops.length - 8} more kinds` : ""}`,
	];
}

/** What `doctor --parity` says where there is nothing but the CPU. */
export const ALONE =
	"There is nothing to compare with: only the CPU works here. It was held against itself, unoptimised and on one\n" +
	"thread, which shows no more than that the comparison works.";
