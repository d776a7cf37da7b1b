"""Pairs of answers with the verdict of math-verify (SymPy behind an ANTLR grammar of LaTeX), written by hand.

Each family names one value in several ways, then other values that look like it; every other text of a family is paired
with its first. `expected` is what mathematics says, by the family; `library` is what math-verify says. The few pairs on
which they differ are printed, and named with reasons in `core/grading/math/reference.test.ts`.

    .venv/bin/pip install math-verify==0.9.0
    .venv/bin/python tools/reference/make_math.py
"""

import json
from importlib.metadata import version
from pathlib import Path

from math_verify import parse, verify

OUTPUT = Path(__file__).resolve().parents[2] / "fixtures" / "math" / "pairs.json"

# (ways to write one value, other values)
FAMILIES = [
    # numbers
    ([r"\frac{3}{4}", r"\dfrac{3}{4}", r"\tfrac34", "3/4", "0.75", ".75", r"\frac{6}{8}", r"\frac{-3}{-4}", r"3 \div 4"],
     [r"\frac{4}{3}", "0.74", r"-\frac{3}{4}", r"\frac{3}{5}", "34", r"3\frac{1}{4}"]),
    ([r"-\frac{7}{2}", r"\frac{-7}{2}", r"\frac{7}{-2}", "-7/2", "-3.5", r"-3\frac{1}{2}"],
     [r"\frac{7}{2}", "-3.25", r"-\frac{2}{7}", r"-3 + \frac{1}{2}"]),
    (["1234567", "1,234,567", r"1{,}234{,}567", r"1\,234\,567", "1234567.0", r"\$1,234,567"],
     ["1234568", "123456", "1.234567", "12345670"]),
    (["0.00042", r"4.2 \times 10^{-4}", r"4.2 \cdot 10^{-4}", r"\frac{42}{100000}"],
     [r"4.2 \times 10^{-5}", r"4.2 \times 10^4", "0.0042"]),
    (["12345678901234567890", "12345678901234567889 + 1"], ["12345678901234567891", "12345678901234567880"]),
    (["2^{100}", r"4^{50}", "1267650600228229401496703205376"], ["2^{99}", "1267650600228229401496703205377", r"2 \cdot 100"]),
    (["45^\\circ", r"45^{\circ}", "45", r"45\text{ degrees}"], ["46^\\circ", "-45^\\circ"]),
    ([r"17\text{ cm}", "17", r"17 \mathrm{cm}"], [r"18\text{ cm}", r"1.7\text{ cm}"]),
    (["25\\%", r"25 \%"], ["26\\%", "2.5\\%"]),
    # roots, powers, pi
    ([r"2\sqrt{3}", r"\sqrt{12}", r"\frac{6}{\sqrt{3}}", r"2 \cdot 3^{1/2}", r"\sqrt3+\sqrt3", r"\sqrt{3} \cdot 2"],
     [r"3\sqrt{2}", r"\sqrt{6}", r"-2\sqrt{3}", "3.46", r"2 + \sqrt{3}", r"2\sqrt[3]{3}"]),
    ([r"\frac{1}{\sqrt{2}}", r"\frac{\sqrt{2}}{2}", r"2^{-1/2}", r"\sqrt{\frac{1}{2}}", r"\sqrt{0.5}"],
     [r"\frac{\sqrt{2}}{3}", "0.7071", r"\sqrt{2}", r"-\frac{\sqrt{2}}{2}"]),
    ([r"\sqrt{5+2\sqrt{6}}", r"\sqrt{2}+\sqrt{3}", r"\sqrt{3} + \sqrt{2}"], [r"\sqrt{5}", r"\sqrt{2}-\sqrt{3}", r"\sqrt{5-2\sqrt{6}}"]),
    ([r"\frac{3\pi}{4}", r"\frac{3}{4}\pi", r"0.75\pi", r"3\pi/4", r"\pi - \frac{\pi}{4}"],
     [r"\frac{4\pi}{3}", r"-\frac{3\pi}{4}", "2.356", r"\frac{3}{4}"]),
    ([r"\sqrt[3]{54}", r"3\sqrt[3]{2}", r"54^{1/3}"], [r"\sqrt{54}", r"2\sqrt[3]{3}", r"\sqrt[3]{53}"]),
    (["-2", r"\sqrt[3]{-8}"], ["2", r"\sqrt[3]{8}"]),
    (["5 - 12i", "-12i + 5", r"(3-2i)^2", r"5-12 i"], ["5 + 12i", "-5 - 12i", "12 - 5i", "5 - 12"]),
    (["e^{2}", "e^2", r"e \cdot e"], ["2e", "7.389", "e^{-2}"]),
    (["5!", "120", r"\binom{10}{3}"], ["5", r"\binom{10}{4}", "121"]),
    ([r"\log_2 32", "5", r"\log_{2}(32)"], [r"\log_2 31", "4", r"\log_3 32"]),
    ([r"\ln 8", r"3\ln 2", r"\ln(8)"], [r"\ln 9", r"2\ln 3", "2.079"]),
    ([r"\sin\frac{\pi}{6}", r"\frac{1}{2}", r"\cos\frac{\pi}{3}"], [r"\sin\frac{\pi}{3}", r"-\frac12"]),
    # expressions
    ([r"x^2+2x+1", r"(x+1)^2", r"1+2x+x^2", r"x(x+2)+1", r"(x+1)(x+1)"], [r"x^2+2x-1", r"(x-1)^2", r"x^2+x+1", r"y^2+2y+1", "4"]),
    ([r"\frac{x^2-1}{x-1}", "x+1", "1 + x"], ["x-1", "x", r"\frac{x^2+1}{x-1}"]),
    ([r"\frac{a+b}{2}", r"\frac{a}{2}+\frac{b}{2}", "(a+b)/2", r"\frac12(b+a)", "0.5a+0.5b"], [r"\frac{a-b}{2}", r"\frac{ab}{2}", r"\frac{a+b}{3}", r"a + \frac{b}{2}"]),
    ([r"3x^2y - 6xy^2", r"3xy(x-2y)", r"-6xy^2+3x^2y"], [r"3xy(x+2y)", r"3x^2y-6x^2y", r"3xy(y-2x)"]),
    ([r"\sin^2 x", r"1-\cos^2 x", r"\sin x \sin x"], [r"\cos^2 x", r"\sin x^2", r"\sin 2x"]),
    ([r"\tan x", r"\frac{\sin x}{\cos x}"], [r"\cot x", r"\frac{\cos x}{\sin x}"]),
    ([r"2^{n+1}-2", r"2(2^n-1)", r"2 \cdot 2^n - 2"], [r"2^{n+1}-1", r"2^n-2", r"2n - 2"]),
    ([r"\frac{1}{x}+\frac{1}{y}", r"\frac{x+y}{xy}"], [r"\frac{1}{x+y}", r"\frac{2}{x+y}", r"\frac{x-y}{xy}"]),
    # tuples, intervals, sets
    ([r"(3, -4)", "(3,-4)", r"\left(3, -4\right)", r"\left( \frac{6}{2}, -4 \right)"], ["(-4, 3)", "(3, 4)", "(3, -4, 0)", "[3, -4]", "(-3, 4)"]),
    ([r"\left(\frac{1}{2}, \sqrt{8}, \pi\right)", r"(0.5, 2\sqrt{2}, \pi)"], [r"(0.5, \pi, 2\sqrt{2})", r"(0.5, 2\sqrt2)", r"(0.5, 2\sqrt{2}, 3)"]),
    (["[2, 5)", r"\left[2,5\right)", r"[2, \frac{10}{2})"], ["[2, 5]", "(2, 5)", "(2, 5]", "[2, 6)", "[5, 2)"]),
    ([r"(-\infty, 3]", r"\left(-\infty,3\right]"], [r"(-\infty, 3)", r"(\infty, 3]", r"[3, \infty)", r"(-\infty, -3]"]),
    ([r"(-1,0) \cup (2,\infty)", r"(2,\infty) \cup (-1,0)"], [r"(-1,0)", r"(-1,0] \cup (2,\infty)", r"(-1,0) \cup (3,\infty)", r"(-1,0) \cap (2,\infty)"]),
    ([r"\{1, 2, 3\}", r"\{3, 1, 2\}", r"\left\{1,2,3\right\}", r"\{1, \frac{4}{2}, 3\}"], [r"\{1, 2\}", r"\{1, 2, 4\}", r"\{1,2,3,4\}"]),
    (["1, 5", "5, 1", "1,5"], ["1, 6", "1, 5, 6", "1"]),
    ([r"2 \pm \sqrt{7}", r"2+\sqrt{7}, 2-\sqrt{7}", r"\{2-\sqrt{7}, 2+\sqrt{7}\}"], [r"2 + \sqrt{7}", r"-2 \pm \sqrt{7}", r"2 \pm 7"]),
    # equations and matrices
    (["x=4", "4", "x = 4"], ["x=5", "-4"]),
    (["y = 3x - 2", "y=-2+3x", "3x-2"], ["y = 3x + 2", "y = 2x - 3"]),
    (["2x + 3y = 6", "2x+3y-6=0", "6 = 2x + 3y"], ["2x + 3y = 5", "2x - 3y = 6", "3x + 2y = 6"]),
    ([r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}", r"\begin{pmatrix} 1 & \frac{4}{2} \\ 3 & 4.0 \end{pmatrix}"],
     [r"\begin{pmatrix} 1 & 3 \\ 2 & 4 \end{pmatrix}", r"\begin{pmatrix} 1 & 2 \end{pmatrix}", r"\begin{pmatrix} 1 & 2 \\ 3 & 5 \end{pmatrix}", r"\begin{pmatrix} 1 \\ 2 \\ 3 \\ 4 \end{pmatrix}"]),
    ([r"\begin{pmatrix} 1/2 \\ -3 \end{pmatrix}", r"\begin{pmatrix} 0.5 \\ -3 \end{pmatrix}", r"\begin{pmatrix} \frac12 \\ -3 \end{pmatrix}"],
     [r"\begin{pmatrix} -3 \\ 1/2 \end{pmatrix}", r"\begin{pmatrix} 1/2 & -3 \end{pmatrix}", r"\begin{pmatrix} 1/2 \\ 3 \end{pmatrix}"]),
    # words
    ([r"\text{even}", "even", r"\mathrm{even}"], [r"\text{odd}", "odd"]),
    ([r"\text{(B)}", r"\text{B}", "B", "(B)"], [r"\text{(C)}", "A"]),
    (["47_8", "47_{8}"], ["47_9", "46_8"]),
]


def library_verdict(gold: str, answer: str) -> bool:
    """math-verify takes the reference first and is not symmetric; its parser wants a formula's dollars."""
    return verify(parse(f"${gold}$"), parse(f"${answer}$"), timeout_seconds=5)


def main() -> None:
    pairs = []
    for equal, different in FAMILIES:
        gold = equal[0]
        for answer in equal[1:]:
            pairs.append({"a": gold, "b": answer, "expected": True, "library": library_verdict(gold, answer)})
        for answer in different:
            pairs.append({"a": gold, "b": answer, "expected": False, "library": library_verdict(gold, answer)})
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(f"    {json.dumps(pair)}" for pair in pairs)
    head = json.dumps(f"math-verify {version('math-verify')}, sympy {version('sympy')}")
    OUTPUT.write_text(f'{{\n  "library": {head},\n  "pairs": [\n{lines}\n  ]\n}}\n')
    disagree = [pair for pair in pairs if pair["expected"] != pair["library"]]
    print(f"{len(pairs)} pairs; the library differs on {len(disagree)}")
    for pair in disagree:
        print("  ", pair["a"], "|", pair["b"], "| expected", pair["expected"])


if __name__ == "__main__":
    main()
