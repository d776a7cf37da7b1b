import { existsSync } from "node:fs";
import { join } from "node:path";
import { CUDA_PROVIDER_FILE } from "./library.ts";
import { findsLibrary, missingLibraries, nvidiaGpus } from "./machine.ts";

const DRIVER = "libcuda.so.1";
/** Loaded only once a convolution or an attention kernel wants it, so the provider's own list does not name it. */
const CUDNN = "libcudnn.so.9";

/** One thing that computing with CUDA needs. */
export interface CudaNeed {
	readonly what: "driver" | "provider" | "libraries";
	readonly met: boolean;
	/** What was found, or what is missing. */
	readonly says: string;
	/** What to do where it is not met. */
	readonly remedy: string | null;
}

/** Looks for all that CUDA needs, in the order in which it is best got. `folder` holds ONNX Runtime's native libraries. */
export async function checkCuda(folder: string): Promise<CudaNeed[]> {
	const path = join(folder, CUDA_PROVIDER_FILE);
	const installed = existsSync(path);
	const missing = installed ? await missingLibraries(path) : [];
	const gpus = await nvidiaGpus();
	const driver = gpus.length > 0 || (await findsLibrary(DRIVER));
	const libraries = missing.filter((name) => name !== DRIVER);
	if (!(await findsLibrary(CUDNN))) libraries.push(CUDNN);
	return [
		driver
			? {
					what: "driver",
					met: true,
					says: gpus.length > 0 ? gpus.join(", ") : `${DRIVER} is there`,
					remedy: null,
				}
			: {
					what: "driver",
					met: false,
					says: "no NVIDIA driver was found (neither nvidia-smi nor libcuda.so.1)",
					remedy: "install the NVIDIA driver; in a container start it with its GPUs (docker run --gpus all)",
				},
		{
			what: "provider",
			met: installed,
			says: installed ? path : `${CUDA_PROVIDER_FILE} is not in ${folder}`,
			remedy: installed ? null : "run `npx dqo cuda install` in this program's folder",
		},
		{
			what: "libraries",
			met: installed && libraries.length === 0,
			says: installed
				? libraries.length === 0
					? "CUDA and cuDNN are found"
					: `not found: ${libraries.join(", ")}`
				: "which ones are wanted is known once the provider is installed",
			remedy: installed && libraries.length > 0 ? libraryRemedy(libraries) : null,
		},
	];
}

/** Which packages hold the missing libraries; their number tells the CUDA version that the provider was built for. */
export function libraryRemedy(missing: readonly string[]): string {
	const toolkit = missing.filter((name) => !name.startsWith("libcudnn"));
	const found = missing
		.map((name) => /^lib(?:cudart|cublas|cublasLt|nvrtc)\.so\.(\d+)$/.exec(name)?.[1])
		.find(Boolean);
	const version = found ?? "12";
	const suffix = Number(version) < 13 ? `-cu${version}` : "";
	const apt = [
		...(toolkit.length > 0 ? [`cuda-libraries-${version}-0 or a later ${version}.x`] : []),
		...(toolkit.length < missing.length ? [`libcudnn9-cuda-${version}`] : []),
	];
	const pip = [
		...(toolkit.length > 0
			? ["cuda-runtime", "cublas", "curand", "cufft"].map((name) => `nvidia-${name}${suffix}`)
			: []),
		...(toolkit.length < missing.length ? [`nvidia-cudnn-cu${version}`] : []),
	];
	return `install CUDA ${version} and cuDNN 9: from NVIDIA's apt repository ${apt.join(" and ")}; or pip install ${pip.join(" ")}, and put the lib folders of those packages on LD_LIBRARY_PATH`;
}
