#!/usr/bin/env bash
# Builds the image for amd64 and arm64 and pushes it to a repository in ECR, which it creates if need be. Asks nothing.
# Prints one line on stdout: the image with its digest, for the parameter ContainerImageUri.
#
#   deploy/push-image.sh [--region REGION] [--repository NAME] [--tag TAG] [--platforms linux/amd64,linux/arm64]
#
# Needs: Docker with buildx, the AWS CLI and credentials that may use ECR. Variables NPMRC and CA_FILE name an .npmrc and a
# certificate bundle for builds behind a company's registry or proxy; neither ends up in the image.
set -euo pipefail
cd "$(dirname "$0")/.."

region=${AWS_REGION:-${AWS_DEFAULT_REGION:-}}
repository=adit
tag=$(git rev-parse --short=12 HEAD 2>/dev/null || sed -n 's/.*"version": "\(.*\)".*/\1/p' package.json)
platforms=linux/amd64,linux/arm64
while [ $# -gt 0 ]; do
  case $1 in
    --region) region=$2 ;;
    --repository) repository=$2 ;;
    --tag) tag=$2 ;;
    --platforms) platforms=$2 ;;
    *) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 64 ;;
  esac
  shift 2
done

say() { echo "$*" >&2; }
for tool in aws docker; do command -v "$tool" >/dev/null || { say "$tool is not installed"; exit 69; }; done
docker buildx version >/dev/null 2>&1 || { say "docker has no buildx; install the plugin docker-buildx"; exit 69; }
region=${region:-$(aws configure get region || true)}
[ -n "$region" ] || { say "no region: give --region or set AWS_REGION"; exit 64; }

account=$(aws sts get-caller-identity --query Account --output text)
case $region in cn-*) suffix=amazonaws.com.cn ;; eusc-*) suffix=amazonaws.eu ;; *) suffix=amazonaws.com ;; esac
registry=$account.dkr.ecr.$region.$suffix

if ! aws ecr describe-repositories --region "$region" --repository-names "$repository" >/dev/null 2>&1; then
  say "creating the repository $repository: tags that cannot be moved, scanned on push"
  aws ecr create-repository --region "$region" --repository-name "$repository" \
    --image-tag-mutability IMMUTABLE --image-scanning-configuration scanOnPush=true >/dev/null
fi

digest_of_tag() {
  aws ecr describe-images --region "$region" --repository-name "$repository" --image-ids "imageTag=$tag" \
    --query 'imageDetails[0].imageDigest' --output text 2>/dev/null || true
}

digest=$(digest_of_tag)
if [[ $digest == sha256:* ]]; then
  say "$repository:$tag is there already; commit, or give --tag, for a new one"
else
  aws ecr get-login-password --region "$region" | docker login --username AWS --password-stdin "$registry" >&2

  secrets=()
  [ -z "${NPMRC:-}" ] || secrets+=(--secret "id=npmrc,src=$NPMRC")
  [ -z "${CA_FILE:-}" ] || secrets+=(--secret "id=ca,src=$CA_FILE")
  # One builder for several platforms; Docker's own ("default") builds for one only unless it uses containerd's image store.
  builder=adit-$$
  docker buildx create --name "$builder" >/dev/null
  trap 'docker buildx rm "$builder" >/dev/null 2>&1 || true' EXIT
  build() {
    docker buildx build --builder "$builder" --platform "$platforms" --provenance=mode=max --push \
      --build-arg VERSION="$tag" --build-arg REVISION="$(git rev-parse HEAD 2>/dev/null || echo unknown)" \
      ${secrets[@]+"${secrets[@]}"} -t "$registry/$repository:$tag" "$@" . >&2
  }
  # The compile cache is made by running each platform's Node. Without an emulator for the foreign one, do without the cache.
  build || { say "building again without the compile cache, which needs an emulator for foreign platforms"; build --target runtime; }
  digest=$(digest_of_tag)
fi
[[ $digest == sha256:* ]] || { say "the registry does not know $repository:$tag"; exit 1; }
echo "$registry/$repository@$digest"
