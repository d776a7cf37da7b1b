"""Writes core/tokenizers/unicode-table.ts: the characters that the Python library `tokenizers` counts as letters, digits, ...

Each JavaScript engine has the Unicode version of its day, `tokenizers` another, and its normaliser a third. Needs `node` (of the
newest Unicode version at hand) to find what JavaScript normalises and `tokenizers` does not. Run from the repository root.
"""

import json
import subprocess
from pathlib import Path

import tokenizers
from tokenizers import Regex, normalizers, pre_tokenizers

OUT = Path(__file__).resolve().parents[2] / "core" / "tokenizers" / "unicode-table.ts"
CATEGORIES = ["Lu", "Ll", "Lt", "Lm", "Lo", "M", "N", "Nd", "P", "S"]
SCALARS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]

# Characters that take part in normalisation: they have another form, or a mark before or after them changes place.
ACTIVE = """
const active = (s) => s.normalize("NFKD") !== s
  || ("a" + s + "\\u0334").normalize("NFD") !== "a" + s + "\\u0334" || ("a\\u0345" + s).normalize("NFD") !== "a\\u0345" + s;
const all = Array.from({ length: 0x110000 }, (_, c) => c).filter((c) => c < 0xd800 || c > 0xdfff);
console.log(JSON.stringify(all.filter((c) => active(String.fromCodePoint(c)))));
"""


def matched_by(splitter) -> list[int]:
    """Characters that a pre-tokenizer with the behaviour "removed" removes."""
    found = []
    for start in range(0, len(SCALARS), 4096):
        chunk = SCALARS[start : start + 4096]
        kept = set()
        for _, (a, b) in splitter.pre_tokenize_str("".join(map(chr, chunk))):
            kept.update(range(a, b))
        found += [c for i, c in enumerate(chunk) if i not in kept]
    return found


def split_alone(splitter) -> list[int]:
    """Characters that a pre-tokenizer parts from the letters around them."""
    return [c for c in SCALARS if len(splitter.pre_tokenize_str(f"x{chr(c)}x")) == 3]


def inert() -> list[int]:
    nfd, nfkd = normalizers.NFD(), normalizers.NFKD()

    def active(s: str) -> bool:
        return nfkd.normalize_str(s) != s or any(nfd.normalize_str(t) != t for t in (f"a{s}\u0334", f"a\u0345{s}"))

    theirs = json.loads(subprocess.run(["node", "-e", ACTIVE], capture_output=True, check=True, text=True).stdout)
    return [c for c in theirs if not active(chr(c))]


def base36(n: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    return (base36(n // 36) if n >= 36 else "") + digits[n % 36]


def run_lengths(found: list[int]) -> str:
    """Lengths in base 36, by turns of characters outside and inside the set."""
    lengths, at, members = [], 0, set(found)
    while at < 0x110000 and at <= max(found):
        for inside in (False, True):
            start = at
            while at < 0x110000 and (at in members) == inside:
                at += 1
            lengths.append(at - start)
    return " ".join(map(base36, lengths))


def main() -> None:
    sets = {name: matched_by(pre_tokenizers.Split(Regex(rf"\p{{{name}}}"), "removed")) for name in CATEGORIES}
    sets["digits"] = split_alone(pre_tokenizers.Digits(individual_digits=True))
    sets["punctuation"] = split_alone(pre_tokenizers.Punctuation())
    sets["inert"] = inert()
    lines = "".join(f'\t{name}:\n\t\t"{run_lengths(found)}",\n' for name, found in sets.items())
    OUT.write_text(
        f"""/**
 * Sets of characters as tokenizers {tokenizers.__version__} sees them, written by tools/reference/make_unicode.py: general categories
 * of its regular expressions, what its Digits and Punctuation split at, and what JavaScript normalises and it leaves as it
 * is. Lengths in base 36, by turns of characters outside and inside the set, from U+0000 on.
 */
export const UNICODE_TABLE = {{
{lines}}} as const;
""",
        "utf-8",
    )


if __name__ == "__main__":
    main()
