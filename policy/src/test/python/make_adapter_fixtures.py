"""Makes the reference data of the adapter tests: PEFT adapters over the checkpoints of make_fixtures.py.

Run by hand, when a fixture has to change:

    python -m venv /tmp/venv && /tmp/venv/bin/pip install torch transformers peft
    /tmp/venv/bin/python policy/src/test/python/make_adapter_fixtures.py policy/src/test/resources/fixtures

With --check BASE ADAPTER it prints the log-probs that PEFT computes with an adapter directory, to compare with what
wrote it.
"""

import json
import pathlib
import sys

import peft
import torch
from make_fixtures import PROMPTS, SEQUENCES, WEIGHTS, greedy, log_probs, loss
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

ALL = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def load(base):
    return AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32).eval()


def make(root, base, name, seed, **options):
    directory = root / "adapters" / name
    torch.manual_seed(seed)
    model = peft.get_peft_model(load(root / base), peft.LoraConfig(task_type="CAUSAL_LM", **options)).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.copy_(torch.randn_like(parameter) * 0.4)
    model.peft_config["default"].base_model_name_or_path = base
    model.save_pretrained(directory)
    (directory / "README.md").unlink()

    reference = {"base": base, "torch": torch.__version__, "peft": peft.__version__, "sequences": []}
    for weight, (tokens, prompt_length, temperature) in zip(WEIGHTS, SEQUENCES):
        with torch.no_grad():
            chosen, _ = log_probs(model, tokens, prompt_length, temperature)
        reference["sequences"].append(
            {
                "tokens": tokens,
                "prompt_length": prompt_length,
                "temperature": temperature,
                "weight": weight,
                "logprobs": chosen.tolist(),
            }
        )
    with torch.no_grad():
        reference["greedy"] = [{"prompt": p, "tokens": greedy(model, p)} for p in PROMPTS]
    value = loss(model)
    value.backward()
    reference["loss"] = value.item()
    gradients = {n.replace(".default", ""): p.grad.clone() for n, p in model.named_parameters() if p.requires_grad}
    save_file(gradients, directory / "gradients.safetensors", metadata={"format": "pt"})
    (directory / "reference.json").write_text(json.dumps(reference, indent=1) + "\n")


def check(base, adapter):
    model = peft.PeftModel.from_pretrained(load(base), adapter).eval()
    with torch.no_grad():
        print(json.dumps([log_probs(model, *s)[0].tolist() for s in SEQUENCES]))


if __name__ == "__main__":
    torch.set_num_threads(1)
    if sys.argv[1] == "--check":
        check(*sys.argv[2:4])
    else:
        root = pathlib.Path(sys.argv[1])
        make(root, "untied", "llama-all", 1, r=2, lora_alpha=3, target_modules=ALL)
        make(root, "untied", "llama-attention", 2, r=3, lora_alpha=6, target_modules=["q_proj", "v_proj"])
        make(root, "qwen2-sharded", "qwen2-rslora", 3, r=4, lora_alpha=2, target_modules=ALL, use_rslora=True)
        make(root, "qwen3-tied", "qwen3-mlp", 4, r=2, lora_alpha=4, target_modules=["k_proj", "up_proj", "down_proj"])
