#!/bin/sh
# A plain answer, then a stream, with nothing but curl.
# OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=sk-adit-demo sh docs/examples/curl.sh
set -eu
: "${OPENAI_BASE_URL:=http://127.0.0.1:8080/v1}" "${OPENAI_API_KEY:=sk-adit-demo}"

curl -sS "$OPENAI_BASE_URL/chat/completions" \
  -H "authorization: Bearer $OPENAI_API_KEY" -H 'content-type: application/json' \
  -d '{"model": "gpt-4o", "messages": [{"role": "user", "content": "Say hello"}]}'
echo
curl -sSN "$OPENAI_BASE_URL/chat/completions" \
  -H "authorization: Bearer $OPENAI_API_KEY" -H 'content-type: application/json' \
  -d '{"model": "gpt-4o", "stream": true, "messages": [{"role": "user", "content": "Say hello"}]}'
