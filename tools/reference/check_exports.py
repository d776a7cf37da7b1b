"""Opens every export of a short run with the programs it is for: transformers, peft and gguf-py; run it after a change of the exports.

It trains LoRA adapters on the starter for six steps with the command itself, exports them, and compares with the command's
own greedy answers and values. llama.cpp itself and transformers.js are `npm run test:clients`.
"""

import json
import subprocess
import tempfile
from pathlib import Path

import gguf
import numpy as np
import torch
from gguf.quants import quantize
from peft import AutoPeftModelForCausalLM
from safetensors import safe_open
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer

ROOT = Path(__file__).resolve().parents[2]
STARTER = ROOT / "resources/starter"


def dqo(*arguments: object) -> dict:
    command = ["node", str(ROOT / "bin/dqo.mjs"), *map(str, arguments), "--json"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout)


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def write_rows(path: Path, items: list[dict]) -> None:
    path.write_text("".join(json.dumps(item) + "\n" for item in items))


def train(folder: Path) -> None:
    problems = rows(STARTER / "data/train.jsonl")[:48]
    labelled = []
    for problem in problems:
        right = problem["answer"]
        wrong = right[: right.rindex(" ")] + " 1"
        labelled += [
            {"prompt": problem["question"], "response": right, "label": True},
            {"prompt": problem["question"], "response": wrong, "label": False},
        ]
    write_rows(folder / "data.jsonl", labelled)
    write_rows(folder / "prompts.jsonl", [{"prompt": problem["question"]} for problem in problems[:8]])
    steps = ["--max-steps", 6, "--global-batch", 16, "--lr", 2e-3, "--value-lr", 1e-2, "--lora-rank", 4]
    dqo("train", "--model", STARTER / "model", "--data", folder / "data.jsonl", "--out", folder / "run", *steps)


def export(folder: Path, form: str, dtype: str | None = None) -> Path:
    out = folder / f"{form}-{dtype}"
    chosen = [] if dtype is None else ["--dtype", dtype]
    result = dqo("export", "--run", folder / "run", "--format", form, "--out", out, *chosen)
    assert result["verified"], result["problem"]
    return out


@torch.no_grad()
def check_greedy(what: str, model, tokenizer, answers: list[dict]) -> None:
    for answer in answers:
        text = tokenizer.apply_chat_template([{"role": "user", "content": answer["prompt"]}], tokenize=False, add_generation_prompt=True)
        ids = tokenizer(text, return_tensors="pt", add_special_tokens=False).input_ids
        found = model.generate(ids, do_sample=False, max_new_tokens=32, top_k=None, top_p=None, temperature=None)
        said = found[0, ids.shape[1] :].tolist()
        assert said == answer["response_token_ids"], f"{what}: {said} and not {answer['response_token_ids']}"
    print(f"{what}: {len(answers)} greedy answers of up to 32 tokens equal")


def unpermute(weights: np.ndarray, heads: int) -> np.ndarray:
    """Back from llama.cpp's order of query and key rows."""
    return weights.reshape(heads, weights.shape[0] // heads // 2, 2, *weights.shape[1:]).swapaxes(1, 2).reshape(weights.shape)


def check_gguf(path: Path, hf: dict[str, torch.Tensor], config: dict, dtype: str) -> None:
    reader = gguf.GGUFReader(path)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config["num_hidden_layers"])
    heads = {"q_proj": config["num_attention_heads"], "k_proj": config["num_key_value_heads"]}
    found = {tensor.name: tensor for tensor in reader.tensors}
    for name, values in hf.items():
        tensor = found.pop(names.get_name(name, try_suffixes=(".weight", ".bias")))
        kind = tensor.tensor_type
        assert kind.name == ("F32" if values.dim() == 1 else dtype), (name, kind)
        expected = values.float().numpy()
        part = name.split(".")[-2]
        if part in heads:
            # Undone here, so that reading is checked and not writing repeated.
            plain = gguf.quants.dequantize(tensor.data, kind).reshape(expected.shape)
            back = unpermute(plain, heads[part])
            target = gguf.quants.dequantize(quantize(expected, kind), kind).reshape(expected.shape)
            np.testing.assert_array_equal(back, target, err_msg=name)
        else:
            np.testing.assert_array_equal(np.asarray(tensor.data).view(np.uint8).ravel(), quantize(expected, kind).view(np.uint8).ravel(), err_msg=name)
    assert not found, list(found)
    fields = {key: field.contents() for key, field in reader.fields.items()}
    assert fields["general.architecture"] == "llama" and fields["tokenizer.ggml.pre"] == "gpt-2"
    print(f"GGUF {dtype} in gguf-py: {len(hf)} tensors and {len(fields)} fields as expected")


@torch.no_grad()
def check_values(folder: Path, adapter: Path) -> None:
    """V as the documentation says to compute it, against `dqo values`."""
    file = adapter / "value_head/value_head.safetensors"
    with safe_open(file, "pt") as opened:
        metadata = opened.metadata()
    tensors = load_file(file)
    base = AutoModelForCausalLM.from_pretrained(metadata["base_model"], dtype=torch.float32).eval()
    scale = float(metadata["lora_alpha"]) / float(metadata["lora_rank"])
    for name, a in tensors.items():
        if name.endswith(".lora_A.weight"):
            module = base.get_submodule(name.removeprefix("base_model.model.").removesuffix(".lora_A.weight"))
            module.weight += scale * tensors[name.replace("lora_A", "lora_B")] @ a
    tokenizer = AutoTokenizer.from_pretrained(metadata["base_model"])
    out = folder / "values.jsonl"
    dqo("values", "--run", folder / "run", "--data", folder / "data.jsonl", "--limit", 8, "--out", out)
    largest = 0.0
    for row in rows(out):
        text = tokenizer.apply_chat_template([{"role": "user", "content": row["prompt"]}], tokenize=False, add_generation_prompt=True)
        prompt = tokenizer(text, add_special_tokens=False).input_ids
        ids = torch.tensor([prompt + row["token_ids"]])
        hidden = base.model(ids).last_hidden_state[0]
        values = hidden @ tensors["score.weight"][0]
        # The state in which a token is chosen is the text before it.
        before = values[len(prompt) - 1 : -1]
        largest = max(largest, (before - torch.tensor(row["values"])).abs().max().item())
    print(f"value head in transformers: {len(rows(out))} responses, values within {largest:.1e} of the run's")
    assert largest < 1e-4


def main() -> None:
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        train(folder)
        dqo("generate", "--model", folder / "run", "--data", folder / "prompts.jsonl", "--greedy", "--max-new-tokens", 32, "--out", folder / "answers.jsonl")
        answers = rows(folder / "answers.jsonl")

        whole = export(folder, "hf", "F32")
        tokenizer = AutoTokenizer.from_pretrained(whole)
        check_greedy("hf in transformers", AutoModelForCausalLM.from_pretrained(whole).eval(), tokenizer, answers)
        adapter = export(folder, "peft")
        check_greedy("peft in peft", AutoPeftModelForCausalLM.from_pretrained(adapter).eval(), tokenizer, answers)
        config = json.loads((whole / "config.json").read_text())
        weights = load_file(whole / "model.safetensors")
        for dtype in ["F32", "F16", "BF16", "Q8_0"]:
            check_gguf(export(folder, "gguf", dtype) / "model.gguf", weights, config, dtype)
        check_values(folder, adapter)


if __name__ == "__main__":
    main()
