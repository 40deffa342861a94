# What a stack ran before its last upgrade is kept in a tag of it, adit:before, since CloudFormation knows the parameters of now only.
# Read by deploy.sh and operate.sh. Each takes the name of the stack.
# shellcheck shell=bash

# What makes the image now, as PARAMETER=VALUE with spaces between them, and only what counts: a named image goes before every source.
image_of() {
  local all word
  all=$(aws cloudformation describe-stacks --stack-name "$1" --output text --query \
    "join(' ', Stacks[0].Parameters[?contains(['ContainerImageUri', 'SourceRepository', 'SourceVersion', 'SourceArchive', 'BuildNumber'], ParameterKey) && ParameterValue != ''].join('=', [ParameterKey, ParameterValue]))")
  for word in $all; do
    case $word in ContainerImageUri=*) all=$word; break ;; esac
  done
  echo "$all"
}
before_of() { aws cloudformation describe-stacks --stack-name "$1" --output text --query "Stacks[0].Tags[?Key=='adit:before'].Value | [0]" | sed 's/^None$//'; }
# All tags that an upgrade leaves, one a line as KEY=VALUE: a call that sets tags takes all others away.
tags_after_upgrade() {
  local now
  now=$(image_of "$1")
  aws cloudformation describe-stacks --stack-name "$1" --output json --query "Stacks[0].Tags[?Key!='adit:before'].join('=', [Key, Value])" | sed -n 's/^ *"\(.*\)",\{0,1\}$/\1/p'
  # the most that a tag takes
  if [ -n "$now" ] && [ ${#now} -le 256 ]; then echo "adit:before=$now"; else echo "what runs now is too long to remember, so there is no way back to it by itself: $now" >&2; fi
}
