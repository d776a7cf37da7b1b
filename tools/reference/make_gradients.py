"""Whole-model log-probs and gradients, full and LoRA, on padded batches and on groups of responses to one prompt."""

import shutil

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM

from common import FIXTURES, GROUPS, attention_of, exact64, generator, response_logprobs, write_json, write_tensors

MODELS = ["llama-tiny", "qwen2-tiny", "qwen3-tiny", "gemma-tiny", "gemma2-tiny", "mistral-tiny", "smollm-tiny"]
LINEARS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]

# Three sequences, right-padded with id 0; the first promptLengths[b] tokens are prompt and enter no loss.
BATCH = {
    "inputIds": [
        [1, 17, 42, 9, 33, 11, 50, 7, 60, 23, 5, 2],
        [1, 28, 54, 31, 12, 47, 8, 2, 0, 0, 0, 0],
        [1, 63, 21, 38, 2, 0, 0, 0, 0, 0, 0, 0],
    ],
    "lengths": [12, 8, 5],
    "promptLengths": [5, 3, 4],
}


def load(name: str):
    folder = FIXTURES / "models" / name
    return AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation=attention_of(folder)
    )


def make_adapter(name: str, seed: int, suffix: str = "lora"):
    """A peft adapter folder whose A and B are both random: with B = 0 half of the gradients would vanish."""
    folder = FIXTURES / "adapters" / f"{name}-{suffix}"
    shutil.rmtree(folder, ignore_errors=True)
    model = get_peft_model(
        load(name),
        LoraConfig(r=4, lora_alpha=8, lora_dropout=0.0, target_modules=LINEARS, bias="none", task_type="CAUSAL_LM"),
    )
    g = generator(seed)
    with torch.no_grad():
        for parameter_name, p in model.named_parameters():
            if "lora_" in parameter_name:
                p.copy_(0.1 * torch.randn(p.shape, generator=g))
    model.peft_config["default"].base_model_name_or_path = name
    model.peft_config["default"].target_modules = LINEARS
    model.save_pretrained(folder, save_embedding_layers=False)
    (folder / "README.md").unlink(missing_ok=True)
    for file in folder.iterdir():
        file.chmod(0o644)


def load_lora(name: str, suffix: str = "lora"):
    model = PeftModel.from_pretrained(load(name), FIXTURES / "adapters" / f"{name}-{suffix}", is_trainable=True)
    exact64(model.base_model.model)
    return model


def gradients(model) -> dict[str, torch.Tensor]:
    """Gradients by the tensor names of model.safetensors or adapter_model.safetensors."""
    return {
        name.replace(".default", ""): p.grad for name, p in model.named_parameters() if p.requires_grad
    }


def coefficients(seed: int, shape: list[int]) -> list[float]:
    """Random weights per token, of both signs, rounded so that JSON and float32 hold the same number."""
    values = torch.randn(shape, generator=generator(seed))
    return ((values * 64).round() / 64).tolist()


def padded_case(name: str, kind: str) -> None:
    model = exact64(load(name)) if kind == "full" else load_lora(name)
    ids = torch.tensor(BATCH["inputIds"])
    position = torch.arange(ids.shape[1])[None]
    attention = position < torch.tensor(BATCH["lengths"])[:, None]
    response = attention & (position >= torch.tensor(BATCH["promptLengths"])[:, None])
    weight = torch.tensor(coefficients(11, list(ids.shape)), dtype=torch.float64) * response
    logits = model(input_ids=ids, attention_mask=attention.long(), use_cache=False).logits
    logp = logits[:, :-1].log_softmax(-1).gather(-1, ids[:, 1:, None])[..., 0]
    logp = torch.cat([torch.zeros_like(logp[:, :1]), logp], dim=1) * response
    loss = (weight * logp).sum()
    loss.backward()
    tensors = {f"grad.{n}": g.clone() for n, g in gradients(model).items()}

    # The same loss, one sequence at a time without padding: padding must not change anything.
    model.zero_grad()
    for b, (row, length, start) in enumerate(zip(BATCH["inputIds"], BATCH["lengths"], BATCH["promptLengths"])):
        alone = response_logprobs(model, row[:start], row[start:length])
        (alone * weight[b, start:length]).sum().backward()
    for n, g in gradients(model).items():
        assert torch.allclose(g, tensors[f"grad.{n}"], rtol=1e-9, atol=1e-11), n

    stem = FIXTURES / "gradients" / f"{name}-{kind}"
    write_json(
        stem.with_suffix(".json"),
        {
            "model": name,
            "adapter": None if kind == "full" else f"{name}-lora",
            **BATCH,
            "coefficients": weight.tolist(),
            "loss": loss.item(),
        },
    )
    write_tensors(stem.with_suffix(".safetensors"), tensors)
    print(stem.name, len(tensors), "tensors, loss", round(loss.item(), 4))


def grouped_case(name: str, kind: str) -> None:
    model = exact64(load(name)) if kind == "full" else load_lora(name)
    groups, total = [], 0.0
    for i, group in enumerate(GROUPS):
        weights = [coefficients(100 * i + k + 21, [len(r)]) for k, r in enumerate(group["responses"])]
        logps = []
        for response, weight in zip(group["responses"], weights):
            logp = response_logprobs(model, group["prompt"], response)
            loss = (logp * torch.tensor(weight, dtype=torch.float64)).sum()
            loss.backward()
            total += loss.item()
            logps.append(logp.tolist())
        groups.append({**group, "coefficients": weights, "logp": logps})
    stem = FIXTURES / "gradients" / f"{name}-grouped-{kind}"
    write_json(
        stem.with_suffix(".json"),
        {"model": name, "adapter": None if kind == "full" else f"{name}-lora", "groups": groups, "loss": total},
    )
    write_tensors(stem.with_suffix(".safetensors"), {f"grad.{n}": g for n, g in gradients(model).items()})
    print(stem.name, "loss", round(total, 4))


def main() -> None:
    torch.set_num_threads(1)
    for i, name in enumerate(MODELS):
        make_adapter(name, 31 + i)
        for kind in ["full", "lora"]:
            padded_case(name, kind)
            grouped_case(name, kind)


if __name__ == "__main__":
    main()
