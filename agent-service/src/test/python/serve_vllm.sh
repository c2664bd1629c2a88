#!/bin/sh
# Serves a checkpoint with vLLM on the CPU, as an agent with agent.policy = openai needs it: adapters at run time,
# log-probs of what was sampled from, the checkpoint's own defaults left alone. ThirdPartyServerIT starts it with
#   TROUPE_TEST_VLLM=vllm/bin/python   an interpreter that has what requirements-vllm.txt says
# Arguments: PYTHON CHECKPOINT PORT
set -eu
python=$1 checkpoint=$2 port=$3
export VLLM_ALLOW_RUNTIME_LORA_UPDATING=True
export VLLM_CPU_KVCACHE_SPACE=1 VLLM_CPU_OMP_THREADS_BIND=nobind OMP_NUM_THREADS=1
export VLLM_NO_USAGE_STATS=1 HF_HUB_OFFLINE=1 TORCHDYNAMO_DISABLE=1
exec "$python" -m vllm.entrypoints.openai.api_server \
    --model "$checkpoint" --served-model-name base --host 127.0.0.1 --port "$port" \
    --dtype float32 --enforce-eager --max-model-len 512 --max-num-seqs 16 --max-num-batched-tokens 2048 \
    --enable-lora --max-loras 4 --max-lora-rank 8 \
    --logprobs-mode processed_logprobs --generation-config vllm
