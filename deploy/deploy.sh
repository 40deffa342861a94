#!/usr/bin/env bash
# Creates or updates the stack and prints its APIBaseUrl on stdout. Parameters as in the template, e.g.
#
#   deploy/deploy.sh adit ContainerImageUri=... ApiKeyParam=/adit/api-key AllowHttp=true AllowedCidr=203.0.113.7/32
#
# Parameters that are not given keep their last value. The template is longer than the API takes directly (51,200 bytes), so it goes
# through a bucket: TEMPLATE_BUCKET, or adit-templates-ACCOUNT-REGION, which is created if need be.
# Needs: the AWS CLI, and a region (AWS_REGION or the profile's).
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 64; }
stack=$1
shift
here=$(cd "$(dirname "$0")" && pwd)
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region || true)}}
[ -n "$region" ] || { echo "no region: set AWS_REGION" >&2; exit 64; }
export AWS_REGION=$region AWS_DEFAULT_REGION=$region

status=$(aws cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].StackStatus' --output text 2>/dev/null || true)
if [ "$status" = ROLLBACK_COMPLETE ]; then
  echo "The first launch of $stack failed, and CloudFormation can only remove what is left of it. Then run this again, with all parameters:" >&2
  echo "  aws cloudformation delete-stack --stack-name $stack && aws cloudformation wait stack-delete-complete --stack-name $stack" >&2
  exit 1
fi

bucket=${TEMPLATE_BUCKET:-adit-templates-$(aws sts get-caller-identity --query Account --output text)-$region}
if ! aws s3api head-bucket --bucket "$bucket" >/dev/null 2>&1; then
  echo "creating the bucket $bucket for the template" >&2
  aws s3 mb "s3://$bucket" >&2
fi
aws cloudformation deploy --stack-name "$stack" --template-file "$here/fargate.yaml" \
  --s3-bucket "$bucket" --s3-prefix "$stack" --capabilities CAPABILITY_IAM --no-fail-on-empty-changeset \
  ${1+--parameter-overrides "$@"} >&2 || {
  echo "what failed:" >&2
  aws cloudformation describe-stack-events --stack-name "$stack" --output text --max-items 40 \
    --query "StackEvents[?contains(ResourceStatus,'FAILED')].[LogicalResourceId,ResourceStatusReason]" >&2 || true
  exit 1
}
aws cloudformation describe-stacks --stack-name "$stack" --query "Stacks[0].Outputs[?OutputKey=='APIBaseUrl'].OutputValue" --output text
