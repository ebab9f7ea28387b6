#!/usr/bin/env bash
# Tells Spark which GPUs a host has, as spark.*.resource.gpu.discoveryScript: one line of JSON.
set -euo pipefail

if ! command -v nvidia-smi >/dev/null; then
  echo "gpu-discovery: nvidia-smi is not on the path" >&2
  exit 1
fi
addresses=$(nvidia-smi --query-gpu=index --format=csv,noheader | sed 's/.*/"&"/' | paste -sd, -)
echo "{\"name\": \"gpu\", \"addresses\": [$addresses]}"
