"""DQO: losses and gradients on random arrays, and end to end through a LoRA policy and a LoRA value model."""

import torch

from common import FIXTURES, GROUPS, exact64, generator, response_logprobs, write_json, write_tensors
from dqo import trajectory_losses
from make_gradients import gradients, load, load_lora, make_adapter

LENGTHS = [1, 2, 3, 4, 7]


def random_trajectories() -> list[dict]:
    """Rewards of 1, 0 and a negative number; log-ratios that fall on both sides of the clip at 1."""
    g = generator(41)

    def normal(n: int, scale: float = 1.0, mean: float = 0.0) -> torch.Tensor:
        values = mean + scale * torch.randn(n, generator=g, dtype=torch.float64)
        return (values * 1024).round() / 1024  # exact in float32 too

    trajectories = []
    for length, outcome, shift in zip(LENGTHS, [1.0, 0.0, 1.0, -0.5, 1.0], [0.2, -0.4, 1.2, 0.1, -0.1]):
        ref = -normal(length, 0.7, 1.5).abs()
        logp = -(ref + shift + normal(length, 0.3)).abs()
        process = torch.zeros(length, dtype=torch.float64)
        process[length // 2] += 0.25
        process[-1] += 0.5
        trajectories.append(
            {
                "logp": logp.tolist(),
                "referenceLogp": ref.tolist(),
                "behaviourLogp": (ref + normal(length, 0.2)).tolist(),
                "value": normal(length, 0.5).tolist(),
                "outcomeReward": outcome,
                "processRewards": process.tolist(),
            }
        )
    return trajectories


def array_case(trajectories, lam, beta, weight_on, process_rewards, behaviour) -> dict:
    results = []
    for t in trajectories:
        logp = torch.tensor(t["logp"], dtype=torch.float64, requires_grad=True)
        value = torch.tensor(t["value"], dtype=torch.float64, requires_grad=True)
        ref = torch.tensor(t["referenceLogp"], dtype=torch.float64)
        mu = torch.tensor(t["behaviourLogp"], dtype=torch.float64) if behaviour == "data" else ref
        reward = torch.tensor(t["processRewards"], dtype=torch.float64) * process_rewards
        reward[-1] += t["outcomeReward"]
        results.append((logp, value, trajectory_losses(logp, ref, mu, value, reward, beta, lam, weight_on)))
    policy = torch.stack([r["policyLoss"] for _, _, r in results]).mean()
    critic = torch.stack([r["valueLoss"] for _, _, r in results]).mean()
    (policy + critic).backward()
    return {
        "lambda": lam,
        "beta": beta,
        "weightOn": weight_on,
        "processRewards": process_rewards,
        "behaviour": behaviour,
        "policyLossMean": policy.item(),
        "valueLossMean": critic.item(),
        "trajectories": [
            {
                "returns": r["returns"].tolist(),
                "weight": r["weight"].item(),
                "policyLoss": r["policyLoss"].item(),
                "valueLoss": r["valueLoss"].item(),
                "gradLogp": logp.grad.tolist(),
                "gradValue": value.grad.tolist(),
            }
            for logp, value, r in results
        ],
    }


def write_arrays() -> None:
    trajectories = random_trajectories()
    cases = [
        array_case(trajectories, lam, beta, weight_on, process_rewards, "reference")
        for lam in [0.0, 0.5, 0.95, 1.0]
        for beta in [0.03, 1.0]
        for weight_on in ["both", "policy", "value", "neither"]
        for process_rewards in [False, True]
    ]
    cases += [array_case(trajectories, lam, 0.3, "both", True, "data") for lam in [0.95, 1.0]]
    weights = [t["weight"] for t in cases[0]["trajectories"]]
    assert min(weights) < 1 and any(1 < w < 2.7 for w in weights) and abs(max(weights) - torch.e) < 1e-12
    write_json(FIXTURES / "dqo" / "losses.json", {"trajectories": trajectories, "cases": cases})
    print("losses.json:", len(cases), "cases, weights", [round(w, 3) for w in weights])


def values(model, head: torch.Tensor, prompt: list[int], response: list[int]) -> torch.Tensor:
    """V_phi(s_h): the head on the last, normalised hidden state at the last token of s_h, h = 1..H. [H]"""
    hidden = model.base_model.model.model(torch.tensor([prompt + response[:-1]]), use_cache=False).last_hidden_state
    return (hidden[0] @ head[0])[len(prompt) - 1 :]


def end_to_end(case: dict) -> tuple[dict, dict]:
    """One DQO batch of all six responses: losses and every gradient. The head is [1, D] without bias."""
    name = case["model"]
    reference = exact64(load(name))
    policy, critic = load_lora(name), load_lora(name, "value")
    head = ((torch.randn(1, 32, generator=generator(51)) * 0.05 * 1024).round() / 1024).double().requires_grad_()
    tensors = {"value_head.weight": head.detach().clone()}
    trajectories, losses, g = [], [], generator(52)
    for group in GROUPS:
        for k, response in enumerate(group["responses"]):
            with torch.no_grad():
                ref = response_logprobs(reference, group["prompt"], response)
            logp = response_logprobs(policy, group["prompt"], response)
            if case["valueModel"] == "separate":
                value = values(critic, head, group["prompt"], response)
            else:
                with torch.no_grad():
                    hidden = policy.base_model.model.model(
                        torch.tensor([group["prompt"] + response[:-1]]), use_cache=False
                    ).last_hidden_state[0, len(group["prompt"]) - 1 :]
                value = hidden @ head[0]
            reward = torch.zeros(len(response), dtype=torch.float64)
            reward[-1] = float(k != 1)
            if case["processRewards"]:
                reward += (torch.rand(len(response), generator=g) * 64).round().double() / 64
            # The behaviour policy wrote slightly other log-probs than the policy has now: weights near 1.
            behaviour = ref
            if case["behaviour"] == "data":
                noise = torch.randn(len(response), generator=g, dtype=torch.float64) * 0.2
                behaviour = logp.detach() + noise
            out = trajectory_losses(
                logp, ref, behaviour, value, reward, case["beta"], case["lambda"], case["weightOn"]
            )
            losses.append(out)
            trajectories.append(
                {
                    "prompt": group["prompt"],
                    "response": response,
                    "rewards": reward.tolist(),
                    "behaviourLogp": behaviour.tolist(),
                    "referenceLogp": ref.tolist(),
                    "logp": logp.tolist(),
                    "value": value.tolist(),
                    "returns": out["returns"].tolist(),
                    "weight": out["weight"].item(),
                    "policyLoss": out["policyLoss"].item(),
                    "valueLoss": out["valueLoss"].item(),
                }
            )
    policy_loss = torch.stack([o["policyLoss"] for o in losses]).mean()
    value_loss = torch.stack([o["valueLoss"] for o in losses]).mean()
    (policy_loss + value_loss).backward()
    tensors.update({f"policy.grad.{n}": t for n, t in gradients(policy).items()})
    if case["valueModel"] == "separate":
        tensors.update({f"value.grad.{n}": t for n, t in gradients(critic).items()})
    tensors["value.grad.value_head.weight"] = head.grad
    document = {
        "model": name,
        "policyAdapter": f"{name}-lora",
        "valueAdapter": f"{name}-value" if case["valueModel"] == "separate" else None,
        **case,
        "policyLoss": policy_loss.item(),
        "valueLoss": value_loss.item(),
        "trajectories": trajectories,
    }
    return document, tensors


PROCESS = {
    "valueModel": "separate", "beta": 0.5, "lambda": 0.95, "weightOn": "both", "processRewards": True, "behaviour": "data",
}
END_TO_END = {
    "end-to-end-default": {
        "model": "llama-tiny", "valueModel": "separate", "beta": 0.03, "lambda": 1.0, "weightOn": "both", "processRewards": False,
        "behaviour": "reference",
    },
    "end-to-end-process": {
        "model": "llama-tiny", **PROCESS,
    },
    "end-to-end-shared": {
        "model": "llama-tiny", "valueModel": "shared", "beta": 0.3, "lambda": 0.5, "weightOn": "policy", "processRewards": False,
        "behaviour": "data",
    },
    **{f"end-to-end-{f}": {"model": f"{f}-tiny", **PROCESS} for f in ["qwen2", "qwen3", "gemma", "gemma2", "mistral"]},
}


def main() -> None:
    torch.set_num_threads(1)
    write_arrays()
    for i, name in enumerate(dict.fromkeys(case["model"] for case in END_TO_END.values())):
        make_adapter(name, 53 + i, "value")
    for stem, case in END_TO_END.items():
        document, tensors = end_to_end(case)
        write_json(FIXTURES / "dqo" / f"{stem}.json", document)
        write_tensors(FIXTURES / "dqo" / f"{stem}.safetensors", tensors)
        weights = [round(t["weight"], 4) for t in document["trajectories"]]
        print(stem, "policy", round(document["policyLoss"], 4), "value", round(document["valueLoss"], 4), "weights", weights)


if __name__ == "__main__":
    main()
