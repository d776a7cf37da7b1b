"""Writes fixtures/datasets: small Parquet files by pyarrow, one per codec and nesting, to read against.

Run from the repository root with the Python package pyarrow:
    python tools/reference/make_datasets.py
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

OUT = Path(__file__).resolve().parents[2] / "fixtures" / "datasets"

ROWS = [
    {"prompt": "Häagen-Dazs? 🙂", "completion": "#### 18\n", "reward": 1.0, "label": True},
    {"prompt": "two\nlines", "completion": "#### 7", "reward": -0.25, "label": False},
    {"prompt": "same" * 500, "completion": "long " * 300, "reward": 0.5, "label": True},
]
CHATS = [
    {"messages": [{"role": "user", "content": f"q{i}"}, {"role": "assistant", "content": f"a{i}"}]} for i in range(5)
]
STEPS = [{"prompt": "p", "completions": ["one", "two"], "labels": [True, False]}]


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    for codec in ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]:
        pq.write_table(pa.Table.from_pylist(ROWS), OUT / f"scored-{codec}.parquet", compression=codec)
    # Two rows to a group, so that reading goes over group borders.
    pq.write_table(pa.Table.from_pylist(CHATS), OUT / "messages.parquet", row_group_size=2)
    pq.write_table(pa.Table.from_pylist(STEPS), OUT / "stepwise.parquet")
    integers = pa.table({"prompt": ["a", "b"], "response": ["c", "d"], "reward": pa.array([1, None], pa.int64())})
    pq.write_table(integers, OUT / "integer-reward.parquet")
    for path in sorted(OUT.iterdir()):
        print(path.name, path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
