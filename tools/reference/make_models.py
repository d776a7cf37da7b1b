"""Tiny model folders as transformers writes them, their logits and their greedy continuations."""

import json
import shutil

import torch
from transformers import (
    AutoModelForCausalLM,
    Gemma2Config,
    GemmaConfig,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
)

from common import FIXTURES, attention_of, exact64, generator, write_json, write_tensors

SIZES = dict(
    vocab_size=64,
    hidden_size=32,
    intermediate_size=48,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=256,
    rms_norm_eps=1e-5,
    bos_token_id=1,
    eos_token_id=2,
    pad_token_id=0,
)
# The head size is 8, so at base 10000 the wavelengths are 6.3, 63, 628 and 6283 positions: with an original
# length of 128 each of the three branches of the llama3 rule is taken (kept, blended, divided by the factor).
LLAMA3_ROPE = dict(
    rope_type="llama3",
    rope_theta=10000.0,
    factor=8.0,
    low_freq_factor=1.0,
    high_freq_factor=4.0,
    original_max_position_embeddings=128,
)

# The other families: what each does that Llama does not, with windows shorter than the sequences and caps that bend.
# A head of 12 is none that the sizes would give.
HEAD = dict(SIZES, head_dim=12)
FAMILIES = {
    "qwen3-tiny": (Qwen3Config(**HEAD, tie_word_embeddings=False, rope_parameters={"rope_type": "default", "rope_theta": 1e6}), 6),
    "gemma-tiny": (GemmaConfig(**{**HEAD, "num_key_value_heads": 1}), 7),
    "gemma2-tiny": (
        Gemma2Config(
            **{**HEAD, "num_hidden_layers": 3}, query_pre_attn_scalar=20, sliding_window=4,
            attn_logit_softcapping=1.5, final_logit_softcapping=1.0,
        ),
        26,
    ),
    "mistral-tiny": (MistralConfig(**HEAD, tie_word_embeddings=False, sliding_window=4), 9),
    "qwen2-window-tiny": (
        Qwen2Config(**SIZES, tie_word_embeddings=True, use_sliding_window=True, sliding_window=4, max_window_layers=1),
        11,
    ),
    # The shape of SmolLM and SmolLM2-135M: tied, three heads to each of three key/value heads.
    "smollm-tiny": (
        LlamaConfig(**{**SIZES, "hidden_size": 36, "num_attention_heads": 9, "num_key_value_heads": 3}, tie_word_embeddings=True),
        10,
    ),
}

# Right-padded with id 0.
LENGTHS = [12, 7, 3]
INPUT_IDS = [
    [1, 17, 42, 9, 33, 11, 50, 7, 60, 23, 5, 2],
    [1, 28, 54, 31, 12, 47, 8, 0, 0, 0, 0, 0],
    [1, 63, 21, 0, 0, 0, 0, 0, 0, 0, 0, 0],
]


def randomise(model, seed: int):
    """Random normal weights; norms around one, biases non-zero, so that no term can be forgotten unseen."""
    g = generator(seed)
    gemma = model.config.model_type.startswith("gemma")
    with torch.no_grad():
        for name, p in model.named_parameters():
            noise = torch.randn(p.shape, generator=g)
            if "norm" in name:
                # Gemma stores the difference from one.
                p.copy_((0 if gemma else 1) + 0.1 * noise)
            elif gemma:
                # Its embeddings are scaled up, and tied: as large as the others they would only say their own token again.
                p.copy_((0.1 if "embed" in name else 0.3) * noise)
            else:
                p.copy_((0.1 if name.endswith("bias") else 0.2) * noise)
    return model


def save(model, name: str, **options):
    folder = FIXTURES / "models" / name
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder, **options)
    for file in folder.iterdir():
        file.chmod(0o644)
    return folder


def as_version_4(folder, rope_scaling=None) -> None:
    """Rewrite config.json the way transformers 4 wrote it, as nearly all published models have it."""
    path = folder / "config.json"
    config = json.loads(path.read_text())
    rope = config.pop("rope_parameters")
    config["rope_theta"] = rope["rope_theta"]
    config["rope_scaling"] = rope_scaling
    config["torch_dtype"] = config.pop("dtype")
    config.pop("layer_types", None)
    config["transformers_version"] = "4.44.0"
    path.write_text(json.dumps(dict(sorted(config.items())), indent=2) + "\n")


def write_logits(name: str) -> None:
    folder = FIXTURES / "models" / name
    ids = torch.tensor(INPUT_IDS)
    mask = (torch.arange(ids.shape[1])[None] < torch.tensor(LENGTHS)[:, None]).long()
    stock = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    with torch.no_grad():
        stock_logits = stock(input_ids=ids, attention_mask=mask).logits
    exact = dict(dtype=torch.float32, attn_implementation=attention_of(folder))
    model = exact64(AutoModelForCausalLM.from_pretrained(folder, **exact))
    with torch.no_grad():
        logits = model(input_ids=ids, attention_mask=mask).logits * mask[..., None]
        difference = (logits - stock_logits * mask[..., None]).abs().max().item()
        assert difference < 2e-5, f"{name}: float64 and stock float32 differ by {difference}"
        continuations, margins = [], []
        for row, length in zip(INPUT_IDS, LENGTHS):
            tokens, least = row[:length], float("inf")
            for _ in range(16):
                top = model(input_ids=torch.tensor([tokens])).logits[0, -1].topk(2)
                least = min(least, (top.values[0] - top.values[1]).item())
                tokens = tokens + [int(top.indices[0])]
            stock_tokens = stock.generate(
                torch.tensor([row[:length]]), do_sample=False, max_new_tokens=16, min_new_tokens=16, eos_token_id=None,
                pad_token_id=0,
            )
            assert stock_tokens[0].tolist() == tokens, f"{name}: generate() disagrees"
            assert least > 1e-3, f"{name}: a greedy choice is too close to a tie ({least}); take another seed"
            continuations.append(tokens[length:])
            margins.append(least)
    write_json(
        FIXTURES / "logits" / f"{name}.json",
        {
            "model": name,
            "inputIds": INPUT_IDS,
            "lengths": LENGTHS,
            "greedy": continuations,
            "greedyLeastMargin": margins,
            "stockFloat32MaxDifference": difference,
        },
    )
    write_tensors(FIXTURES / "logits" / f"{name}.safetensors", {"logits": logits})
    print(f"{name}: logits std {logits[0].std():.3f}, least greedy margin {min(margins):.4f}, f32 vs f64 {difference:.1e}")


def main() -> None:
    torch.set_num_threads(1)
    llama = LlamaForCausalLM(LlamaConfig(**SIZES, tie_word_embeddings=False))
    save(randomise(llama, 1), "llama-tiny")

    qwen2 = Qwen2ForCausalLM(
        Qwen2Config(**{**SIZES, "rms_norm_eps": 1e-6}, tie_word_embeddings=True, rope_parameters={"rope_type": "default", "rope_theta": 1e6})
    )
    as_version_4(save(randomise(qwen2, 2), "qwen2-tiny"))

    scaled = LlamaForCausalLM(LlamaConfig(**SIZES, tie_word_embeddings=False, rope_parameters=LLAMA3_ROPE))
    save(randomise(scaled, 5), "llama3-rope-tiny")

    linear = LlamaForCausalLM(
        LlamaConfig(
            **SIZES, tie_word_embeddings=True, attention_bias=True, mlp_bias=True,
            rope_parameters={"rope_type": "linear", "rope_theta": 10000.0, "factor": 4.0},
        )
    )
    folder = save(randomise(linear, 4).to(torch.bfloat16), "llama-bf16-sharded-tiny", max_shard_size="16KB")
    as_version_4(folder, rope_scaling={"rope_type": "linear", "factor": 4.0})

    for name, (config, seed) in FAMILIES.items():
        folder = save(randomise(AutoModelForCausalLM.from_config(config), seed), name)
        if name in ["gemma-tiny", "gemma2-tiny", "smollm-tiny", "qwen2-window-tiny"]:
            as_version_4(folder)

    for name in ["llama-tiny", "qwen2-tiny", "llama3-rope-tiny", "llama-bf16-sharded-tiny", *FAMILIES]:
        write_logits(name)


if __name__ == "__main__":
    main()
