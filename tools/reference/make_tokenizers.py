"""Writes fixtures/tokenizers: what `transformers` makes of awkward and of random text with real tokenizers and variants of them.

Run from the repository root, after `npm ci`, with Python packages transformers, tokenizers and jinja2:
    python tools/reference/make_tokenizers.py
When the ids of a block of random strings differ, `make_tokenizers.py --block gpt2 37` prints the block as the library has it.
"""

import hashlib
import json
import sys
import tempfile
from pathlib import Path

import transformers
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from random_text import Random, random_text
from random_text import write_file as write_random_text
from tokenizer_texts import CHATS, TEXTS

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "fixtures" / "tokenizers"
# Published tokenizers, in full; "llama2" has the vocabulary and form of Mistral 7B.
NAMES = ["qwen2_5", "llama3_2", "llama2", "gpt2"]
RANDOM_TEXTS = 10_000
VARIANT_TEXTS = 500
BLOCK = 100

BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
WHOLE = {**BYTE_LEVEL, "use_regex": False}


def metaspace(scheme: str, split: bool) -> dict:
    return {"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": split}


def split(regex: str) -> dict:
    return {"type": "Split", "pattern": {"Regex": regex}, "behavior": "Isolated", "invert": False}


def sequence(*steps: dict) -> dict:
    return {"type": "Sequence", "pretokenizers": list(steps)}


def added(**options) -> list[dict]:
    rules = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    names = [(0, "<unk>"), (1, "<s>"), (2, "</s>")]
    return [{"id": i, "content": name, **rules} for i, name in names] + [
        # A special token is not normalised: decoding would show it, as the library has it under its normalised name.
        {"id": 32000, "content": "<|im_end|>", **rules, **options, "normalized": False},
        {"id": 32001, "content": "#### ", **rules, "special": False, **options},
    ]


# Forms that other models of the Llama and Qwen2 families have, on the vocabularies at hand: what replaces which section.
TEKKEN = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|"
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|"
    r"\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
DEEPSEEK = (
    r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+|"
    r" ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
LLAMA_DECODER = [
    {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
    {"type": "ByteFallback"},
    {"type": "Fuse"},
]
SPACES = {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
VARIANTS = {
    "smollm": ("gpt2", {"pre_tokenizer": sequence({"type": "Digits", "individual_digits": True}, BYTE_LEVEL)}),
    "starcoder": ("gpt2", {"pre_tokenizer": sequence({"type": "Digits", "individual_digits": False}, BYTE_LEVEL)}),
    "prefix-space": ("gpt2", {"pre_tokenizer": {**BYTE_LEVEL, "add_prefix_space": True}}),
    "tekken": ("gpt2", {"pre_tokenizer": sequence(split(TEKKEN), WHOLE), "model": {"ignore_merges": True}}),
    "deepseek": (
        "gpt2",
        {"pre_tokenizer": sequence(split(r"\p{N}{1,3}"), split("[一-龥぀-ゟ゠-ヿ]+"), split(DEEPSEEK), WHOLE)},
    ),
    "falcon3": (
        "gpt2",
        {
            "pre_tokenizer": sequence(
                {"type": "Punctuation", "behavior": "Contiguous"}, BYTE_LEVEL,
                {"type": "Digits", "individual_digits": False}, split("[0-9][0-9][0-9]"),
            ),
        },
    ),
    "kept-matches": (
        "gpt2",
        {
            "normalizer": {"type": "NFKC"},
            "pre_tokenizer": sequence(
                {**split(r"(?i:'s|'k)|\p{L}+|\d|[\P{L}&&[^\s]]|\s+"), "behavior": "Removed", "invert": True}, WHOLE
            ),
        },
    ),
    "decomposed": ("gpt2", {"normalizer": {"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "NFKD"}]}}),
    "mistral-v3": ("llama2", {"normalizer": None, "pre_tokenizer": metaspace("first", False)}),
    "words": ("llama2", {"normalizer": None, "pre_tokenizer": metaspace("always", True), "decoder": metaspace("always", True)}),
    "no-prefix": ("llama2", {"normalizer": None, "pre_tokenizer": metaspace("never", True), "decoder": metaspace("never", True)}),
    "gemma": (
        "llama2",
        {
            "normalizer": SPACES,
            "pre_tokenizer": {"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": False},
            "decoder": {"type": "Sequence", "decoders": LLAMA_DECODER},
        },
    ),
    "merged": (
        "llama2",
        {
            "normalizer": SPACES,
            "pre_tokenizer": sequence(
                {"type": "Split", "pattern": {"String": "▁"}, "behavior": "MergedWithNext", "invert": False},
                {"type": "Split", "pattern": {"String": "^"}, "behavior": "MergedWithPrevious", "invert": False},
                {"type": "Split", "pattern": {"String": "-"}, "behavior": "Contiguous", "invert": False},
            ),
        },
    ),
    "added-stripping": ("llama2", {"added_tokens": added(lstrip=True, rstrip=True)}),
    "added-normalized": ("llama2", {"added_tokens": added(normalized=True)}),
    "added-in-config": ("llama2", {"added_tokens": added()[:1]}),
}  # fmt: skip


def folder_of(name: str) -> Path:
    if name == "unigram":
        return OUT / "unigram"
    return ROOT / "node_modules" / "@lenml" / f"tokenizer-{name}" / "models"


def load(folder: Path) -> PreTrainedTokenizerFast:
    config = json.loads((folder / "tokenizer_config.json").read_text("utf-8"))
    # The file as published, without the conversions that a model's own tokenizer class makes while loading.
    return PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"),
        **{k: config[k] for k in ("bos_token", "eos_token", "pad_token", "unk_token") if config.get(k)},
        chat_template=config.get("chat_template"),
        clean_up_tokenization_spaces=False,
    )


def load_variant(base: str, sections: dict) -> PreTrainedTokenizerFast:
    folder = folder_of(base)
    tokenizer = json.loads((folder / "tokenizer.json").read_text("utf-8"))
    model = {**tokenizer["model"], **sections.get("model", {})}
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "tokenizer.json").write_text(json.dumps({**tokenizer, **sections, "model": model}), "utf-8")
        (Path(name) / "tokenizer_config.json").write_bytes((folder / "tokenizer_config.json").read_bytes())
        return load(Path(name))


def train_unigram() -> None:
    """A small Unigram model with bytes for unknown characters, as Japanese Llama models have; it comes out anew each time."""
    folder = folder_of("unigram")
    if folder.exists():
        return
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    text = [line for file in ("README.md", "CONTRIBUTING.md") for line in (ROOT / file).read_text("utf-8").splitlines()]
    specials = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    trainer = trainers.UnigramTrainer(
        vocab_size=1200, special_tokens=specials, unk_token="<unk>", shrinking_factor=0.75, show_progress=False
    )
    tokenizer.train_from_iterator([*text, *TEXTS], trainer)
    saved = json.loads(tokenizer.to_str())
    saved["added_tokens"] = saved["added_tokens"][:3]
    saved["model"]["byte_fallback"] = True
    folder.mkdir(parents=True)
    (folder / "tokenizer.json").write_text(json.dumps(saved, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    config = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(config) + "\n", "utf-8")


def fingerprint(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()[:16]


def random_ids(index: int, size: int) -> list[int]:
    """Twenty ids of any token, one more than there are included: most make broken characters."""
    random = Random(1_000_000 + index)
    return [random.below(size + 1) for _ in range(20)]


def block(tokenizer: PreTrainedTokenizerFast, start: int) -> dict[str, list[str]]:
    """Of each string: its ids; their text without and with special tokens; the text of as many random rows of ids."""
    numbers = range(start, start + BLOCK)
    ids = [tokenizer.encode(random_text(i), add_special_tokens=False) for i in numbers]
    any_ids = [random_ids(i, len(tokenizer)) for i in numbers]
    return {
        "ids": [",".join(map(str, row)) for row in ids],
        "text": [tokenizer.decode(row, skip_special_tokens=True) for row in ids],
        "textWithSpecials": [tokenizer.decode(row, skip_special_tokens=False) for row in ids],
        "randomIdsText": [tokenizer.decode(row, skip_special_tokens=True) for row in any_ids],
    }


def random_blocks(tokenizer: PreTrainedTokenizerFast, count: int) -> list[dict[str, str]]:
    blocks = [block(tokenizer, start) for start in range(0, count, BLOCK)]
    return [{what: fingerprint(lines) for what, lines in b.items()} for b in blocks]


def write(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n", "utf-8")
    print(path.relative_to(ROOT), path.stat().st_size, "bytes", flush=True)


def fixture_of(tokenizer: PreTrainedTokenizerFast) -> dict:
    cases = []
    for text in TEXTS:
        ids = tokenizer.encode(text, add_special_tokens=False)
        cases.append({"text": text, "ids": ids, "decoded": tokenizer.decode(ids, skip_special_tokens=True)})
    chats = []
    if tokenizer.chat_template:
        # The date that our renderer shows to templates that print one.
        for messages in CHATS:
            text = tokenizer.apply_chat_template(
                messages, tokenize=False, add_generation_prompt=True, date_string="26 Jul 2024"
            )
            chats.append({"messages": messages, "ids": tokenizer.encode(text, add_special_tokens=False)})
    return {
        "madeBy": f"transformers {transformers.__version__}",
        "plainPrompt": {"text": "Question: 1+1?", "ids": tokenizer.encode("Question: 1+1?")},
        "vocabSize": len(tokenizer),
        "cases": cases,
        "chats": chats,
        "random": random_blocks(tokenizer, RANDOM_TEXTS),
    }


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    write_random_text()
    train_unigram()
    for name in [*NAMES, "unigram"]:
        write(OUT / f"{name}.json", fixture_of(load(folder_of(name))))
    variants = {}
    for name, (base, sections) in VARIANTS.items():
        tokenizer = load_variant(base, sections)
        ids = [tokenizer.encode(text, add_special_tokens=False) for text in TEXTS]
        random = random_blocks(tokenizer, VARIANT_TEXTS)
        texts = fingerprint([",".join(map(str, row)) for row in ids])
        variants[name] = {"base": base, "sections": sections, "vocabSize": len(tokenizer), "texts": texts, "random": random}
    write(OUT / "variants.json", variants)


def print_block(name: str, number: int) -> None:
    base, sections = VARIANTS.get(name, (name, {}))
    print(json.dumps(block(load_variant(base, sections), number * BLOCK)))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--block"]:
        print_block(sys.argv[2], int(sys.argv[3]))
    else:
        main()
