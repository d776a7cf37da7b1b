"""The PyTorch side of one measurement, with the same conversation as ours.ts: `peer.py <spec as JSON>`.

Sets up, warms up, says ready; then each line of its input is a number of steps to time, and the end of the input asks
for the peak of memory. The models are those of tools/reference/bench_peer.py.
"""

import json
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools/reference"))
import bench_peer as peer  # noqa: E402
import torch  # noqa: E402

WARM_UP = 2


def training(c: dict):
    models, loss = peer.training_step(c)
    parameters = [p for m in models for p in m.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=1e-4, fused=True)

    def step():
        loss().backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    return step


def generation(c: dict):
    repeat = c["samplesPerPrompt"] if c["sharedPrompt"] else 1
    prompts = torch.randint(c["vocab"], (c["batch"] // repeat, c["promptLen"]))
    model = peer.Decoder(c, 0, c["promptLen"] + c["newTokens"]).eval()
    if c["tied"]:
        model.head.weight = model.embed.weight

    @torch.inference_mode()
    def step():
        tokens = model.generate(prompts, repeat, c["newTokens"], peer.pick_token(c))
        assert tokens.shape == (c["batch"], c["newTokens"])

    return step


def resident_bytes() -> int:
    """Memory in use now, where the system says; else the most that was in use."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return peer.peak_bytes()


def say(answer: dict) -> None:
    print(json.dumps(answer), flush=True)


def main() -> None:
    c = {**peer.DEFAULTS, **json.loads(sys.argv[1])["spec"]}
    torch.set_num_threads(c["threads"])
    peer.use_device(c)
    torch.manual_seed(c["seed"])
    # Start the thread pool and the BLAS before the baseline is taken.
    torch.randn(256, 256) @ torch.randn(256, 256)
    on_gpu = c["device"] == "cuda"
    baseline = 0 if on_gpu else resident_bytes()
    step = generation(c) if c["mode"] == "generate" else training(c)
    if c["tied"] and Path("/proc/self/clear_refs").exists():
        # The peak from here on: the critic was made with weights of its own before it got those of the policy.
        Path("/proc/self/clear_refs").write_text("5")
    for _ in range(1 if c["tied"] else WARM_UP):
        step()
    about = [line.strip(" -") for line in torch.__config__.show().splitlines() if "Math Kernel" in line or "BLAS_INFO" in line]
    say({"ready": True, "flops": None, "version": torch.__version__, "blas": peer.device_name(c) or (about[0] if about else "unknown")})
    for line in sys.stdin:
        ms = []
        for _ in range(int(line)):
            start = time.perf_counter()
            step()
            peer.wait(c)
            ms.append((time.perf_counter() - start) * 1e3)
        say({"ms": ms})
    say({"peakBytes": (torch.cuda.max_memory_reserved() if on_gpu else peer.peak_bytes()) - baseline})


if __name__ == "__main__":
    main()
