"""Writes fixtures/starter/tokenizer.json: what `tokenizers` and `transformers` make of text with the starter's tokenizer.

Run from the repository root:
    python tools/reference/make_starter.py
"""

import json
from pathlib import Path

from tokenizers import Tokenizer
from transformers import AutoTokenizer

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "resources" / "starter" / "model"
OUT = ROOT / "fixtures" / "starter" / "tokenizer.json"

TEXTS = [
    "",
    "3*9=27\n27+4=31\n#### 31",
    "0 1 12 99 100 144 12345 1,000,000 $29.00 -5",
    "Tom's cards, Ann'll SELL\t\tthem\r\n\r\n  twice.   ",
    "<|user|>Tom has 7 apples.<|assistant|>#### 7<|end|><|pad|>",
    "Ünïcödé naïve ﬁ e\u0301 你好，世界 日本語 한국어 مرحبا नमस्ते",
    "😀👩‍👩‍👧 🏳️‍🌈 \u200b\ufeff\u0000\u007f\u00ad",
    "".join(chr(i) for i in range(1, 512)),
]


def main() -> None:
    library = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    hugging_face = AutoTokenizer.from_pretrained(MODEL)
    rows = (ROOT / "resources/starter/data/test.jsonl").read_text().splitlines()[:20]
    questions = [json.loads(row)["question"] for row in rows]

    texts = []
    for text in TEXTS + [json.loads(row)["answer"] for row in rows]:
        ids = library.encode(text, add_special_tokens=False).ids
        assert hugging_face.encode(text, add_special_tokens=False) == ids, text
        assert library.decode(ids, skip_special_tokens=False) == text, text
        texts.append({"text": text, "ids": ids})
    prompts = []
    for question in questions:
        messages = [{"role": "user", "content": question}]
        rendered = hugging_face.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
        prompts.append({"text": question, "ids": library.encode(rendered, add_special_tokens=False).ids})

    assert hugging_face.eos_token_id == 1 and hugging_face.pad_token_id == 0
    assert hugging_face.bos_token_id is None
    OUT.parent.mkdir(parents=True, exist_ok=True)
    lines = {key: ",\n".join(f"    {json.dumps(item)}" for item in items) for key, items in
             {"texts": texts, "prompts": prompts}.items()}
    OUT.write_text("{\n" + ",\n".join(f'  "{key}": [\n{items}\n  ]' for key, items in lines.items()) + "\n}\n")


if __name__ == "__main__":
    main()
