"""Tensors as llama.cpp's converter lays them into a GGUF file: names, row orders and rounding by gguf-py, digests alone stored.

The converter itself is not a package; what it does to tensors is the reordering below, then gguf-py's names and quantiser.
"""

import hashlib
import json

import gguf
import numpy as np
import torch
from gguf.quants import quantize
from safetensors.torch import load_file

from common import FIXTURES, generator, write_json

MODELS = ["llama-tiny", "qwen2-tiny", "llama3-rope-tiny", "qwen3-tiny", "gemma-tiny", "gemma2-tiny", "mistral-tiny", "smollm-tiny"]
ARCHITECTURES = {
    "llama": gguf.MODEL_ARCH.LLAMA,
    "mistral": gguf.MODEL_ARCH.LLAMA,
    "qwen2": gguf.MODEL_ARCH.QWEN2,
    "qwen3": gguf.MODEL_ARCH.QWEN3,
    "gemma": gguf.MODEL_ARCH.GEMMA,
    "gemma2": gguf.MODEL_ARCH.GEMMA2,
}
TYPES = {name: getattr(gguf.GGMLQuantizationType, name) for name in ["F32", "F16", "BF16", "Q8_0"]}


def permute(weights: np.ndarray, heads: int) -> np.ndarray:
    """The published reordering of Llama's query and key rows: halves of each head are interleaved."""
    return (
        weights.reshape(heads, 2, weights.shape[0] // heads // 2, *weights.shape[1:]).swapaxes(1, 2).reshape(weights.shape)
    )


def rope_factors(config: dict) -> np.ndarray:
    """Divisors of the rotary frequencies, as the converter computes them for Llama 3."""
    rope = config["rope_parameters"]
    dim = config["head_dim"]
    low, high, old = rope["low_freq_factor"], rope["high_freq_factor"], rope["original_max_position_embeddings"]
    factors = []
    for freq in 1.0 / (rope["rope_theta"] ** (torch.arange(0, dim, 2, dtype=torch.float64) / dim)):
        wavelength = 2 * np.pi / freq
        if wavelength < old / high:
            factors.append(1.0)
        elif wavelength > old / low:
            factors.append(rope["factor"])
        else:
            smooth = (old / wavelength - low) / (high - low)
            factors.append(float(1 / ((1 - smooth) / rope["factor"] + smooth)))
    return np.array(factors, dtype=np.float32)


def digests(model: str) -> dict:
    folder = FIXTURES / "models" / model
    config = json.loads((folder / "config.json").read_text())
    family, layers = config["model_type"], config["num_hidden_layers"]
    names = gguf.get_tensor_name_map(ARCHITECTURES[family], layers)
    heads = {"q_proj": config["num_attention_heads"], "k_proj": config["num_key_value_heads"]}
    result: dict = {name: {} for name in TYPES}
    for name, tensor in sorted(load_file(folder / "model.safetensors").items()):
        data = tensor.float().numpy()
        part = name.split(".")[-2]
        if family in ("llama", "mistral") and part in heads:
            data = permute(data, heads[part])
        if family.startswith("gemma") and part.endswith("norm"):
            data = data + 1
        target = names.get_name(name, try_suffixes=(".weight", ".bias"))
        for dtype, kind in TYPES.items():
            # As the converter: norms and biases F32, F16 for rows that do not divide into blocks.
            whole = dtype != "Q8_0" or data.shape[-1] % 32 == 0
            stored = quantize(data, TYPES["F32"] if data.ndim == 1 else kind if whole else TYPES["F16"])
            result[dtype][target] = hashlib.sha256(stored.tobytes()).hexdigest()
    return result


def main() -> None:
    torch.set_num_threads(1)
    # A third of the blocks hold exact halves of a scale, which must round away from zero.
    values = torch.randn(6, 32, generator=generator(7)) * 3
    values[4] = torch.arange(32) * 0.5 - 8
    values[4, 0] = 127
    values[5] = 0
    q8 = quantize(values.numpy(), TYPES["Q8_0"])
    write_json(
        FIXTURES / "gguf" / "tensors.json",
        {
            "madeBy": "gguf-py 0.19.0",
            "q8": {"values": values.flatten().tolist(), "bytes": q8.tobytes().hex()},
            **{model: digests(model) for model in MODELS},
            "ropeFactors": rope_factors(json.loads((FIXTURES / "models/llama3-rope-tiny/config.json").read_text())).tolist(),
        },
    )


if __name__ == "__main__":
    main()
