import { AppError } from "../../contract/errors.ts";
import { probe } from "../../engine/probe.ts";
import { type CudaNeed, checkCuda } from "../../runtime/cuda/check.ts";
import { NUGET_INDEX } from "../../runtime/cuda/download.ts";
import { type InstallProgress, install, planInstall } from "../../runtime/cuda/install.ts";
import { nativeFolder } from "../../runtime/cuda/library.ts";
import { type CommandContext, defineCommand } from "../command.ts";
import { byteSize, table } from "../format.ts";
import { flag, text, usageError } from "../options.ts";
import { path } from "./shared.ts";

export const cuda = defineCommand({
	name: "cuda",
	summary: "install and check what computing on NVIDIA GPUs needs",
	about:
		"npm brings ONNX Runtime without CUDA. `dqo cuda install` adds its CUDA libraries (about 250 MB, Linux x64) beside it,\n" +
		"looks for the driver, CUDA and cuDNN, which are yours to install, and computes on the GPU as a test.\n" +
		"`dqo cuda check` only looks.",
	positional: { name: "install|check", help: "what to do" },
	options: {
		from: path(
			"FILE",
			"take the libraries from a wheel of onnxruntime-gpu or a NuGet package, without internet",
		),
		index: text("URL", "NuGet's service index, or a mirror's", NUGET_INDEX),
		"dry-run": flag("say what would be fetched and written, and change nothing"),
		"without-driver": flag("install although no NVIDIA driver is found, to prepare an image"),
	},
	examples: [
		{ line: "dqo cuda install", does: "fetch, install and test" },
		{
			line: "dqo cuda install --from onnxruntime_gpu-1.30.0-cp311-cp311-manylinux_2_28_x86_64.whl",
			does: "the same from a file that `pip download --no-deps onnxruntime-gpu==1.30.0` fetched",
		},
		{ line: "dqo cuda check", does: "what is there, what is missing, and how to get it" },
	],
	async run(values, context, action) {
		const folder = nativeFolder();
		if (action === "check") return answer(await checkCuda(folder), []);
		if (action !== "install")
			throw usageError("dqo cuda: say what to do.", "`dqo cuda install` or `dqo cuda check`.");
		const [driver] = await checkCuda(folder);
		if (driver?.met === false && !values["without-driver"] && !values["dry-run"]) {
			throw new AppError({
				code: "provider-unavailable",
				message: `CUDA cannot be used here: ${driver.says}.`,
				hint: `First ${driver.remedy}. To install the libraries all the same: --without-driver.`,
			});
		}
		const plan = await planInstall({
			folder,
			from: values.from ?? null,
			index: values.index ?? NUGET_INDEX,
		});
		if (values["dry-run"]) {
			const size = plan.downloadBytes === null ? "" : ` (${byteSize(plan.downloadBytes)})`;
			const lines = [
				`Would take ONNX Runtime's CUDA libraries ${plan.version} from ${plan.source}${size}`,
				`and write them to ${plan.folder}: ${byteSize(plan.neededBytes)} needed, ${byteSize(plan.freeBytes)} free.`,
			];
			return { json: { dryRun: true, ...plan, needs: await checkCuda(folder) }, text: lines.join("\n") };
		}
		const files = await install(plan, (progress) => tell(progress, context));
		context.reporter.line("computing on the GPU as a test ...");
		return answer(await checkCuda(folder), files);
	},
});

async function answer(needs: readonly CudaNeed[], files: readonly { name: string; bytes: number }[]) {
	const test = await probe("cuda");
	const rows = needs.map(({ what, met, says }) => [what, met ? "yes" : "no", says]);
	const written = files.map(({ name, bytes }) => `wrote ${name} (${byteSize(bytes)})`);
	const verdict = test.works
		? `CUDA works: computed in ${Math.round(test.elapsedMs)} ms. \`dqo doctor --parity\` compares it with the CPU.`
		: `CUDA does not work yet: ${test.reason}.`;
	const remedies = needs.flatMap(({ remedy }) => (remedy === null ? [] : [remedy]));
	const todo = test.works ? [] : remedies.length > 0 ? remedies : [test.remedy];
	return {
		json: { ok: test.works, files, needs, test },
		text: [
			...written,
			table([["need", "met", "detail"], ...rows]),
			"",
			verdict,
			...todo.map((remedy) => `  ${remedy}`),
		].join("\n"),
		exitCode: test.works ? 0 : 1,
	};
}

/** The last tenth told of, by what is done. */
const told = new Map<InstallProgress["doing"], number>();

function tell({ doing, done, total }: InstallProgress, { reporter }: CommandContext): void {
	// Without a total, a line every 25 MB.
	const tenth = total === null ? Math.floor(done / 25e6) : Math.floor((10 * done) / total);
	if (told.get(doing) === tenth) return;
	told.set(doing, tenth);
	const share = total === null ? byteSize(done) : `${byteSize(done)} of ${byteSize(total)}`;
	reporter.line(`${doing === "download" ? "downloading" : "unpacking"} ${share}`);
}
