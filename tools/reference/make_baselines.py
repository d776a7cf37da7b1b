"""Losses of SFT, DPO, KTO and DRO on random arrays, and the sampling filters.

DPO and KTO come from TRL's own trainers: their loss method is run on log-probs handed to it in place of a model's.
"""

from collections import defaultdict
from types import SimpleNamespace
from unittest.mock import MagicMock

import torch
from transformers.generation.logits_process import (
    EpsilonLogitsWarper,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)
from trl.trainer.dpo_trainer import DPOTrainer
from trl.trainer.kto_trainer import KTOTrainer

from common import FIXTURES, generator, write_json


def draw(g, *shape, scale=1.0, mean=0.0):
    values = mean + scale * torch.randn(shape, generator=g, dtype=torch.float64)
    return (values * 1024).round() / 1024


def trainer(**fields):
    """Only what the loss reads; whatever it logs besides goes nowhere."""
    stub = MagicMock()
    stub.accelerator.device = torch.device("cpu")
    stub.accelerator.gather_for_metrics = stub.accelerator.gather = lambda x: x
    stub.aux_loss_enabled, stub.precompute_ref_logps = False, True
    stub._tp_size, stub._total_train_tokens = 1, 0
    stub._metrics = {"train": defaultdict(list)}
    for name, value in fields.items():
        setattr(stub, name, value)
    return stub


def outputs(logps: torch.Tensor):
    """What a model would return for sequences of one prompt and one response token: log-probs [B, 1]."""
    zeros = torch.zeros(len(logps), 1)
    return SimpleNamespace(log_probs=logps[:, None], entropy=zeros, mean_logits=zeros, is_top1=zeros.bool())


def ids_and_mask(batch: int):
    return {"input_ids": torch.ones(batch, 2, dtype=torch.long), "attention_mask": torch.ones(batch, 2, dtype=torch.long),
            "completion_mask": torch.tensor([[0, 1]] * batch)}


def dpo_by_trl(logps, ref, beta):
    pairs = len(logps) // 2
    stub = trainer(beta=beta, ld_alpha=None, f_divergence_type="reverse_kl", loss_types=["sigmoid"], loss_weights=[1.0],
                   label_smoothing=0.0, use_weighting=False)
    inputs = {**ids_and_mask(2 * pairs), "ref_chosen_logps": ref[:pairs], "ref_rejected_logps": ref[pairs:]}
    return DPOTrainer._compute_loss(stub, lambda **kw: outputs(logps), inputs, return_outputs=False)


def dpo_case(chosen, rejected, ref_chosen, ref_rejected, beta, smoothing) -> dict:
    logps = torch.cat([chosen, rejected]).requires_grad_()
    ref = torch.cat([ref_chosen, ref_rejected])
    c, r = logps.chunk(2)
    margin = beta * ((c - ref_chosen) - (r - ref_rejected))
    per_pair = -(1 - smoothing) * torch.nn.functional.logsigmoid(margin) - smoothing * torch.nn.functional.logsigmoid(-margin)
    per_pair.mean().backward()
    if smoothing == 0:
        other = logps.detach().clone().requires_grad_()
        loss = dpo_by_trl(other, ref, beta)
        loss.backward()
        assert torch.allclose(loss, per_pair.mean(), rtol=1e-6) and torch.allclose(other.grad, logps.grad, rtol=1e-6)
    gc, gr = logps.grad.chunk(2)
    return {"beta": beta, "labelSmoothing": smoothing, "losses": per_pair.tolist(), "mean": per_pair.mean().item(),
            "gradChosen": gc.tolist(), "gradRejected": gr.tolist()}


def kto_by_trl(logps, ref, kl, ref_kl, labels, beta, desirable, undesirable):
    stub = trainer(beta=beta, calculate_KL=True, loss_type="kto", desirable_weight=desirable,
                   undesirable_weight=undesirable)
    stub._compute_kl_logps = lambda model, batch: kl
    inputs = {**ids_and_mask(len(logps)), "label": labels, "ref_logps": ref, "ref_KL_logps": ref_kl}
    return KTOTrainer._compute_loss(stub, lambda **kw: outputs(logps), inputs, return_outputs=False)


def kto_case(logps, ref, kl, ref_kl, labels, beta, desirable, undesirable) -> dict:
    logps = logps.clone().requires_grad_()
    ratio = logps - ref
    zero = (kl - ref_kl).mean().clamp(min=0)
    losses = torch.where(
        labels, desirable * (1 - torch.sigmoid(beta * (ratio - zero))), undesirable * (1 - torch.sigmoid(beta * (zero - ratio)))
    )
    losses.mean().backward()
    other = logps.detach().clone().requires_grad_()
    loss = kto_by_trl(other, ref, kl, ref_kl, labels, beta, desirable, undesirable)
    loss.backward()
    assert torch.allclose(loss, losses.mean(), rtol=1e-6) and torch.allclose(other.grad, logps.grad, rtol=1e-6)
    return {"beta": beta, "desirableWeight": desirable, "undesirableWeight": undesirable, "z0": zero.item(),
            "mismatchedLogp": kl.tolist(), "mismatchedReferenceLogp": ref_kl.tolist(),
            "losses": losses.tolist(), "mean": losses.mean().item(), "gradLogp": logps.grad.tolist()}


def dro_case(logps, ref, value, reward, beta) -> dict:
    """(r - V - beta (S - Sref))^2; the policy's gradient with V held, the value's with the policy held."""
    logps, value = logps.clone().requires_grad_(), value.clone().requires_grad_()
    policy = (reward - value.detach() - beta * (logps - ref)).square()
    critic = (reward - value - beta * (logps.detach() - ref)).square()
    (policy.mean() + critic.mean()).backward()
    return {"beta": beta, "losses": policy.tolist(), "mean": policy.mean().item(), "gradLogp": logps.grad.tolist(),
            "gradValue": value.grad.tolist()}


def write_losses() -> None:
    g = generator(71)
    n = 5
    logp, ref = draw(g, 2 * n, scale=2, mean=-12), draw(g, 2 * n, scale=2, mean=-12)
    kl_up, kl_down = draw(g, n, scale=1, mean=-10), draw(g, n, scale=1, mean=-14)
    labels = torch.tensor([True, False, True, True, False])
    value, reward = draw(g, n, scale=0.5), torch.tensor([1.0, 0.0, 1.0, -0.5, 0.0], dtype=torch.float64)
    write_json(
        FIXTURES / "baselines" / "losses.json",
        {
            "dpo": {
                "chosen": logp[:n].tolist(), "rejected": logp[n:].tolist(),
                "referenceChosen": ref[:n].tolist(), "referenceRejected": ref[n:].tolist(),
                "cases": [dpo_case(logp[:n], logp[n:], ref[:n], ref[n:], b, s) for b in [0.1, 0.01] for s in [0.0, 0.1]],
            },
            "kto": {
                "logp": logp[:n].tolist(), "referenceLogp": ref[:n].tolist(), "desirable": labels.tolist(),
                # In the second the mean log-ratio is negative and z0 therefore 0.
                "cases": [
                    kto_case(logp[:n], ref[:n], kl_up, kl_down, labels, 0.1, 1.0, 1.0),
                    kto_case(logp[:n], ref[:n], kl_down, kl_up, labels, 0.1, 1.33, 1.0),
                ],
            },
            "dro": {
                "logp": logp[:n].tolist(), "referenceLogp": ref[:n].tolist(), "value": value.tolist(),
                "reward": reward.tolist(),
                "cases": [dro_case(logp[:n], ref[:n], value, reward, b) for b in [0.03, 1.0]],
            },
        },
    )


def filtered(logits, temperature, top_k, threshold, top_p) -> torch.Tensor:
    """Temperature, top-k, probability threshold (of the renormalised rest), top-p: in this order. Probabilities."""
    scores = TemperatureLogitsWarper(temperature)(None, logits) if temperature != 1 else logits
    for warper in [
        TopKLogitsWarper(top_k) if top_k else None,
        EpsilonLogitsWarper(threshold) if threshold else None,
        TopPLogitsWarper(top_p) if top_p < 1 else None,
    ]:
        scores = warper(None, scores) if warper else scores
    return scores.softmax(-1)


def write_filters() -> None:
    logits = draw(generator(72), 4, 40, scale=2.0)
    logits[1] *= 0.25  # nearly flat: every token below some thresholds
    logits[2] *= 3  # peaked: one or two tokens remain
    settings = [
        (1.0, 16, 0.01, 0.9), (1.0, 16, 0.0, 1.0), (1.0, 0, 0.01, 1.0), (1.0, 0, 0.0, 0.9), (0.7, 8, 0.05, 0.8),
        (1.0, 0, 0.5, 1.0),
    ]
    cases = []
    for temperature, top_k, threshold, top_p in settings:
        probabilities = filtered(logits, temperature, top_k, threshold, top_p)
        cases.append({"temperature": temperature, "topK": top_k, "threshold": threshold, "topP": top_p,
                      "kept": (probabilities > 0).sum(-1).tolist(), "probabilities": probabilities.tolist()})
    write_json(FIXTURES / "baselines" / "sampling.json", {"logits": logits.tolist(), "cases": cases})
    print("sampling: kept", [c["kept"] for c in cases])


def main() -> None:
    torch.set_num_threads(1)
    write_losses()
    write_filters()


if __name__ == "__main__":
    main()
