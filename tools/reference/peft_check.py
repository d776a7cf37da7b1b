"""Loads what the product exports with stock peft and transformers and compares logits; run it after a change of the exports."""

import subprocess
import tempfile
from pathlib import Path

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

from common import FIXTURES

ROOT = Path(__file__).resolve().parents[2]
ADAPTERS = {folder.name.removesuffix("-lora"): folder.name for folder in sorted((FIXTURES / "adapters").glob("*-lora"))}
ADAPTERS["llama-bf16-sharded-tiny"] = "llama-tiny-lora"
IDS = torch.tensor([[1, 17, 42, 9, 33, 11, 50, 7, 60, 23, 5, 2]])


def load(folder, **options):
    return AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager", **options).eval()


@torch.no_grad()
def logits(model) -> torch.Tensor:
    return model(input_ids=IDS).logits.float()


def report(what: str, difference: float, limit: float) -> None:
    print(f"{what}: largest logit difference {difference:.2e} (limit {limit:.0e})")
    assert difference <= limit, what


def main() -> None:
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as temporary:
        subprocess.run(["npx", "tsx", str(ROOT / "tools/reference/export_for_check.ts"), temporary], check=True, cwd=ROOT)
        for model, adapter in ADAPTERS.items():
            base = lambda: load(FIXTURES / "models" / model, dtype=torch.float32)
            plain = logits(base())
            expected = logits(PeftModel.from_pretrained(base(), FIXTURES / "adapters" / adapter).eval())
            moved = (expected - plain).abs().max().item()
            assert moved > 0.1, f"{model}: the adapter changes the logits by {moved} only, the comparison would mean nothing"
            folder = Path(temporary) / model
            ours = logits(PeftModel.from_pretrained(base(), folder / "adapter").eval())
            report(f"{model}, adapter in peft", (ours - expected).abs().max().item(), 0)

            f32 = load(folder / "f32")
            assert f32.dtype == torch.float32, f32.dtype
            report(f"{model}, merged F32 in transformers", (logits(f32) - expected).abs().max().item(), 2e-5)
            f16 = load(folder / "f16")
            assert f16.dtype == torch.float16, f16.dtype
            report(f"{model}, merged F16 in transformers", (logits(f16.float()) - expected).abs().max().item(), 2e-2)

            merged = load(folder / "merged")
            stored = "bfloat16" if "bf16" in model else "float32"
            assert str(merged.dtype) == f"torch.{stored}", merged.dtype
            reference = PeftModel.from_pretrained(base(), FIXTURES / "adapters" / adapter).merge_and_unload().to(merged.dtype)
            rounded, found = reference.state_dict(), merged.state_dict()
            assert rounded.keys() == found.keys(), rounded.keys() ^ found.keys()
            # peft sums the product in float32, the product in float64: a last bit may differ.
            step = 2**-7 if stored == "bfloat16" else 2**-20
            for name, tensor in rounded.items():
                torch.testing.assert_close(found[name].float(), tensor.float(), rtol=step, atol=1e-6, msg=lambda m: f"{name}: {m}")
            print(f"{model}, merged in its own format ({stored}): {len(rounded)} tensors as peft merges them")

        for model in sorted(folder.name for folder in (FIXTURES / "models").iterdir()):
            original = logits(load(FIXTURES / "models" / model, dtype=torch.float32))
            rewritten = load(Path(temporary) / model / "rewritten")
            report(f"{model}, config.json in our words", (logits(rewritten) - original).abs().max().item(), 0)


if __name__ == "__main__":
    main()
