#!/usr/bin/env bash
# Lints and renders the Helm chart in its main variants and checks every object against the Kubernetes API's own schemas.
# Needs: helm (go install helm.sh/helm/v3/cmd/helm@v3.16.4), and kubernetes-validate (pip) for the schemas. Skips what is missing, and says so.
set -euo pipefail
cd "$(dirname "$0")/../helm"
helm=${HELM:-$(command -v helm || true)}
[ -x "$helm" ] || { echo "SKIPPED: the chart needs helm"; exit 0; }
validate=${KUBERNETES_VALIDATE:-$(command -v kubernetes-validate || true)}
[ -x "$validate" ] || echo "SKIPPED: the chart's objects against the API's schemas need kubernetes-validate"
out=$(mktemp)
trap 'rm -f "$out"' EXIT
role=arn:aws:iam::123456789012:role/adit
image="--set image.repository=registry.example.com/adit"
least="$image --set apiKey.ssmParameter=/adit/api-key --set aws.roleArn=$role"
variants=(
  "$least"
  "$image --set apiKey.existingSecret=keys --set aws.credentials=pod-identity --set valkey.enabled=true --set autoscaling.inFlight.enabled=true"
  "$least --set ingress.enabled=true --set ingress.host=llm.example.com --set ingress.tlsSecret=tls --set config=auth: --set env.HOME_PAGE=false"
  "$image --set apiKey.secretArn=arn:aws:secretsmanager:us-east-1:123456789012:secret:a --set aws.credentials=none --set autoscaling.enabled=false --set networkPolicy.enabled=false --set podDisruptionBudget.enabled=false --set metrics.enabled=false --set valkey.url=rediss://cache.example:6379 --set image.digest=sha256:$(printf 'a%.0s' {1..64})"
)
for variant in "${variants[@]}"; do
  # shellcheck disable=SC2086 # words on purpose
  "$helm" lint . --strict --quiet $variant
  for version in 1.27 1.31 1.34; do
    # shellcheck disable=SC2086
    "$helm" template team . --kube-version "$version.0" $variant >"$out"
    [ ! -x "$validate" ] || "$validate" --strict --quiet -k "$version" "$out"
  done
done
refused() {
  local said=$1
  shift
  if "$helm" template team . --kube-version 1.31.0 --set image.repository=registry.example.com/adit "$@" >"$out" 2>&1; then echo "FAIL  taken: $*"; exit 1; fi
  grep -q "$said" "$out" || { echo "FAIL  refused in other words: $*"; cat "$out"; exit 1; }
}
refused 'exactly one of apiKey' --set aws.roleArn=$role
refused 'give image.repository' --set image.repository= --set apiKey.existingSecret=keys --set aws.credentials=none
refused 'needs aws.roleArn' --set apiKey.existingSecret=keys
refused 'only one of valkey' --set apiKey.existingSecret=keys --set aws.credentials=none --set valkey.enabled=true --set valkey.url=redis://a:6379
refused 'additional propert\|Additional property' --set apiKey.existingSecret=keys --set aws.credentials=none --set replica=3
echo "ok    the chart: ${#variants[@]} variants for three versions of Kubernetes, and five refusals"
