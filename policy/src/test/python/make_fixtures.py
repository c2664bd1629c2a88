"""Makes the reference data of the parity tests: tiny random checkpoints and what transformers computes with them.

Run by hand, when a fixture has to change:

    python -m venv /tmp/venv && /tmp/venv/bin/pip install torch transformers
    /tmp/venv/bin/python policy/src/test/python/make_fixtures.py policy/src/test/resources/fixtures

The versions used are written into each reference.json.
"""

import json
import pathlib
import sys

import torch
import transformers
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, LlamaConfig, Qwen2Config, Qwen3Config

SEQUENCES = [  # tokens, prompt length, temperature
    ([3, 9, 4, 17, 20, 8, 11], 3, 1.0),
    ([5, 5, 6], 1, 0.7),
    ([2, 13, 22, 7, 19, 3, 4, 10, 15, 1], 6, 1.3),
]
PROMPTS = [[3, 9, 4], [5], [2, 13, 22, 7, 19, 3]]
WEIGHTS = [0.5, -1.25, 2.0]  # per sequence, as advantages are
GREEDY_TOKENS = 12


def log_probs(model, tokens, prompt_length, temperature):
    logits = model(torch.tensor([tokens])).logits[0, :-1] / temperature
    all_log_probs = torch.log_softmax(logits, dim=-1)
    targets = torch.tensor(tokens[1:])
    return all_log_probs.gather(1, targets[:, None])[prompt_length - 1 :, 0], all_log_probs[prompt_length - 1 :]


def loss(model):
    terms = [w * log_probs(model, *s)[0] for w, s in zip(WEIGHTS, SEQUENCES)]
    return -torch.cat(terms).sum() / sum(len(t) for t in terms)


def greedy(model, prompt):
    tokens = list(prompt)
    for _ in range(GREEDY_TOKENS):
        tokens.append(int(model(torch.tensor([tokens])).logits[0, -1].argmax()))
        if tokens[-1] == model.config.eos_token_id:
            break
    return tokens[len(prompt) :]


def named_parameters(model):
    return {name: p for name, p in model.named_parameters()}


def make(directory, config, dtype, shard_size="1GB"):
    directory.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(20)
    model = AutoModelForCausalLM.from_config(config).eval()
    with torch.no_grad():
        for name, p in model.named_parameters():
            # Wide enough that no two logits are close; norms away from 1, so that folding them is tested.
            p.copy_(torch.randn_like(p) * 0.4 + (1.0 if "norm" in name else 0.0))
    model.to(dtype).save_pretrained(directory, max_shard_size=shard_size)
    model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32).eval()

    reference = {"torch": torch.__version__, "transformers": transformers.__version__, "sequences": []}
    for weight, (tokens, prompt_length, temperature) in zip(WEIGHTS, SEQUENCES):
        with torch.no_grad():
            chosen, everything = log_probs(model, tokens, prompt_length, temperature)
        entropy = -(everything.exp() * everything).sum(-1)
        reference["sequences"].append(
            {
                "tokens": tokens,
                "prompt_length": prompt_length,
                "temperature": temperature,
                "weight": weight,
                "logprobs": chosen.tolist(),
                "entropy": entropy.tolist(),
            }
        )
    with torch.no_grad():
        reference["greedy"] = [{"prompt": p, "tokens": greedy(model, p)} for p in PROMPTS]

    value = loss(model)
    value.backward()
    reference["loss"] = value.item()
    gradients = {n: p.grad.clone() for n, p in named_parameters(model).items()}
    save_file(gradients, directory / "gradients.safetensors", metadata={"format": "pt"})

    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() == 1]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}], lr=1e-2
    )
    norms = []
    for _ in range(3):
        optimizer.zero_grad()
        loss(model).backward()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5).item())
        optimizer.step()
    reference["grad_norms"] = norms
    updated = {n: p.detach().clone() for n, p in named_parameters(model).items()}
    save_file(updated, directory / "updated.safetensors", metadata={"format": "pt"})
    (directory / "reference.json").write_text(json.dumps(reference, indent=1) + "\n")


def config(family=LlamaConfig, **changes):
    values = dict(
        vocab_size=24,
        hidden_size=8,
        intermediate_size=12,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=64,
        rms_norm_eps=1e-5,
        eos_token_id=1,
        bos_token_id=None,
        pad_token_id=0,
        tie_word_embeddings=False,
    )
    return family(**{**values, **changes})


def rope(**scaling):
    return {"rope_type": "default", "rope_theta": 500.0, **scaling}


if __name__ == "__main__":
    torch.set_num_threads(1)
    root = pathlib.Path(sys.argv[1])
    shape = dict(num_attention_heads=4, num_key_value_heads=2)
    make(root / "untied", config(), torch.float32)
    make(root / "tied-bf16", config(tie_word_embeddings=True, rope_parameters=rope(), head_dim=6, **shape), torch.bfloat16)
    # Waves on both sides of the band that is interpolated, and inside it.
    llama3 = rope(
        rope_type="llama3", factor=4.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=48
    )
    make(root / "llama3-f16", config(rope_parameters=llama3, head_dim=8, **shape), torch.float16)
    make(root / "qwen2-sharded", config(Qwen2Config, rope_parameters=rope(), **shape), torch.float32, "1KB")
    make(root / "qwen3-tied", config(Qwen3Config, tie_word_embeddings=True, head_dim=6, **shape), torch.float32)
