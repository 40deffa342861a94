#!/usr/bin/env bash
# What is done to a running stack, each step waited for and checked. deploy/check/fake_aws.py rehearses the calls, docs/runbook.md says when.
#
#   deploy/operate.sh status  STACK                    what runs: stack, tasks, last deployment, alarms that are on
#   deploy/operate.sh upgrade STACK TAG                another SourceVersion (or PARAMETER=VALUE), every other parameter kept
#   deploy/operate.sh back    STACK                    the SourceVersion, archive or image before the last upgrade
#   deploy/operate.sh rotate  PARAMETER [KEY]          a new key beside the one in the SSM parameter (of a set: beside KEY, with what KEY may do);
#                                                      prints it. Both are valid, until the one before is taken out:
#   deploy/operate.sh retire  PARAMETER KEY            takes the key of that name out
#   deploy/operate.sh away    STACK REGION[,REGION]    Bedrock is called in these regions, in this order; "home" undoes it
#   deploy/operate.sh save    STACK > FILE             all parameters of the stack, for restore; no secret is in them
#   deploy/operate.sh restore STACK FILE               a stack of that name with those parameters, where there is none
#
# Needs: the AWS CLI, openssl and jq, and a region (AWS_REGION or the profile's).
# shellcheck disable=SC2016 # the backticks are JMESPath's
set -euo pipefail
usage() { sed -n '2,/^# shellcheck/s/^# \{0,1\}//p' "$0" >&2; exit 64; }
say() { echo "$*" >&2; }
[ $# -ge 2 ] || usage
what=$1 name=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region || true)}}
[ -n "$region" ] || { say "no region: set AWS_REGION"; exit 64; }
export AWS_REGION=$region AWS_DEFAULT_REGION=$region

TAGS=
# shellcheck source=deploy/before.sh
. "$here/before.sh"
parameters() { aws cloudformation describe-stacks --stack-name "$name" --query 'Stacks[0].Parameters' --output json; }
# update PARAMETER=VALUE...: these parameters, all others as they are, the template and, without TAGS, the tags as they are
update() {
  local now changes unknown
  now=$(parameters)
  changes=$(printf '%s\n' "$@" | jq -R 'capture("^(?<key>[A-Za-z0-9]+)=(?<value>.*)$")' | jq -s 'from_entries')
  unknown=$(jq -r --argjson changes "$changes" '($changes | keys) - map(.ParameterKey) | join(", ")' <<<"$now")
  [ -z "$unknown" ] || { say "$name has no parameter $unknown"; return 64; }
  aws cloudformation update-stack --stack-name "$name" --use-previous-template --capabilities CAPABILITY_IAM \
    ${TAGS:+--tags "$TAGS"} \
    --parameters "$(jq -c --argjson changes "$changes" \
      'map(.ParameterKey as $key | if ($changes | has($key)) then {ParameterKey: $key, ParameterValue: $changes[$key]} else {ParameterKey: $key, UsePreviousValue: true} end)' <<<"$now")" >/dev/null
  if aws cloudformation wait stack-update-complete --stack-name "$name"; then say "done: $*"; return; fi
  say "it was rolled back; why:"
  aws cloudformation describe-stack-events --stack-name "$name" --output text --max-items 40 \
    --query "StackEvents[?contains(ResourceStatus,'FAILED')].[LogicalResourceId,ResourceStatusReason]" >&2
  return 1
}
# upgrade PARAMETER=VALUE...: the same, and what ran until now is remembered
upgrade() {
  TAGS=$(tags_after_upgrade "$name" | jq -R 'capture("^(?<Key>[^=]+)=(?<Value>.*)$")' | jq -cs .)
  update "$@"
}

case $what in
status)
  aws cloudformation describe-stacks --stack-name "$name" --query 'Stacks[0].[StackStatus,LastUpdatedTime,Outputs[?OutputKey==`APIBaseUrl`].OutputValue|[0]]' --output text
  echo "image: $(image_of "$name")"
  echo "before: $(before_of "$name")"
  cluster=$(aws cloudformation describe-stacks --stack-name "$name" --query 'Stacks[0].Outputs[?OutputKey==`ClusterName`].OutputValue|[0]' --output text)
  service=$(aws cloudformation describe-stacks --stack-name "$name" --query 'Stacks[0].Outputs[?OutputKey==`ServiceName`].OutputValue|[0]' --output text)
  if [ -n "$cluster" ] && [ "$cluster" != None ]; then
    aws ecs describe-services --cluster "$cluster" --services "$service" --output text \
      --query 'services[].[desiredCount,runningCount,deployments[0].rolloutState,events[0].message]'
  fi
  aws cloudwatch describe-alarms --alarm-name-prefix "$name-" --state-value ALARM --query 'MetricAlarms[].[AlarmName,StateReason]' --output text
  ;;
upgrade)
  [ $# -ge 1 ] || usage
  case $1 in
    *=*) ;;
    *)
      # a tag says nothing where no repository is built
      runs=$(image_of "$name")
      case $runs in
        *SourceRepository=*) set -- "SourceVersion=$1" ;;
        *) say "$name runs $runs: upgrade it with ContainerImageUri=..., with deploy.sh $name --build, or with SourceRepository=... SourceVersion=$1 ContainerImageUri= SourceArchive="; exit 64 ;;
      esac
      ;;
  esac
  upgrade "$@"
  ;;
back)
  was=$(before_of "$name")
  [ -n "$was" ] || { say "$name has no image before this one"; exit 1; }
  read -ra changes <<<"$was"
  case " $was" in
    *" ContainerImageUri="*) ;;
    *) # what made the image since, and did not then
      mapfile -t since < <(parameters | jq -r --arg was " $was" \
        '.[].ParameterKey | select(IN("ContainerImageUri", "SourceRepository", "SourceVersion", "SourceArchive")) | select(" \(.)=" as $name | $was | contains($name) | not) | "\(.)="')
      changes+=("${since[@]}") ;;
  esac
  upgrade "${changes[@]}"
  ;;
rotate | retire)
  now=$(aws ssm get-parameter --name "$name" --with-decryption --query Parameter.Value --output text)
  key=
  digest() { printf %s "$1" | openssl dgst -sha256 -r | cut -d' ' -f1; }
  # a key in clear becomes a key set of digests: the gateway takes either
  case $now in
    *'"api_key"'*) set=$(jq -c --arg digest "$(digest "$(jq -r .api_key <<<"$now")")" -n '{keys: [{name: "first", sha256: $digest}]}') ;;
    \{*) set=$now ;;
    *) set=$(jq -nc --arg digest "$(digest "$now")" '{keys: [{name: "first", sha256: $digest}]}') ;;
  esac
  old=${1:-}
  if [ -z "$old" ] && [ "$what" = rotate ] && [ "$(jq '.keys | length' <<<"$set")" = 1 ]; then old=$(jq -r '.keys[0].name' <<<"$set"); fi
  jq -e --arg old "$old" '.keys | any(.name == $old)' <<<"$set" >/dev/null || {
    say "which of these keys? $(jq -r '.keys | map(.name) | join(", ")' <<<"$set")"
    exit 64
  }
  if [ "$what" = rotate ]; then
    key=$(openssl rand -hex 24)
    # what the old key may do, the new one may, and no more
    set=$(jq -c --arg old "$old" --arg name "${old%%-since-*}-since-$(date -u +%Y%m%dT%H%M%SZ)" --arg digest "$(digest "$key")" \
      '.keys += [.keys[] | select(.name == $old) | del(.key) + {name: $name, sha256: $digest}]' <<<"$set")
  else
    [ "$(jq '.keys | length' <<<"$set")" != 1 ] || { say "$old is the only key; rotate first"; exit 1; }
    set=$(jq -c --arg old "$old" '.keys |= map(select(.name != $old))' <<<"$set")
  fi
  aws ssm put-parameter --name "$name" --type SecureString --overwrite --value "$set" >/dev/null
  say "$(jq -r '"keys that are valid within a minute: \(.keys | map(.name) | join(", "))"' <<<"$set")"
  [ -z "$key" ] || echo "$key"
  ;;
away)
  [ $# -eq 1 ] || usage
  [ "$1" != home ] || set -- ''
  update "BedrockRegions=$1"
  ;;
save) parameters ;;
restore)
  [ $# -eq 1 ] || usage
  if aws cloudformation describe-stacks --stack-name "$name" >/dev/null 2>&1; then say "$name is there; delete it first"; exit 1; fi
  mapfile -t saved < <(jq -r '.[] | select(.ParameterValue != "") | "\(.ParameterKey)=\(.ParameterValue)"' "$1")
  archive=$(jq -r '.[] | select(.ParameterKey == "SourceArchive").ParameterValue' "$1")
  if [ -n "$archive" ] && ! aws s3api head-object --bucket "${archive%%/*}" --key "${archive#*/}" >/dev/null 2>&1; then
    say "the source $archive is gone: what is committed here is built in its place"
    for i in "${!saved[@]}"; do case ${saved[i]} in SourceArchive=*) unset "saved[i]" ;; esac; done
  fi
  "$here/deploy.sh" "$name" "${saved[@]}"
  ;;
*) usage ;;
esac
