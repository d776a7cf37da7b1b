"""Checks what the product exports as ONNX with onnx and onnxruntime against transformers; run it after a change of the exports.

A batch of two prompts of unlike length, padded on the left, is read in one run, then token by token over the cache."""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from transformers import AutoModelForCausalLM

from common import FIXTURES

ROOT = Path(__file__).resolve().parents[2]
MODELS = sys.argv[1:] or [str(folder) for folder in sorted((FIXTURES / "models").iterdir())]
FILES = {"fp32": "model.onnx", "fp16": "model_fp16.onnx", "q8": "model_quantized.onnx", "spread": "model.onnx"}
# Of the largest logit: what rounding to the format may move. Networks of random weights are far more sensitive than trained
# ones: the starter moves by 0.01 in q8, which rounds weights and activations.
LIMITS = {"fp32": 1e-4, "fp16": 1e-2, "q8": 2e-1, "spread": 1e-4}
STEPS = 6


def texts(vocabulary: int) -> tuple[np.ndarray, np.ndarray]:
    """Ids `[2, 12 + STEPS]` and mask; the first row begins with five of padding."""
    ids = np.random.default_rng(7).integers(3, vocabulary, (2, 12 + STEPS)).astype(np.int64)
    mask = np.ones_like(ids)
    mask[0, :5] = 0
    return ids, mask


def positions_of(mask: np.ndarray) -> np.ndarray:
    return np.where(mask == 0, 1, np.cumsum(mask, 1) - 1)


@torch.no_grad()
def expected_logits(model: str, ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
    network = AutoModelForCausalLM.from_pretrained(model, attn_implementation="eager", dtype=torch.float32).eval()
    given = {"input_ids": ids, "attention_mask": mask, "position_ids": positions_of(mask)}
    return network(**{name: torch.from_numpy(array) for name, array in given.items()}).logits.numpy()


def exported_logits(path: Path, ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    caches = {
        given.name: np.zeros((2, given.shape[1], 0, given.shape[3]), np.float16 if "float16" in given.type else np.float32)
        for given in session.get_inputs()
        if given.name.startswith("past_key_values")
    }
    names = [output.name for output in session.get_outputs()]
    positions = positions_of(mask)
    parts, done = [], 0
    for end in range(ids.shape[1] - STEPS, ids.shape[1] + 1):
        feeds = {
            "input_ids": ids[:, done:end],
            "position_ids": positions[:, done:end],
            "attention_mask": mask[:, :end],
            **caches,
        }
        outputs = dict(zip(names, session.run(None, feeds)))
        parts.append(outputs["logits"].astype(np.float32))
        caches = {name: outputs[name.replace("past_key_values", "present")] for name in caches}
        done = end
    return np.concatenate(parts, 1)


def main() -> None:
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as temporary:
        subprocess.run(["npx", "tsx", "tools/reference/onnx_for_check.ts", temporary, *MODELS], check=True, cwd=ROOT)
        for model in MODELS:
            for kind, file in FILES.items():
                path = Path(temporary) / Path(model).name / kind / "onnx" / file
                onnx.checker.check_model(str(path), full_check=True)
                standard = {node.op_type for node in onnx.load(path, load_external_data=False).graph.node if node.domain}
                assert standard <= ({"MatMulNBits"} if kind == "q8" else set()), standard
                vocabulary = onnx.load(path, load_external_data=False).graph.output[-1].type.tensor_type.shape.dim[2].dim_value
                ids, mask = texts(vocabulary)
                expected, found = expected_logits(model, ids, mask), exported_logits(path, ids, mask)
                # What stands at padding is read by nobody.
                wanted = mask.astype(bool)
                difference = np.abs(found - expected)[wanted].max() / np.abs(expected[wanted]).max()
                print(f"{Path(model).name}, {kind}: logits within {difference:.2e} of the largest (limit {LIMITS[kind]:.0e})")
                assert difference <= LIMITS[kind]


if __name__ == "__main__":
    main()
