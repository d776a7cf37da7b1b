"""Random Unicode strings, the same here and in core/tokenizers/testing/random-text.ts: a fixture need not hold them.

`fixtures/tokenizers/random-text.json` holds what both draw from: ranges of code points and fragments of text.
"""

import json
from pathlib import Path

FILE = Path(__file__).resolve().parents[2] / "fixtures" / "tokenizers" / "random-text.json"
MASK = 0xFFFFFFFF

# Scripts, marks that combine and reorder, controls, separators, emoji and what modifies them, lookalikes of ASCII.
RANGES = [
    (0x20, 0x7E), (0x20, 0x7E), (0x61, 0x7A), (0x30, 0x39), (0x00, 0x1F), (0x7F, 0x9F), (0xA0, 0xFF), (0x100, 0x24F),
    (0x250, 0x2FF), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x52F), (0x530, 0x58F), (0x590, 0x5FF), (0x600, 0x6FF),
    (0x700, 0x8FF), (0x900, 0x97F), (0x980, 0xDFF), (0xE00, 0xEFF), (0xF00, 0xFFF), (0x1000, 0x109F), (0x10A0, 0x10FF),
    (0x1100, 0x11FF), (0x1200, 0x139F), (0x13A0, 0x16FF), (0x1780, 0x18AF), (0x1AB0, 0x1AFF), (0x1D00, 0x1DFF),
    (0x1E00, 0x1FFF), (0x2000, 0x206F), (0x2070, 0x20CF), (0x20D0, 0x20FF), (0x2100, 0x218F), (0x2190, 0x23FF),
    (0x2460, 0x24FF), (0x2500, 0x27BF), (0x2C00, 0x2DFF), (0x2E80, 0x2FDF), (0x3000, 0x303F), (0x3040, 0x30FF),
    (0x3100, 0x33FF), (0x4E00, 0x9FFF), (0xA000, 0xABFF), (0xAC00, 0xD7A3), (0xE000, 0xE0FF), (0xF900, 0xFAFF),
    (0xFB00, 0xFDFF), (0xFE00, 0xFE2F), (0xFE30, 0xFEFF), (0xFF00, 0xFFEF), (0xFFF0, 0xFFFF), (0x10000, 0x103FF),
    (0x10400, 0x10FFF), (0x11000, 0x11FFF), (0x12000, 0x123FF), (0x16800, 0x16FFF), (0x1D000, 0x1D24F), (0x1D400, 0x1D7FF),
    (0x1E000, 0x1EFFF), (0x1F000, 0x1F2FF), (0x1F1E6, 0x1F1FF), (0x1F300, 0x1F5FF), (0x1F3FB, 0x1F3FF),
    (0x1F600, 0x1F64F), (0x1F650, 0x1FAFF), (0x20000, 0x2A6DF), (0x2F800, 0x2FA1F), (0xE0000, 0xE01EF), (0x10FF00, 0x10FFFF),
]  # fmt: skip

FRAGMENTS = [
    " ", "  ", " " * 5, "\n", "\n\n", "\r\n", "\r", "\t", "\t\t", " \n", "\n ", "\u00a0", "\u3000", "\u200b", "\u200d", "\ufeff",
    "\u0085", "\u2028", "\ufffd", "\u0000", "▁", "Ġ", "Ċ", "<0x0A>", "<0xE2>", "0", "7", "42", "1234567", "3.14159", "1,000,000",
    "١٢٣", "१२", "½", "Ⅻ", "the", " the", " answer", "Hello", " WORLD", "camelCase", "snake_case", "naïve", "Straße", "ﬁ", "ſ", "İ",
    "'s", "'S", "'t", "'re", "'LL", "'ſ", "’s", "don't", "y'all'd", "def f(x):\n\treturn x ** 2", "for(int i=0;i<n;++i){", "});\n\n",
    "\\frac{1}{2}", "$x^2$", "#### 72", "<<48/2=24>>", "https://a.b/c?d=1#e", "e\u0301", "o\u0308\u0304", "a\u0323\u0307", "각", "한국어",
    "\u1112\u1161\u11ab", "你好，", "世界", "日本語", "カタカナ", "ｶﾅ", "مرحبا", "שָׁלוֹם", "नमस्ते", "ภาษาไทย", "Привет", "Ελληνικά",
    "🙂", "👍🏽", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇫🇷", "🇩🇪", "❤️", "1️⃣", "𝔘𝔫𝔦", "𠮷", "<s>", "</s>", "<unk>", "<pad>", "<|endoftext|>", "<|im_start|>",
    "<|im_end|>", "<|eot_id|>", "<|begin_of_text|>", "<|im_end", "|>", "<tool_call>", "[INST]", "<start_of_turn>", "...", "!!", "--", "''", "``",
]  # fmt: skip


class Random:
    """mulberry32: whole numbers of 32 bits."""

    def __init__(self, seed: int) -> None:
        self.state = seed & MASK

    def below(self, bound: int) -> int:
        self.state = (self.state + 0x6D2B79F5) & MASK
        a = self.state
        t = ((a ^ (a >> 15)) * (a | 1)) & MASK
        t ^= (t + ((t ^ (t >> 7)) * (t | 61))) & MASK
        return (t ^ (t >> 14)) % bound


def random_text(index: int) -> str:
    """The string of this number; one to ten pieces, each a few code points of one range or of any, or a fragment."""
    random = Random(index)

    def scalar(bound: int) -> str:
        value = random.below(bound)
        return chr(value if value < 0xD800 else value + 0x800)

    def piece() -> str:
        kind = random.below(8)
        if kind == 0:
            return scalar(0x10F800)
        if kind == 1:
            return "".join(scalar(0xF800) for _ in range(1 + random.below(3)))
        if kind <= 4:
            low, high = RANGES[random.below(len(RANGES))]
            return "".join(chr(low + random.below(high - low + 1)) for _ in range(1 + random.below(6)))
        fragment = FRAGMENTS[random.below(len(FRAGMENTS))]
        return fragment * (1 + random.below(8)) if kind == 7 else fragment

    return "".join([piece() for _ in range(1 + random.below(10))])


def write_file() -> None:
    text = json.dumps({"ranges": RANGES, "fragments": FRAGMENTS}, separators=(",", ":"))
    FILE.write_text(text + "\n", "utf-8")
