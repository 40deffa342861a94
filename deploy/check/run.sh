#!/usr/bin/env bash
# Checks deploy/ with the tools this machine has: shellcheck, cfn-lint for many regions, and a deployment to a fake AWS.
# What npm alone can check (rules, rights, timings, every variant) is in test/deploy and runs with npm test.
# Each part that lacks its tool says so and is skipped. Exit code 1 only when something is wrong.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
failed=0
# part NAME WHAT_IT_NEEDS TEST COMMAND...
part() {
  local name=$1 needs=$2 test=$3
  shift 3
  if ! $test >/dev/null 2>&1; then echo "SKIPPED: $name needs $needs"; return; fi
  if "$@"; then echo "ok    $name"; else echo "FAIL  $name"; failed=1; fi
}

# Function URLs, and so lambda.yaml, are not in GovCloud and some of the newer regions; CodeBuild is not in the last three of all, where
# without-build.sh makes the template.
everywhere=(us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 eu-central-1 eu-west-1 eu-west-2 eu-west-3 eu-north-1 eu-south-1 eu-south-2
  ap-east-1 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2 ap-southeast-3 sa-east-1 me-south-1 af-south-1)
regions=("${everywhere[@]}" eu-central-2 ap-south-2 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 il-central-1 me-central-1
  us-gov-west-1 us-gov-east-1)
# lint TEMPLATE REGION...: a few regions at a time, since what cfn-lint does for all of them at once grows faster than their number
# shellcheck disable=SC2317 # part calls it
lint() {
  local template=$1 code=0
  shift
  while [ $# -gt 0 ]; do
    cfn-lint --include-checks I --template "$template" --regions "${@:1:6}" || code=$?
    shift $(($# < 6 ? $# : 6))
  done
  return "$code"
}
unbuilt=(ca-west-1 mx-central-1 ap-east-2)
# shellcheck disable=SC2317 # part calls it
without_build() {
  local made code=0
  made=$(mktemp -d)
  deploy/without-build.sh >"$made/fargate.yaml"
  lint "$made/fargate.yaml" "${unbuilt[@]}" || code=$?
  rm -rf "$made"
  return "$code"
}
part "shell scripts" shellcheck "shellcheck --version" shellcheck -x deploy/*.sh deploy/check/*.sh
part "cfn-lint without a finding for ${#regions[@]} regions" "cfn-lint 1.58 or newer" "cfn-lint --version" lint deploy/fargate.yaml "${regions[@]}"
part "cfn-lint without a finding for the ${#unbuilt[@]} regions without CodeBuild" cfn-lint "cfn-lint --version" without_build
part "cfn-lint of lambda.yaml for ${#everywhere[@]} regions" cfn-lint "cfn-lint --version" lint deploy/lambda.yaml "${everywhere[@]}"
adapter=${LAMBDA_ADAPTER:-$(command -v lambda-adapter || true)}
part "Lambda with the real web adapter" "lambda-adapter (cargo install lambda_web_adapter, or LAMBDA_ADAPTER)" "test -x ${adapter:-/none}" env LAMBDA_ADAPTER="$adapter" npx tap run --reporter=terse test/deploy/lambda.test.ts
part "deployed to a fake AWS" "Python with moto, boto3 and cfn-lint" "python3 -m moto.server --help" python3 deploy/check/fake_aws.py deploy/fargate.yaml deploy/lambda.yaml
part "launched, upgraded, taken back, rotated, restored and removed on a fake AWS" "Python with moto, the AWS CLI, jq and openssl" \
  "eval python3 -m moto.server --help && aws --version && jq --version && openssl version" python3 deploy/check/rehearse.py deploy/fargate.yaml
deploy/check/helm.sh || failed=1
part "Terraform, formatted" terraform "terraform version" terraform fmt -check -diff -recursive deploy/terraform
tf=$(mktemp -d)
mkdir -p "$tf/terraform" && cp deploy/*.yaml "$tf" && cp -r deploy/terraform/. "$tf/terraform"
has_provider="timeout 120 terraform -chdir=$tf/terraform init -backend=false -input=false"
part "Terraform, validated" "terraform and the provider hashicorp/aws" "$has_provider" terraform -chdir="$tf/terraform" validate
part "Terraform, the module's tests" "terraform and the provider hashicorp/aws" "$has_provider" terraform -chdir="$tf/terraform" test
rm -rf "$tf"
exit $failed
