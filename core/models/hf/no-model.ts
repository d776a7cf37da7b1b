import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../contract/errors.ts";
import { guardFile } from "../../store/files.ts";

const CHOOSE = "Choose a Hugging Face model folder: config.json, tokenizer.json and .safetensors weights.";

/** What is wrong with a path that has no config.json, by what is there instead. Throws `file-unreadable`. */
export function noModel(path: string): AppError {
	const stat = statSync(path, { throwIfNoEntry: false });
	if (stat === undefined) {
		return new AppError({ code: "file-missing", message: `There is no folder ${path}.`, hint: CHOOSE });
	}
	if (!stat.isDirectory()) {
		if (path.endsWith(".gguf")) return gguf(`${path} is a GGUF file`);
		const hint = "Choose the folder that it lies in.";
		return new AppError({ code: "model-unsupported", message: `${path} is a file, not a folder.`, hint });
	}
	const names = guardFile(path, () => readdirSync(path)).filter((name) => !name.startsWith("."));
	if (names.length === 0) {
		return new AppError({ code: "file-missing", message: `${path} is empty.`, hint: CHOOSE });
	}
	const ggufName = names.find((name) => name.endsWith(".gguf"));
	if (ggufName !== undefined) return gguf(`${path} has its weights in the GGUF file ${ggufName}`);
	const below = names.find((name) => existsSync(join(path, name, "config.json")));
	return new AppError({
		code: "file-missing",
		message: `${path} has no config.json, so it is no model folder.`,
		hint: below === undefined ? CHOOSE : `There is one in it: ${join(path, below)}.`,
	});
}

/** What is wrong with a model's folder that has a config.json and no weights in safetensors files. */
export function noWeights(dir: string): AppError {
	const names = guardFile(dir, () => readdirSync(dir));
	const other = names.find((name) => /\.(bin|pt|pth|gguf|h5|onnx)$/.test(name));
	if (other?.endsWith(".gguf")) return gguf(`${dir} has its weights in the GGUF file ${other}`);
	if (other !== undefined) {
		return new AppError({
			code: "model-unsupported",
			message: `${dir} has its weights in ${other}, not in safetensors files.`,
			hint: "Choose a copy of the model that has model.safetensors.",
		});
	}
	return new AppError({
		code: "file-missing",
		message: `${dir} has neither model.safetensors nor model.safetensors.index.json.`,
		hint: "Choose a complete Hugging Face model folder.",
	});
}

function gguf(what: string): AppError {
	return new AppError({
		code: "model-unsupported",
		message: `${what}, which is made for running a model, not for training it.`,
		hint: "Download the model's original folder with safetensors weights, and export GGUF when it is trained.",
	});
}
