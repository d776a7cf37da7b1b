"""AdamW with weight decay after clipping by global norm, and the usual learning-rate schedules."""

import torch
from transformers import get_scheduler

from common import FIXTURES, generator, write_json

STEPS = 5
SCHEDULE_STEPS = 20


def adamw_case(learning_rates: list[float], betas, eps: float, weight_decay: float, max_norm: float, seed: int) -> dict:
    g = generator(seed)

    def draw(*shape, scale=1.0):
        return (scale * torch.randn(shape, generator=g) * 1024).round().double() / 1024

    parameters = [draw(6).requires_grad_(), draw(2, 3).requires_grad_()]
    optimizer = torch.optim.AdamW(parameters, lr=learning_rates[0], betas=betas, eps=eps, weight_decay=weight_decay)
    initial = [p.tolist() for p in parameters]
    steps = []
    for step, lr in enumerate(learning_rates):
        # Odd steps stay under the clipping norm, even ones exceed it.
        grads = [draw(*p.shape, scale=2.0 if step % 2 == 0 else 0.1) for p in parameters]
        for p, grad in zip(parameters, grads):
            p.grad = grad.clone()
        norm = torch.nn.utils.clip_grad_norm_(parameters, max_norm)
        optimizer.param_groups[0]["lr"] = lr
        optimizer.step()
        steps.append(
            {
                "learningRate": lr,
                "gradients": [grad.tolist() for grad in grads],
                "normBeforeClipping": norm.item(),
                "parameters": [p.tolist() for p in parameters],
                "expAvg": [optimizer.state[p]["exp_avg"].tolist() for p in parameters],
                "expAvgSq": [optimizer.state[p]["exp_avg_sq"].tolist() for p in parameters],
            }
        )
    assert any(s["normBeforeClipping"] > max_norm for s in steps) and any(s["normBeforeClipping"] < max_norm for s in steps)
    return {
        "betas": list(betas), "eps": eps, "weightDecay": weight_decay, "maxNorm": max_norm, "initial": initial,
        "steps": steps,
    }


def schedule(name: str, warmup: int) -> list[float]:
    """Learning rate of steps 0, 1, ... as a factor of the base rate, as transformers computes it."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = get_scheduler(name, optimizer, num_warmup_steps=warmup, num_training_steps=SCHEDULE_STEPS)
    factors = []
    for _ in range(SCHEDULE_STEPS):
        factors.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return factors


def main() -> None:
    torch.set_num_threads(1)
    cases = [
        adamw_case([1e-2] * STEPS, (0.9, 0.999), 1e-8, 0.1, 1.0, 61),
        adamw_case([1e-3, 2e-3, 3e-3, 2e-3, 1e-3], (0.9, 0.95), 1e-6, 0.0, 0.5, 62),
    ]
    schedules = [
        {"name": name, "warmupSteps": warmup, "totalSteps": SCHEDULE_STEPS, "factors": schedule(name, warmup)}
        for name, warmup in [
            ("constant_with_warmup", 4), ("linear", 0), ("linear", 4), ("cosine", 0), ("cosine", 4),
        ]
    ]
    write_json(FIXTURES / "optimizer" / "adamw.json", {"cases": cases})
    write_json(FIXTURES / "optimizer" / "schedules.json", {"schedules": schedules})
    print("optimizer: norms", [round(s["normBeforeClipping"], 3) for c in cases for s in c["steps"]])


if __name__ == "__main__":
    main()
