"""What every fixture script shares: where fixtures go, exact float64 evaluation, stable writing."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers.models.gemma2 import modeling_gemma2

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"

# Two prompts with three responses each, all of different lengths; the second response of the first
# group ends without EOS (id 2), as one cut at the length limit does. Ids stay below the vocabulary of 64.
GROUPS = [
    {"prompt": [1, 17, 42, 9, 33], "responses": [[11, 50, 7, 2], [60, 23], [5, 5, 38, 19, 44, 2]]},
    {"prompt": [1, 28, 54], "responses": [[2], [31, 12, 47, 8, 2], [63, 21, 2]]},
]


def attention_of(folder) -> str:
    """The attention whose numbers are exact: capped scores are in "eager" alone."""
    config = json.loads((folder / "config.json").read_text())
    return "eager" if config["model_type"] == "gemma2" else "sdpa"


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def write_json(path: Path, value: dict) -> None:
    """One line per top-level key: small files with readable differences."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"  {json.dumps(key)}: {json.dumps(item)}" for key, item in value.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def write_tensors(path: Path, tensors: dict[str, torch.Tensor]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    stored = {name: t.detach().to(torch.float32).contiguous() for name, t in sorted(tensors.items())}
    save_file(stored, str(path))
    path.chmod(0o644)


def exact64(model: torch.nn.Module) -> torch.nn.Module:
    """Turn a transformers model to float64 throughout.

    `.double()` alone is not enough: transformers computes RMSNorm and the rotary angles in float32
    whatever the dtype of the model, so both are replaced by the same formulas in float64. Attention
    must be "sdpa"; the "eager" one takes its softmax in float32, which for Gemma 2, whose capped scores
    only "eager" has, is replaced too.
    """
    model.double().eval()
    for module in model.modules():
        kind = type(module).__name__
        if kind.endswith("RMSNorm"):

            def norm(x, module=module, gemma=kind.startswith("Gemma")):
                epsilon = module.eps if gemma else module.variance_epsilon
                scale = torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + epsilon)
                return (1 + module.weight if gemma else module.weight) * (x * scale)

            module.forward = norm
        if type(module).__name__.endswith("RotaryEmbedding"):

            def rotary(x, position_ids, module=module, **_):
                angles = position_ids[..., None].double() * module.inv_freq.double()
                angles = torch.cat([angles, angles], dim=-1)
                return angles.cos() * module.attention_scaling, angles.sin() * module.attention_scaling

            module.forward = rotary
    if model.config.model_type == "gemma2":
        modeling_gemma2.eager_attention_forward = capped_attention
    return model


def capped_attention(module, query, key, value, attention_mask, scaling, softcap, **_):
    """The attention of modeling_gemma2.py with its softmax in the dtype of the query."""
    key, value = (x.repeat_interleave(module.num_key_value_groups, dim=1) for x in (key, value))
    scores = torch.tanh(query @ key.transpose(2, 3) * scaling / softcap) * softcap
    weights = (scores + attention_mask).softmax(-1)
    return (weights @ value).transpose(1, 2).contiguous(), weights


def response_logprobs(model, prompt: list[int], response: list[int]) -> torch.Tensor:
    """log pi(a_h | s_h) for every token of one response, run as a sequence of its own. [H]"""
    ids = torch.tensor([prompt + response])
    logits = model(input_ids=ids, use_cache=False).logits[0]
    rows = logits[len(prompt) - 1 : len(prompt) - 1 + len(response)]
    return rows.log_softmax(-1).gather(-1, torch.tensor(response)[:, None])[:, 0]
