"""The PyTorch peer of our benchmarks: a plain, fast decoder on the CPU or a GPU, and transformers' own for comparison.

    echo '{"mode": "train-full"}' | python bench_peer.py        or   python bench_peer.py '{"mode": "generate"}'

Every field of DEFAULTS may be given. The answer is one JSON object on stdout; times are milliseconds.

mode            train-full, train-lora      forward, cross-entropy at all positions, backward, AdamW
                train-dqo-full, -lora       one DQO step of batch = groups * samplesPerPrompt responses: a policy and a
                                            separate value model, log-probs at response positions only, reference
                                            log-probs given (they are computed once per data set, not per step)
                generate                    prefill and decoding with a preallocated cache
                check                       proves the decoder against fixtures/ and the shared layout against the plain one
implementation  own, transformers           transformers: train-full, train-lora (peft) and generate only
sharedPrompt    DQO: each prompt runs once per group. generate: one prefill per prompt, its cache copied per sample
"""

import json
import math
import resource
import statistics
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

DEFAULTS = {
    "mode": "train-full",
    "implementation": "own",
    "hidden": 256, "layers": 6, "heads": 4, "kvHeads": 2, "intermediate": 688, "vocab": 512,
    "batch": 16, "seq": 128,
    "loraRank": 8,
    "groups": 4, "samplesPerPrompt": 4, "promptLen": 64, "responseLen": 64, "sharedPrompt": False,
    "newTokens": 128, "sampling": "greedy", "topK": 16,
    "tied": False, "checkpointing": False, "compile": False,
    "device": "cpu", "threads": 2, "steps": 5, "warmup": 2, "seed": 0,
}
EPS, THETA = 1e-5, 10000.0


class Projection(nn.Module):
    """Several linear maps of one input, each with its adapter under LoRA.

    Training keeps them apart (joined weights cost a copy of every gradient), decoding joins them into one product.
    """

    def __init__(self, inputs: int, outputs: list[int], rank: int):
        super().__init__()
        self.outputs, self.rank, self.scale, self.joined = outputs, rank, 2.0, None

        def random(rows, columns, trained=True):
            return nn.Parameter(torch.randn(rows, columns) / math.sqrt(columns), requires_grad=trained)

        self.weights = nn.ParameterList([random(n, inputs, rank == 0) for n in outputs])
        if rank:
            self.a = nn.ParameterList([random(rank, inputs) for _ in outputs])
            self.b = nn.ParameterList([nn.Parameter(torch.zeros(n, rank)) for n in outputs])

    def join(self):
        self.joined = torch.cat(list(self.weights))

    def forward(self, x):
        if self.joined is not None:
            return F.linear(x, self.joined).split(self.outputs, dim=-1)
        if not self.rank:
            return [F.linear(x, w) for w in self.weights]
        return [
            F.linear(x, w) + self.scale * F.linear(F.linear(x, a), b)
            for w, a, b in zip(self.weights, self.a, self.b)
        ]


class Norm(nn.Module):
    def __init__(self, size: int, trained: bool):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size), requires_grad=trained)

    def forward(self, x):
        return self.weight * (x * torch.rsqrt(x.square().mean(-1, keepdim=True) + EPS))


def rotate(x, cos, sin):
    first, second = x.chunk(2, dim=-1)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], dim=-1)


class Layer(nn.Module):
    def __init__(self, c: dict, rank: int):
        super().__init__()
        self.heads, self.kv_heads, self.size = c["heads"], c["kvHeads"], c["hidden"] // c["heads"]
        self.norm1, self.norm2 = Norm(c["hidden"], rank == 0), Norm(c["hidden"], rank == 0)
        self.qkv = Projection(c["hidden"], [c["hidden"], self.kv_heads * self.size, self.kv_heads * self.size], rank)
        self.out = Projection(c["hidden"], [c["hidden"]], rank)
        self.gate_up = Projection(c["hidden"], [c["intermediate"], c["intermediate"]], rank)
        self.down = Projection(c["intermediate"], [c["hidden"]], rank)

    def keys_and_queries(self, x, cos, sin):
        batch, length, _ = x.shape
        q, k, v = self.qkv(self.norm1(x))
        q = rotate(q.view(batch, length, self.heads, self.size).transpose(1, 2), cos, sin)
        k = rotate(k.view(batch, length, self.kv_heads, self.size).transpose(1, 2), cos, sin)
        return q, k, v.view(batch, length, self.kv_heads, self.size).transpose(1, 2)

    def rest(self, x, q, k, v, **attention):
        batch, length, width = x.shape
        mixed = F.scaled_dot_product_attention(q, k, v, enable_gqa=self.heads != self.kv_heads, **attention)
        x = x + self.out(mixed.transpose(1, 2).reshape(batch, length, width))[0]
        gate, up = self.gate_up(self.norm2(x))
        return x + self.down(F.silu(gate) * up)[0]

    def forward(self, x, cos, sin):
        return self.rest(x, *self.keys_and_queries(x, cos, sin), is_causal=True)

    def shared(self, x, r, cos, sin, repeat: int, mask):
        """Prompts [G, P, D] once, responses [G * K, R, D] over the keys of their prompt and their own."""
        length = x.shape[1]
        q, k, v = self.keys_and_queries(x, cos[:length], sin[:length])
        rq, rk, rv = self.keys_and_queries(r, cos[length:], sin[length:])
        x = self.rest(x, q, k, v, is_causal=True)
        rk = torch.cat([k.repeat_interleave(repeat, 0), rk], dim=2)
        rv = torch.cat([v.repeat_interleave(repeat, 0), rv], dim=2)
        return x, self.rest(r, rq, rk, rv, attn_mask=mask)


class Decoder(nn.Module):
    def __init__(self, c: dict, rank: int = 0, positions: int = 0, head: str = "lm"):
        super().__init__()
        self.checkpointing, self.head_kind = c["checkpointing"], head
        self.embed = nn.Embedding(c["vocab"], c["hidden"])
        self.embed.weight.requires_grad_(rank == 0)
        self.layers = nn.ModuleList([Layer(c, rank) for _ in range(c["layers"])])
        self.norm = Norm(c["hidden"], rank == 0)
        self.head = nn.Linear(c["hidden"], c["vocab"] if head == "lm" else 1, bias=False)
        self.head.weight.requires_grad_(rank == 0 or head == "value")
        size = c["hidden"] // c["heads"]
        inverse = THETA ** (-torch.arange(0, size, 2).double() / size)
        angles = torch.arange(positions).double()[:, None] * inverse
        self.register_buffer("cos", angles.cos().float())
        self.register_buffer("sin", angles.sin().float())

    def hidden(self, ids):
        x, cos, sin = self.embed(ids), self.cos[: ids.shape[1]], self.sin[: ids.shape[1]]
        for layer in self.layers:
            if self.checkpointing and torch.is_grad_enabled():
                # The frozen embedding of LoRA gives an input without gradient; use_reentrant=False allows that.
                x = torch.utils.checkpoint.checkpoint(layer, x, cos, sin, use_reentrant=False)
            else:
                x = layer(x, cos, sin)
        return x

    def forward(self, ids):
        return self.head(self.norm(self.hidden(ids)))

    def at_states(self, prompts, responses, shared: bool):
        """Head outputs at the state of each response token, [G * K, R, V]; prompts [G, P], responses [G * K, R].

        The state of the first response token is the last prompt token, so the last response token is never read.
        """
        length, repeat = prompts.shape[1], responses.shape[0] // prompts.shape[0]
        if not shared:
            ids = torch.cat([prompts.repeat_interleave(repeat, 0), responses[:, :-1]], dim=1)
            return self.head(self.norm(self.hidden(ids)[:, length - 1 :]))
        x, r = self.embed(prompts), self.embed(responses[:, :-1])
        total = length + r.shape[1]
        cos, sin = self.cos[:total], self.sin[:total]
        mask = torch.ones(r.shape[1], total, dtype=torch.bool).tril(length)
        for layer in self.layers:
            if self.checkpointing and torch.is_grad_enabled():
                x, r = torch.utils.checkpoint.checkpoint(
                    layer.shared, x, r, cos, sin, repeat, mask, use_reentrant=False
                )
            else:
                x, r = layer.shared(x, r, cos, sin, repeat, mask)
        states = torch.cat([x[:, -1:].repeat_interleave(repeat, 0), r], dim=1)
        return self.head(self.norm(states))

    def generate(self, prompts, repeat: int, new_tokens: int, pick):
        """Tokens [B * repeat, new_tokens]; the cache is allocated once and written in place."""
        groups, length = prompts.shape
        batch, total = groups * repeat, length + new_tokens
        layer0 = self.layers[0]
        for module in self.modules():
            if isinstance(module, Projection) and module.joined is None:
                module.join()
        shape = (batch, layer0.kv_heads, total, layer0.size)
        caches = [(torch.empty(shape), torch.empty(shape)) for _ in self.layers]
        x, cos, sin = self.embed(prompts), self.cos[:length], self.sin[:length]
        for layer, (keys, values) in zip(self.layers, caches):
            q, k, v = layer.keys_and_queries(x, cos, sin)
            keys[:, :, :length] = k.repeat_interleave(repeat, 0)
            values[:, :, :length] = v.repeat_interleave(repeat, 0)
            x = layer.rest(x, q, k, v, is_causal=True)
        token = pick(self.head(self.norm(x[:, -1])).repeat_interleave(repeat, 0))
        tokens = [token]
        for position in range(length, total - 1):
            x = self.embed(token[:, None])
            cos, sin = self.cos[position : position + 1], self.sin[position : position + 1]
            for layer, (keys, values) in zip(self.layers, caches):
                q, k, v = layer.keys_and_queries(x, cos, sin)
                keys[:, :, position : position + 1] = k
                values[:, :, position : position + 1] = v
                x = layer.rest(x, q, keys[:, :, : position + 1], values[:, :, : position + 1])
            token = pick(self.head(self.norm(x[:, 0])))
            tokens.append(token)
        return torch.stack(tokens, dim=1)


def transformers_model(c: dict, rank: int):
    from transformers import LlamaConfig, LlamaForCausalLM

    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=c["vocab"], hidden_size=c["hidden"], intermediate_size=c["intermediate"],
            num_hidden_layers=c["layers"], num_attention_heads=c["heads"], num_key_value_heads=c["kvHeads"],
            tie_word_embeddings=False, max_position_embeddings=4096, attn_implementation="sdpa",
        )
    )
    if c["checkpointing"]:
        model.gradient_checkpointing_enable({"use_reentrant": False})
        model.enable_input_require_grads()
    if rank:
        from peft import LoraConfig, get_peft_model

        model = get_peft_model(model, LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear"))
    return model


def lambda_one_losses(logp, ref, value, reward, beta=0.03):
    """DQO at lambda = 1 with equal lengths, vectorised: mean policy loss plus mean value loss. All [B, R]."""
    with torch.no_grad():
        rho = beta * (ref - logp) + reward
        returns = rho.flip(1).cumsum(1).flip(1)
        weight = (logp - ref).sum(1).clamp(max=1).exp()
        target = reward + F.pad(returns[:, 1:], (0, 1)) - value
    policy = (weight * (beta * (logp - ref) - target).square().sum(1)).mean()
    return policy + (weight * (returns - value).square().sum(1)).mean()


def share_frozen(policy: "Decoder", critic: "Decoder") -> None:
    """The output layer is the embedding, and both networks hold one base."""
    policy.head.weight = policy.embed.weight
    for name, weight in list(policy.named_parameters()):
        module, _, attribute = name.rpartition(".")
        if not weight.requires_grad and module != "head":
            setattr(critic.get_submodule(module), attribute, weight)


def training_step(c: dict):
    """Models and a closure computing the loss of a fresh random batch."""
    rank = c["loraRank"] if c["mode"].endswith("lora") else 0
    if c["mode"].startswith("train-dqo"):
        total = c["promptLen"] + c["responseLen"]
        batch = c["groups"] * c["samplesPerPrompt"]
        policy, critic = Decoder(c, rank, total), Decoder(c, rank, total, head="value")
        if c["tied"]:
            share_frozen(policy, critic)
        reward = torch.zeros(batch, c["responseLen"])
        reward[::2, -1] = 1

        def loss():
            prompts = torch.randint(c["vocab"], (c["groups"], c["promptLen"]))
            responses = torch.randint(c["vocab"], (batch, c["responseLen"]))
            logits = policy.at_states(prompts, responses, c["sharedPrompt"])
            logp = -F.cross_entropy(logits.flatten(0, 1), responses.flatten(), reduction="none").view_as(responses)
            value = critic.at_states(prompts, responses, c["sharedPrompt"])[..., 0]
            return lambda_one_losses(logp, logp.detach() - 0.01, value, reward)

        return [policy, critic], loss

    model = transformers_model(c, rank) if c["implementation"] == "transformers" else Decoder(c, rank, c["seq"])
    forward = torch.compile(model) if c["compile"] else model

    def loss():
        ids = torch.randint(c["vocab"], (c["batch"], c["seq"] + 1))
        out = forward(ids[:, :-1])
        logits = out.logits if c["implementation"] == "transformers" else out
        return F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())

    return [model], loss


def use_device(c: dict) -> None:
    """cuda puts models and batches on the GPU, with TF32 products, as ONNX Runtime takes them there; all else is the CPU."""
    if c["device"] == "cuda":
        torch.set_default_device("cuda")
        torch.set_float32_matmul_precision("high")


def wait(c: dict) -> None:
    """The GPU works on after a call has returned."""
    if c["device"] == "cuda":
        torch.cuda.synchronize()


def device_name(c: dict) -> str | None:
    return torch.cuda.get_device_name() if c["device"] == "cuda" else None


def peak_bytes() -> int:
    scale = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale


def train(c: dict) -> dict:
    models, loss = training_step(c)
    parameters = [p for m in models for p in m.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=1e-4, fused=True)
    step_ms, backward_ms, losses = [], [], []
    for _ in range(c["warmup"] + c["steps"]):
        start = time.perf_counter()
        value = loss()
        value.backward()
        middle = time.perf_counter()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        wait(c)
        end = time.perf_counter()
        step_ms.append((end - start) * 1e3)
        backward_ms.append((middle - start) * 1e3)
        losses.append(value.item())
    return {
        "msPerStep": step_ms[c["warmup"] :],
        "msForwardBackward": backward_ms[c["warmup"] :],
        "medianMsPerStep": statistics.median(step_ms[c["warmup"] :]),
        "losses": losses,
        "trainedParameters": sum(p.numel() for p in parameters),
        "parameters": sum(p.numel() for m in models for p in m.parameters()),
    }


def pick_token(c: dict):
    if c["sampling"] == "greedy":
        return lambda logits: logits.argmax(-1)

    def sample(logits):
        top, index = logits.topk(c["topK"])
        return index.gather(-1, torch.multinomial(top.softmax(-1), 1))[:, 0]

    return sample


@torch.inference_mode()
def generate(c: dict) -> dict:
    """batch sequences: with sharedPrompt, batch / samplesPerPrompt prompts, each prefilled once."""
    repeat = c["samplesPerPrompt"] if c["sharedPrompt"] else 1
    prompts = torch.randint(c["vocab"], (c["batch"] // repeat, c["promptLen"]))
    own = c["implementation"] == "own"
    model = (
        Decoder(c, 0, c["promptLen"] + c["newTokens"]) if own else transformers_model(c, 0)
    ).eval()
    seconds = []
    for _ in range(c["warmup"] + c["steps"]):
        start = time.perf_counter()
        if own:
            tokens = model.generate(prompts, repeat, c["newTokens"], pick_token(c))
        else:
            tokens = model.generate(
                prompts, max_new_tokens=c["newTokens"], min_new_tokens=c["newTokens"], num_return_sequences=repeat,
                do_sample=c["sampling"] != "greedy", top_k=c["topK"], pad_token_id=0, eos_token_id=None,
                attention_mask=torch.ones_like(prompts),
            )[:, c["promptLen"] :]
        wait(c)
        seconds.append(time.perf_counter() - start)
    assert tokens.shape == (c["batch"], c["newTokens"])
    seconds = seconds[c["warmup"] :]
    return {
        "msPerStep": [s * 1e3 for s in seconds],
        "tokensPerSecond": [tokens.numel() / s for s in seconds],
        "medianTokensPerSecond": tokens.numel() / statistics.median(seconds),
    }


def check(c: dict) -> dict:
    """The decoder with the weights of fixtures/models/llama-tiny must give the logits that transformers gave."""
    from safetensors.torch import load_file

    from common import FIXTURES, GROUPS

    source = load_file(FIXTURES / "models/llama-tiny/model.safetensors")
    stored = json.loads((FIXTURES / "logits/llama-tiny.json").read_text())
    sizes = {**c, "hidden": 32, "layers": 2, "heads": 4, "kvHeads": 2, "intermediate": 48, "vocab": 64}
    model = Decoder(sizes, 0, 64)
    state = {"embed.weight": source["model.embed_tokens.weight"], "norm.weight": source["model.norm.weight"],
             "head.weight": source["lm_head.weight"]}
    for i in range(2):
        old, new = f"model.layers.{i}.", f"layers.{i}."
        state[f"{new}norm1.weight"] = source[f"{old}input_layernorm.weight"]
        state[f"{new}norm2.weight"] = source[f"{old}post_attention_layernorm.weight"]
        for target, names in {
            "qkv": ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"], "out": ["self_attn.o_proj"],
            "gate_up": ["mlp.gate_proj", "mlp.up_proj"], "down": ["mlp.down_proj"],
        }.items():
            for j, name in enumerate(names):
                state[f"{new}{target}.weights.{j}"] = source[f"{old}{name}.weight"]
    missing, unexpected = model.load_state_dict(state, strict=False)
    assert set(missing) == {"cos", "sin"} and not unexpected, (missing, unexpected)

    logits = model(torch.tensor(stored["inputIds"]))
    expected = load_file(FIXTURES / "logits/llama-tiny.safetensors")["logits"]
    keep = torch.arange(12)[None] < torch.tensor(stored["lengths"])[:, None]
    logit_error = (logits - expected)[keep].abs().max().item()
    assert logit_error < 1e-5, logit_error

    prompts = torch.tensor([GROUPS[0]["prompt"], [1, 2, 3, 4, 5]])
    responses = torch.randint(64, (6, 7))
    gradients = []
    for shared in [False, True]:
        model.zero_grad()
        out = model.at_states(prompts, responses, shared)
        out.log_softmax(-1).gather(-1, responses[..., None]).square().sum().backward()
        gradients.append((out.detach(), [p.grad.clone() for p in model.parameters()]))
    shared_error = (gradients[0][0] - gradients[1][0]).abs().max().item()
    gradient_error = max(
        ((a - b).abs().max() / a.abs().max()).item() for a, b in zip(gradients[0][1], gradients[1][1])
    )
    assert shared_error < 1e-5 and gradient_error < 1e-5, (shared_error, gradient_error)

    with torch.inference_mode():
        for row, length, greedy in zip(stored["inputIds"], stored["lengths"], stored["greedy"]):
            tokens = model.generate(torch.tensor([row[:length]]), 2, len(greedy), lambda x: x.argmax(-1))
            assert tokens.tolist() == [greedy, greedy], "greedy continuation differs"
    return {"logitError": logit_error, "sharedPromptError": shared_error, "sharedPromptGradientError": gradient_error}


def main() -> None:
    given = json.loads(sys.argv[1] if len(sys.argv) > 1 else sys.stdin.read())
    unknown = set(given) - set(DEFAULTS)
    if unknown:
        sys.exit(f"unknown fields {sorted(unknown)}; known: {sorted(DEFAULTS)}")
    c = {**DEFAULTS, **given}
    modes = {"check": check, "generate": generate}
    if c["mode"] not in modes and c["mode"] not in ("train-full", "train-lora", "train-dqo-full", "train-dqo-lora"):
        sys.exit(f"unknown mode {c['mode']}; see the head of this file")
    if c["implementation"] == "transformers":
        # Imported here so that their code counts as baseline, not as model.
        from peft import get_peft_model  # noqa: F401
        from transformers import LlamaForCausalLM  # noqa: F401

        if "dqo" in c["mode"]:
            sys.exit("implementation transformers has no DQO mode")
    torch.set_num_threads(c["threads"])
    use_device(c)
    torch.manual_seed(c["seed"])
    # Start the thread pool and the BLAS before the baseline is taken.
    torch.randn(256, 256) @ torch.randn(256, 256)
    baseline = peak_bytes()
    result = modes.get(c["mode"], train)(c)
    blas = [line.strip(" -") for line in torch.__config__.show().splitlines() if "Math Kernel" in line or "BLAS" in line]
    print(
        json.dumps(
            {
                **result,
                "peakMemoryBytes": peak_bytes() - baseline,
                "baselineMemoryBytes": baseline,
                "torch": torch.__version__,
                "blas": blas[0] if blas else "unknown",
                "threads": torch.get_num_threads(),
                "settings": c,
            }
        )
    )


if __name__ == "__main__":
    main()
