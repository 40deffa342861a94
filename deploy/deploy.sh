#!/usr/bin/env bash
# Creates or updates the stack and prints its APIBaseUrl on stdout. Parameters as in the template, e.g.
#
#   deploy/deploy.sh adit ApiKeyParam=/adit/api-key AllowHttp=true AllowedCidr=203.0.113.7/32
#   deploy/deploy.sh adit --build                                    an update to what is committed here
#
# A new stack that is given neither an image nor a source builds what is committed here: no Docker is needed. Parameters that are not given
# keep their last value. Template and source go through a bucket, since the template is longer than the API takes directly (51,200
# bytes): TEMPLATE_BUCKET, or adit-templates-ACCOUNT-REGION, which is created if need be. TEMPLATE names another template of this folder.
# A first launch that fails is kept as it is, so that its log can be read; an update that fails is rolled back.
# Needs: the AWS CLI, a region (AWS_REGION or the profile's), and git for the source.
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 64; }
stack=$1
shift
build=
if [ "${1:-}" = --build ]; then build=asked; shift; fi
here=$(cd "$(dirname "$0")" && pwd)
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region || true)}}
[ -n "$region" ] || { echo "no region: set AWS_REGION" >&2; exit 64; }
export AWS_REGION=$region AWS_DEFAULT_REGION=$region

status=$(aws cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].StackStatus' --output text 2>/dev/null) || status=NONE
if [ "$status" = ROLLBACK_COMPLETE ]; then
  echo "The first launch of $stack failed, and CloudFormation can only remove what is left of it. Then run this again, with all parameters:" >&2
  echo "  aws cloudformation delete-stack --stack-name $stack && aws cloudformation wait stack-delete-complete --stack-name $stack" >&2
  exit 1
fi
new=
case $status in NONE | REVIEW_IN_PROGRESS | CREATE_FAILED) new=yes ;; esac
if [ -n "$new" ] && [[ " $*" != *" ContainerImageUri="* && " $*" != *" SourceRepository="* && " $*" != *" SourceArchive="* ]]; then build=new; fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Where CloudFormation has never heard of CodeBuild, it refuses a template that names it.
template=$here/${TEMPLATE:-fargate.yaml}
said=$(aws cloudformation describe-type --type RESOURCE --type-name AWS::CodeBuild::Project 2>&1 >/dev/null) || true
if [[ $said == *TypeNotFoundException* ]]; then
  if [ -n "$build" ] || [ "${TEMPLATE:-fargate.yaml}" != fargate.yaml ] || [[ " $*" =~ \ Source(Repository|Archive)=[^\ ] ]]; then
    echo "$region has no CodeBuild, so no image is built there: name one in ContainerImageUri (deploy/push-image.sh makes it), with fargate.yaml" >&2
    exit 64
  fi
  template=$work/fargate.yaml
  "$here/without-build.sh" >"$template"
fi

bucket=${TEMPLATE_BUCKET:-adit-templates-$(aws sts get-caller-identity --query Account --output text)-$region}
if ! aws s3api head-bucket --bucket "$bucket" >/dev/null 2>&1; then
  echo "creating the bucket $bucket for template and source" >&2
  aws s3 mb "s3://$bucket" >&2
fi
if [ -n "$build" ]; then
  commit=$(git -C "$here/.." rev-parse --short=12 HEAD 2>/dev/null) || {
    echo "this is no working copy of git: give SourceRepository with SourceVersion, or ContainerImageUri" >&2
    exit 64
  }
  [ -z "$(git -C "$here/.." status --porcelain 2>/dev/null)" ] || echo "what is not committed here is not built" >&2
  archive=$work/source.zip
  git -C "$here/.." archive --format=zip -o "$archive" HEAD
  aws s3 cp --only-show-errors "$archive" "s3://$bucket/$stack/source-$commit.zip" >&2
  set -- "$@" ContainerImageUri= SourceRepository= SourceVersion= "SourceArchive=$bucket/$stack/source-$commit.zip"
fi
# The first use of ECS in an account makes this role by itself, but the cluster may come before IAM knows it everywhere.
if [ -n "$new" ] && [ "${TEMPLATE:-fargate.yaml}" = fargate.yaml ]; then
  aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com >/dev/null 2>&1 || true # it is there already, or ECS makes it
fi

# Why tasks ended, and the last lines of the log, while there are any: a rollback takes both along.
evidence() {
  local cluster group arn
  resource() { aws cloudformation describe-stack-resource --stack-name "$stack" --logical-resource-id "$1" --query StackResourceDetail.PhysicalResourceId --output text 2>/dev/null; }
  cluster=$(resource Cluster) || cluster=
  if [ -n "$cluster" ]; then
    arn=$(aws ecs list-tasks --cluster "$cluster" --desired-status STOPPED --query 'taskArns[0]' --output text 2>/dev/null) || arn=
    if [[ $arn == arn:* ]]; then
      echo "why a task stopped:"
      aws ecs describe-tasks --cluster "$cluster" --tasks "$arn" --output text --query 'tasks[].[stoppedReason,containers[0].reason,containers[0].exitCode]' || true
    fi
  fi
  group=$(resource LogGroup) || group=
  if [ -n "$group" ]; then
    echo "the last lines of its log:"
    aws logs filter-log-events --log-group-name "$group" --limit 20 --query 'events[].message' --output text 2>/dev/null || true
  fi
}

# What an upgrade replaces is remembered, for operate.sh's "back".
tags=()
if [ -z "$new" ] && [[ " $*" =~ \ (ContainerImageUri|SourceRepository|SourceVersion|SourceArchive|BuildNumber)= ]]; then
  # shellcheck source=deploy/before.sh
  . "$here/before.sh"
  mapfile -t tags < <(tags_after_upgrade "$stack")
fi
keep=--no-disable-rollback
[ -z "$new" ] || keep=--disable-rollback
aws cloudformation deploy --stack-name "$stack" --template-file "$template" \
  --s3-bucket "$bucket" --s3-prefix "$stack" --capabilities CAPABILITY_IAM --no-fail-on-empty-changeset $keep ${tags[0]:+--tags "${tags[@]}"} \
  ${1+--parameter-overrides "$@"} >&2 || {
  echo "what failed:" >&2
  aws cloudformation describe-stack-events --stack-name "$stack" --output text --max-items 40 \
    --query "StackEvents[?contains(ResourceStatus,'FAILED')].[LogicalResourceId,ResourceStatusReason]" >&2 || true
  evidence >&2
  if [ -n "$new" ]; then
    echo "What was made is kept. Mend what is said above and run this again, or remove it all: aws cloudformation delete-stack --stack-name $stack" >&2
  fi
  exit 1
}
aws cloudformation describe-stacks --stack-name "$stack" --query "Stacks[0].Outputs[?OutputKey=='APIBaseUrl'].OutputValue" --output text
