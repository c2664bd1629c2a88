"""TRL's GRPOTrainer as a contender of `troupe bench trainer --against PYTHON`.

Reads one command per line on stdin and answers each with one JSON object per line on stdout, so that imports, loading
and warm-up stay outside of what is timed:

    {"do": "prepare", "given": true, "model": DIR, "replay": FILE, "newTokens": 32, "learningRate": 1e-3}
    {"do": "run"}                 one step of what was prepared last
    {"do": "save", "model": DIR}  writes the weights as they are now

Given completions, GRPOTrainer gets them where it would sample, and their rewards where it would ask for them; all that
it does from there to the end of the step is timed: advantages, forward pass, loss, backward pass, clipping, optimizer.
Otherwise the whole step is, with its own sampling and the same reward function as the other side. The loop is
GRPOTrainer's own in both; fetching the next batch of prompts is not in the time.

Needs trl, transformers and torch; see requirements-trl.txt. Arguments: the precision (fp32, or bf16 for autocast over
float32 weights) and the number of threads.
"""

import contextlib
import json
import sys
import tempfile
import time
import warnings

import torch
import transformers
import trl
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast, TrainerCallback
from trl import GRPOConfig, GRPOTrainer


def tokenizer(vocabulary):
    """Token n is the word "n". The special tokens lie behind the model's vocabulary, so that nothing ends early."""
    words = {str(token): token for token in range(vocabulary)} | {"<eos>": vocabulary, "<pad>": vocabulary + 1}
    plain = Tokenizer(models.WordLevel(words, unk_token="<pad>"))
    plain.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(tokenizer_object=plain, eos_token="<eos>", pad_token="<pad>", padding_side="left")


def even_share(completion_ids, **_):
    """The reward: the share of even tokens."""
    return [sum(token % 2 == 0 for token in ids) / len(ids) for ids in completion_ids]


class Trainer(GRPOTrainer):
    """GRPOTrainer with a clock, and with given completions instead of sampled ones where there are any."""

    def __init__(self, replay, **arguments):
        super().__init__(**arguments)
        self.replay = replay
        self.began = 0.0
        self.cpu = 0.0
        self.last_loss = torch.zeros(())
        self.last_norm = torch.zeros(())

    def start_clock(self):
        self.began, self.cpu = time.perf_counter(), time.process_time()

    def _generate_single_turn(self, prompt_ids, *arguments, **named):
        if self.replay is None:
            return super()._generate_single_turn(prompt_ids, *arguments, **named)
        expected = [sequence["prompt"] for sequence in self.replay]
        if [list(prompt) for prompt in prompt_ids] != expected:
            sys.exit("GRPOTrainer asked for other prompts than those of the replay")
        completions = [list(sequence["completion"]) for sequence in self.replay]
        self.start_clock()
        return completions, None

    def _clip_grad_norm(self, model):
        self.last_norm = super()._clip_grad_norm(model)
        return self.last_norm

    def training_step(self, *arguments, **named):
        self.last_loss = super().training_step(*arguments, **named)
        return self.last_loss


class Commands(TrainerCallback):
    """Takes a command between two steps; the trainer's loop runs on when it was to do a step."""

    def __init__(self):
        self.trainer = None
        self.next = None

    def on_train_begin(self, args, state, control, **_):
        answer({"ready": True})
        self.obey(control)

    def on_step_begin(self, args, state, control, **_):
        self.trainer.start_clock()

    def on_step_end(self, args, state, control, **_):
        trainer = self.trainer
        seconds, cpu = time.perf_counter() - trainer.began, time.process_time() - trainer.cpu
        answer(
            {
                "seconds": seconds,
                "cpuSeconds": cpu,
                "loss": trainer.last_loss.item(),
                "gradNorm": trainer.last_norm.item(),
                "peakBytes": peak_bytes(),
            }
        )
        self.obey(control)

    def obey(self, control):
        for command in commands():
            if command["do"] == "run":
                return
            if command["do"] == "save":
                self.trainer.model.save_pretrained(command["model"])
                answer({"saved": True})
            else:
                self.next = command
                break
        control.should_training_stop = True


def prepared(command, bf16, callback, directory):
    with open(command["replay"]) as file:
        replay = json.load(file)
    model = AutoModelForCausalLM.from_pretrained(
        command["model"], dtype=torch.float32, attn_implementation="sdpa"
    )
    generations = replay["generations"]
    sequences = replay["sequences"]
    given = command["given"]
    prompts = [" ".join(map(str, sequence["prompt"])) for sequence in sequences[::generations]]

    def recorded(completion_ids, **_):
        return [sequence["reward"] for sequence in sequences]

    config = GRPOConfig(
        output_dir=directory,
        per_device_train_batch_size=len(sequences),
        gradient_accumulation_steps=1,
        num_generations=generations,
        max_completion_length=command["newTokens"],
        learning_rate=command["learningRate"],
        lr_scheduler_type="constant",
        loss_type="dapo",
        max_steps=1_000_000,
        gradient_checkpointing=False,
        bf16=bf16,
        use_cpu=True,
        shuffle_dataset=False,
        logging_strategy="no",
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )
    trainer = Trainer(
        replay=sequences if given else None,
        model=model,
        args=config,
        reward_funcs=recorded if given else even_share,
        train_dataset=Dataset.from_dict({"prompt": prompts}),
        processing_class=tokenizer(model.config.vocab_size),
        callbacks=[callback],
    )
    callback.trainer = trainer
    return trainer


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


def commands():
    for line in sys.stdin:
        yield json.loads(line)


def answer(fields):
    print(json.dumps(fields), file=answers, flush=True)


def main():
    precision, threads = sys.argv[1], int(sys.argv[2])
    if precision not in ("fp32", "bf16"):
        sys.exit(f"precision must be fp32 or bf16, not {precision}")
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    warnings.simplefilter("ignore")
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    answer(
        {"name": f"TRL {trl.__version__}, transformers {transformers.__version__}, torch {torch.__version__}"}
    )
    command = next(commands(), None)
    with tempfile.TemporaryDirectory() as directory:
        while command is not None:
            reset_peak()
            callback = Commands()
            prepared(command, precision == "bf16", callback, directory).train()
            command = callback.next


if __name__ == "__main__":
    # What libraries print must not be taken for an answer.
    answers, sys.stdout = sys.stdout, sys.stderr
    main()
