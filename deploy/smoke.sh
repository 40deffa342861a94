#!/usr/bin/env bash
# Asks a gateway for everything it is there for, and says in words what works: health, keys, models, chat, stream, embeddings.
#
#   deploy/smoke.sh http://.../api/v1 KEY [MODEL] [EMBEDDING_MODEL]
#
# The key may be "-": then it is read from ADIT_API_KEY, and stays out of the shell's history. A call costs a few tokens.
# Exit code 0 when all of it works. Needs: curl.
set -uo pipefail
[ $# -ge 2 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 64; }
url=${1%/}
key=$2
[ "$key" != - ] || key=${ADIT_API_KEY:?the key is "-", so ADIT_API_KEY must hold it}
model=${3:-gpt-4o}
embedding=${4:-text-embedding-3-small}
root=$(sed -E 's#^(https?://[^/]+).*#\1#' <<<"$url")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# in a file, so that the key is on no command line
printf 'header = "authorization: Bearer %s"\n' "$key" >"$work/auth"
passed=0
failed=0

# ask FILE ARGUMENTS...: body to FILE, status to $status, seconds to the first byte to $seconds
ask() {
  local file=$1
  shift
  read -r status seconds < <(curl -sS -N --connect-timeout 10 --max-time 120 -o "$work/$file" \
    -w '%{http_code} %{time_starttransfer}\n' "$@" 2>"$work/error" || true)
  status=${status:-000}
  seconds=$(LC_ALL=C printf %.3f "${seconds:-0}")
}
post() { ask "$1" -K "$work/auth" -H 'content-type: application/json' -d "$3" "$url/$2"; }
good() { passed=$((passed + 1)); printf 'ok    %-11s %s\n' "$1" "$2"; }
bad() {
  failed=$((failed + 1))
  printf 'FAIL  %-11s %s\n' "$1" "$2"
  if [ "$status" = 000 ]; then sed 's/^/        /' "$work/error"; else head -c 400 "$work/$3" | sed 's/^/        /'; echo; fi
}

ask ready "$root/ready"
if [ "$status" = 200 ]; then good ready "after ${seconds} s"
elif [ "$status" = 000 ]; then bad ready "cannot connect to $root: is your address within AllowedCidr, and the DNS record there?" ready; exit 1
else bad ready "status $status; the answer says what is missing" ready; fi

ask denied -H 'authorization: Bearer certainly-not-the-key' "$url/models"
if [ "$status" = 401 ]; then good keys "a wrong key is refused"; else bad keys "a wrong key gets status $status, not 401" denied; fi

ask models -K "$work/auth" "$url/models"
if [ "$status" = 200 ] && grep -q '"id"' "$work/models"; then good models "$(grep -o '"object":"model"' "$work/models" | wc -l | tr -d ' ') models"
elif [ "$status" = 401 ]; then bad models "the key is refused: is it the value of the SSM parameter or secret?" models
else bad models "status $status" models; fi

say='"messages":[{"role":"user","content":"Answer with the one word: ready"}],"max_tokens":64'
post chat chat/completions "{\"model\":\"$model\",$say}"
if [ "$status" = 200 ] && grep -q '"choices"' "$work/chat"; then good chat "$(grep -o '"model":"[^"]*"' "$work/chat" | head -1 | cut -d'"' -f4) in ${seconds} s"
elif [ "$status" = 403 ]; then bad chat "status 403: this account has no access to $model; see \"Troubleshooting\" in deploy/README.md" chat
elif [ "$status" = 404 ]; then bad chat "status 404: $model is not in this region; give another model as third argument" chat
else bad chat "status $status" chat; fi

post stream chat/completions "{\"model\":\"$model\",\"stream\":true,$say}"
if [ "$status" = 200 ] && grep -q '^data: \[DONE\]' "$work/stream"; then good stream "$(grep -c '^data: {' "$work/stream") chunks, the first after ${seconds} s"
elif [ "$status" = 200 ]; then bad stream "the stream ended without [DONE]" stream
else bad stream "status $status" stream; fi

post embeddings embeddings "{\"model\":\"$embedding\",\"input\":\"ready\"}"
if [ "$status" = 200 ] && grep -q '"embedding"' "$work/embeddings"; then good embeddings "in ${seconds} s"
elif [ "$status" = 404 ] || [ "$status" = 403 ]; then bad embeddings "status $status: give an embedding model of this region as fourth argument" embeddings
else bad embeddings "status $status" embeddings; fi

if [ "$failed" = 0 ]; then echo "All $passed checks passed. Base URL for clients: $url"; else echo "$failed of $((passed + failed)) checks failed."; exit 1; fi
