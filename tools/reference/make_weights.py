"""Number formats as torch rounds and safetensors stores them, and two weights with an adapter merged by peft."""

import struct

import torch
from peft import PeftModel
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

from common import FIXTURES


def hard_cases() -> torch.Tensor:
    """float32 values around every decision that rounding to 16 bits takes: ties, the subnormal range, overflow."""
    bits = []
    for exponent in [1, 90, 101, 102, 103, 107, 112, 113, 114, 127, 141, 142, 143, 254]:
        for fraction in [0, 1, 0xFFF, 0x1000, 0x1001, 0x3000, 0x7FFF, 0x8000, 0x8001, 0x18000, 0x7FE000, 0x7FF000, 0x7FFFFF]:
            bits += [exponent << 23 | fraction, 1 << 31 | exponent << 23 | fraction]
    bits += [0, 1 << 31, 1, 0x7F800000, 0xFF800000]
    return torch.tensor([struct.unpack("<f", struct.pack("<I", b))[0] for b in bits])


def main() -> None:
    torch.set_num_threads(1)
    folder = FIXTURES / "weights"
    folder.mkdir(exist_ok=True)
    values = hard_cases()
    save_file({"F32": values, "F16": values.half(), "BF16": values.bfloat16()}, folder / "formats.safetensors")

    base = AutoModelForCausalLM.from_pretrained(FIXTURES / "models" / "llama-tiny", dtype=torch.float32)
    merged = PeftModel.from_pretrained(base, FIXTURES / "adapters" / "llama-tiny-lora").merge_and_unload().state_dict()
    names = ["model.layers.0.self_attn.k_proj.weight", "model.layers.1.mlp.down_proj.weight"]
    save_file({name: merged[name].contiguous() for name in names}, folder / "llama-tiny-merged.safetensors")
    for file in folder.iterdir():
        file.chmod(0o644)


if __name__ == "__main__":
    main()
