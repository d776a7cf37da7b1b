"""The DQO losses (equations 10 to 16 of the paper) in PyTorch, written for being checked rather than for speed.

One trajectory is a set of vectors over its H response tokens: log pi_theta, log pi_ref, log mu, V_phi(s_h) and the
token rewards r_h. V_phi(s_{H+1}) is 0.
"""

import torch


def returns_by_recursion(logp, ref_logp, value, reward, beta, lam):
    """G_h = rho_h + (1 - lambda) V(s_{h+1}) + lambda G_{h+1}; no gradient. [H]"""
    logp, value = logp.detach(), value.detach()
    rho = beta * (ref_logp - logp) + reward
    following = torch.zeros((), dtype=logp.dtype)
    out = []
    for h in reversed(range(len(logp))):
        next_value = value[h + 1] if h + 1 < len(value) else torch.zeros_like(following)
        following = rho[h] + (1 - lam) * next_value + lam * following
        out.append(following)
    return torch.stack(out[::-1])


def returns_by_n_step_sums(logp, ref_logp, value, reward, beta, lam):
    """The same as the mixture of n-step returns; the last, complete one takes all the weight that is left. [H]"""
    logp, value = logp.detach(), value.detach()
    length = len(logp)
    rho = beta * (ref_logp - logp) + reward
    extended = torch.cat([value, value.new_zeros(1)])
    out = []
    for h in range(length):
        steps = length - h
        n_step = [rho[h : h + n].sum() + extended[h + n] for n in range(1, steps + 1)]
        mixed = lam ** (steps - 1) * n_step[-1]
        for n in range(1, steps):
            mixed = mixed + (1 - lam) * lam ** (n - 1) * n_step[n - 1]
        out.append(mixed)
    return torch.stack(out)


def trajectory_losses(logp, ref_logp, behaviour_logp, value, reward, beta, lam, weight_on):
    """Returns, weight and the two weighted but unreduced losses of one trajectory."""
    target = returns_by_recursion(logp, ref_logp, value, reward, beta, lam)
    by_sums = returns_by_n_step_sums(logp, ref_logp, value, reward, beta, lam)
    assert torch.allclose(target, by_sums, rtol=1e-12, atol=1e-12)
    weight = torch.exp(torch.clamp((logp.detach() - behaviour_logp).sum(), max=1.0))
    one = torch.ones_like(weight)
    next_target = torch.cat([target[1:], target.new_zeros(1)])
    policy = (beta * (logp - ref_logp) - (reward + next_target - value.detach())).square().sum()
    critic = (target - value).square().sum()
    return {
        "returns": target,
        "weight": weight,
        "policyLoss": (weight if weight_on in ("policy", "both") else one) * policy,
        "valueLoss": (weight if weight_on in ("value", "both") else one) * critic,
    }
