"""transformers + PyTorch as a contender of `troupe bench policy --against PYTHON`.

Reads one command per line on stdin and answers each with one JSON object per line on stdout, so that imports, loading
and warm-up stay outside of what is timed:

    {"do": "generate", "model": DIR, "tokens": [[..], ..], "newTokens": 96}    prepares; tokens are the prompts
    {"do": "train", "model": DIR, "tokens": [[..], ..], "learningRate": 1e-4}  prepares; every token but the first counts
    {"do": "run"}                                                              once what was prepared last

Needs torch and transformers. Arguments: the precision (fp32 or bf16) and the number of threads. bf16 means weights and
arithmetic in bfloat16 for generate, and autocast over float32 weights for training, as transformers' own Trainer does it.
"""

import contextlib
import json
import sys
import time

import torch
import transformers
from transformers import AutoModelForCausalLM


class Generate:
    def __init__(self, command, bf16):
        self.model = load(command, torch.bfloat16 if bf16 else torch.float32).eval()
        self.model.generation_config.eos_token_id = None
        self.prompts = torch.tensor(command["tokens"])
        self.new_tokens = command["newTokens"]

    def run(self):
        begin = time.perf_counter()
        with torch.inference_mode():
            # top_k 0 and top_p 1 leave the distribution alone, so that no warper runs.
            output = self.model.generate(
                self.prompts,
                attention_mask=torch.ones_like(self.prompts),
                do_sample=True,
                temperature=1.0,
                top_k=0,
                top_p=1.0,
                max_new_tokens=self.new_tokens,
                use_cache=True,
                pad_token_id=0,
            )
        seconds = time.perf_counter() - begin
        return {"seconds": seconds, "tokens": output.numel() - self.prompts.numel()}


class Train:
    def __init__(self, command, bf16):
        self.model = load(command, torch.float32).train()
        self.tokens = torch.tensor(command["tokens"])
        self.bf16 = bf16
        # The fused kernel is the fastest of torch's three.
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=command["learningRate"], weight_decay=0.0, fused=True
        )

    def run(self):
        begin = time.perf_counter()
        targets = self.tokens[:, 1:]
        with torch.autocast("cpu", torch.bfloat16) if self.bf16 else contextlib.nullcontext():
            logits = self.model(self.tokens[:, :-1], use_cache=False).logits
        loss = torch.nn.functional.cross_entropy(logits.float().flatten(0, 1), targets.flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        value = loss.item()
        return {"seconds": time.perf_counter() - begin, "tokens": targets.numel(), "loss": value}


def load(command, dtype):
    return AutoModelForCausalLM.from_pretrained(command["model"], dtype=dtype, attn_implementation="sdpa")


def reset_peak():
    """Starts VmHWM anew, where the kernel lets us."""
    with contextlib.suppress(OSError), open("/proc/self/clear_refs", "w") as refs:
        refs.write("5")


def peak_bytes():
    with contextlib.suppress(OSError), open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return None


def main():
    precision, threads = sys.argv[1], int(sys.argv[2])
    if precision not in ("fp32", "bf16"):
        sys.exit(f"precision must be fp32 or bf16, not {precision}")
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    answer({"name": f"transformers {transformers.__version__}, torch {torch.__version__}"})
    job = None
    for line in sys.stdin:
        command = json.loads(line)
        if command["do"] == "run":
            answer({**job.run(), "peakBytes": peak_bytes()})
        else:
            job = None  # lets go of the last model before the next one is loaded
            reset_peak()
            job = (Generate if command["do"] == "generate" else Train)(command, precision == "bf16")
            answer({"ready": True})


def answer(fields):
    print(json.dumps(fields), flush=True)


if __name__ == "__main__":
    main()
