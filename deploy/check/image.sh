#!/usr/bin/env bash
# Builds the image with the Dockerfile as it is and runs it as Fargate would: read-only, without capabilities, as its own user, with
# 512 MB. In front of the Bedrock stand-in it must become ready, chat, finish a stream while it is stopped, and exit with 0. Then the
# same image, unchanged, speaks TLS to the stand-in under the real host names of Bedrock and SSM, and is replaced under load.
#
# Needs: root, buildah, podman, runc, curl, openssl, npm ci done. Skips with a message when one is missing. Only loopback is used,
# except for npm and the base image; if no registry has the base image, make-base.sh makes one (mmdebstrap).
set -euo pipefail
cd "$(dirname "$0")/../.."
for tool in buildah podman runc curl openssl; do
  command -v "$tool" >/dev/null || { echo "SKIPPED: the image check needs $tool"; exit 0; }
done
[ "$(id -u)" = 0 ] || { echo "SKIPPED: the image check needs root (it builds and runs containers)"; exit 0; }
node=$PWD/node_modules/.bin/node
[ -x "$node" ] || node=$(command -v node)

image=localhost/adit:check
port=18097
standin_port=19097
tls_port=443
work=$(mktemp -d)
pids=()
cleanup() {
  podman rm -f -t 0 adit-check >/dev/null 2>&1 || true
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap cleanup EXIT
now() { date +%s%3N; }
failed=0
ok() { printf 'ok    %s\n' "$*"; }
bad() { failed=$((failed + 1)); printf 'FAIL  %s\n' "$*"; }
expect() { if [ "$2" = "$3" ]; then ok "$1: $2"; else bad "$1: $2, not $3"; fi; }

# runc, since crun wants pure cgroups v2; limits that an unprivileged supervisor may set; no systemd, no journal
cat >"$work/containers.conf" <<'CONF'
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=32768:32768"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
CONF
export CONTAINERS_CONF=$work/containers.conf

base=$(sed -n 's/^ARG NODE_IMAGE=//p' Dockerfile)
if ! buildah images -q "localhost/$base" >/dev/null 2>&1 && ! buildah pull -q "$base" >/dev/null 2>&1; then
  command -v mmdebstrap >/dev/null || { echo "SKIPPED: no registry has $base here, and there is no mmdebstrap to make one"; exit 0; }
  deploy/check/make-base.sh "$base"
fi
# npm's settings of this machine, for the time of the build only
secrets=()
for file in "$(npm config get globalconfig)" "$(npm config get userconfig)"; do
  if [ -s "$file" ]; then secrets=(--secret "id=npmrc,src=$file"); break; fi
done
ca=$(npm config get cafile)
[ -s "$ca" ] || ca=${NODE_EXTRA_CA_CERTS:-}
[ ! -s "$ca" ] || secrets+=(--secret "id=ca,src=$ca")
t=$(now)
buildah bud --isolation chroot --format docker --no-cache ${secrets[@]+"${secrets[@]}"} -t "$image" . >"$work/build.log" 2>&1 || {
  tail -30 "$work/build.log"
  echo "FAIL  the image cannot be built"
  exit 1
}
ok "built in $((($(now) - t) / 1000)) s"

container=$(buildah from --pull-never "$image")
root=$(buildah mount "$container")
ok "size: $(du -sm "$root" | cut -f1) MB, $(tar c -C "$root" . | gzip -6 | wc -c | awk '{ printf "%.1f", $1 / 1e6 }') MB to pull"
expect "binary addons" "$(find "$root" -name '*.node' | wc -l)" 0
expect "shells and package managers" "$(find "$root" \( -type f -o -type l \) \( -name sh -o -name bash -o -name npm -o -name apt -o -name busybox \) | wc -l)" 0
expect "files that belong to nobody in it" "$(find "$root" -nouser -o -perm -4000 | grep -cv "^$root/var/cache/node" || true)" 0
# (a host name of a few letters is in too many words to look for)
public=$(env -i PATH="$PATH" npm config get registry --userconfig=/none/user --globalconfig=/none/global) # npm's own default
host_of() { sed -E 's#^https?://([^/:]+).*#\1#' <<<"$1"; }
traces=$( { hostname | grep -E '.{6}'; host_of "$(npm config get registry)"; echo "$PWD"; } | grep -vE "^($(host_of "$public")|localhost|/)?$" || true)
expect "traces of this machine" "$( { [ -z "$traces" ] || grep -rlFf <(echo "$traces") "$root/app" "$root/etc" || true; } | wc -l)" 0
expect "parts in the bill of materials" "$(grep -c '"bom-ref"' "$root/app/sbom.cdx.json" | awk '{ print ($1 > 20) ? "many" : $1 }')" many
buildah rm "$container" >/dev/null
expect user "$(podman image inspect "$image" --format '{{.Config.User}}')" 1000:1000
expect "health check without a shell" "$(podman image inspect "$image" --format '{{index .HealthCheck.Test 0}}' 2>/dev/null || podman image inspect "$image" --format '{{index .Config.Healthcheck.Test 0}}')" CMD

"$node" src/standin/main.ts --port $standin_port --parameter /adit/api-key=sk-check --secret 'adit={"api_key":"sk-check"}' >"$work/standin.env" &
pids+=($!)
for _ in $(seq 150); do grep -qs '^export' "$work/standin.env" && break; sleep 0.1; done
sed -n 's/^export //p' "$work/standin.env" >"$work/env"

start() {
  podman run -d --name adit-check --no-healthcheck --network host --memory 512m --cpus 1 --read-only --cap-drop all \
    --security-opt no-new-privileges -e HOST=127.0.0.1 -e PORT=$port -e EMF=on "$@" "$image" >/dev/null
}
until_ready() {
  local begin=$1
  for _ in $(seq 1500); do curl -fs -o /dev/null "http://127.0.0.1:$port/ready" && break; sleep 0.02; done
  expect "/ready after $(($(now) - begin)) ms (with the container's own start)" "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/ready")" 200
}
ask() { curl -sN -H 'authorization: Bearer sk-check' -H 'content-type: application/json' "$@" "http://127.0.0.1:$port/v1/chat/completions"; }
body() { printf '{"model":"us.anthropic.claude-sonnet-4-6","stream":%s,"messages":[{"role":"user","content":"%s"}]}' "$1" "$2"; }

# How long a start takes, best of three and with the container's own: Node that does nothing, the gateway until /ready, and the gateway
# without the compile cache. The three take turns, so that what else the machine does slows all of them.
plain=999999 cached=999999 uncached=999999
least() { if [ "$1" -lt "$2" ]; then echo "$1"; else echo "$2"; fi; }
time_to_ready() {
  local begin
  begin=$(now)
  start --env-file "$work/env" -e API_KEY=sk-check "$@"
  for _ in $(seq 1500); do curl -fs -o /dev/null "http://127.0.0.1:$port/ready" && break; sleep 0.02; done
  echo $(($(now) - begin))
  podman rm -f -t 0 adit-check >/dev/null 2>&1
}
for _ in 1 2 3; do
  t=$(now)
  podman run --rm --no-healthcheck --network host --memory 512m --cpus 1 --read-only --cap-drop all "$image" -e 0
  plain=$(least $(($(now) - t)) "$plain")
  cached=$(least "$(time_to_ready)" "$cached")
  uncached=$(least "$(time_to_ready -e NODE_DISABLE_COMPILE_CACHE=1)" "$uncached")
done
ok "start: node -e 0 $plain ms; gateway until /ready $cached ms, $(awk "BEGIN { printf \"%.1f\", $cached / $plain }") times that; without the compile cache $uncached ms"

t=$(now)
start --env-file "$work/env" -e API_KEY_SECRET_ARN=arn:aws:secretsmanager:us-east-1:123456789012:secret:adit-StAnDi
until_ready "$t"
pid=$(podman inspect adit-check --format '{{.State.Pid}}')
ok "until ready: $(podman logs adit-check 2>/dev/null | sed -n 's/.*"ready_ms":\([0-9]*\).*/\1/p') ms by its own clock, $(awk '{ print ($14 + $15) * 10 }' "/proc/$pid/stat") ms of CPU, $(awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$pid/status") MB"
expect "user in the process" "$(awk '/^Uid/ { print $2 }' "/proc/$pid/status")" 1000
expect capabilities "$(awk '/^CapBnd|^CapEff/ { print $2 }' "/proc/$pid/status" | sort -u)" 0000000000000000
expect "health check of the image" "$(podman exec adit-check /usr/local/bin/node /app/dist/healthcheck.js >/dev/null 2>&1; echo $?)" 0
expect "a chat, its key in Secrets Manager" "$(ask -o /dev/null -w '%{http_code}' -d "$(body false hello)")" 200
ask -o "$work/stream" -d "$(body true '#long 60 #slow 60')" &
stream=$!
for _ in $(seq 100); do [ "$(grep -c '^data: {' "$work/stream" 2>/dev/null || true)" -gt 3 ] 2>/dev/null && break; sleep 0.05; done
before=$(grep -c '^data: {' "$work/stream" || true)
t=$(now)
podman stop -t 60 adit-check >/dev/null
stopped=$(($(now) - t))
wait "$stream" || true
after=$(grep -c '^data: {' "$work/stream")
expect "a stream goes on over stop ($before chunks before, $((after - before)) after, gone in $stopped ms)" "$(grep -c '^data: \[DONE\]' "$work/stream")" 1
[ "$after" -gt "$before" ] || bad "the stream was over before stop"
expect "exit code" "$(podman inspect adit-check --format '{{.State.ExitCode}}')" 0
podman rm adit-check >/dev/null

if (exec 3<>/dev/tcp/127.0.0.1/$tls_port) 2>/dev/null; then
  echo "SKIPPED: port $tls_port on loopback is taken, so no TLS under real host names"
else
  names=(bedrock-runtime.us-east-1.amazonaws.com bedrock.us-east-1.amazonaws.com ssm.us-east-1.amazonaws.com)
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -keyout "$work/ca.key" -out "$work/ca.crt" -subj /CN=check \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign 2>/dev/null
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$work/tls.key" -out "$work/tls.csr" -subj /CN=check 2>/dev/null
  openssl x509 -req -in "$work/tls.csr" -CA "$work/ca.crt" -CAkey "$work/ca.key" -CAcreateserial -days 2 -out "$work/tls.crt" \
    -extfile <(printf 'subjectAltName=%s' "$(printf 'DNS:%s,' "${names[@]}" | sed 's/,$//')") 2>/dev/null
  chmod 644 "$work/ca.crt"; chmod 755 "$work"
  "$node" deploy/check/tls-front.mjs $tls_port "$work/tls.crt" "$work/tls.key" $standin_port >"$work/tls.log" &
  pids+=($!)
  for _ in $(seq 100); do grep -q listening "$work/tls.log" && break; sleep 0.1; done
  grep -v ENDPOINT_URL "$work/env" >"$work/env.tls"
  hosts=()
  for name in "${names[@]}"; do hosts+=(--add-host "$name:127.0.0.1"); done
  t=$(now)
  start --env-file "$work/env.tls" -e API_KEY_PARAM_NAME=/adit/api-key -v "$work/ca.crt:/ca.crt:ro" -e NODE_EXTRA_CA_CERTS=/ca.crt "${hosts[@]}"
  until_ready "$t"
  expect "a chat over TLS under bedrock-runtime.us-east-1.amazonaws.com, its key in SSM" "$(ask -o /dev/null -w '%{http_code}' -d "$(body false hello)")" 200
  expect "a stream over TLS" "$(ask -d "$(body true hello)" | grep -c '^data: \[DONE\]')" 1
  expect "names that were asked for" "$(sed -n 's/^asked for //p' "$work/tls.log" | sort | tr '\n' ' ')" "bedrock-runtime.us-east-1.amazonaws.com bedrock.us-east-1.amazonaws.com ssm.us-east-1.amazonaws.com "
  podman stop -t 20 adit-check >/dev/null
  expect "exit code" "$(podman inspect adit-check --format '{{.State.ExitCode}}')" 0
fi
# Replaced under load as ECS does it, behind a balancer with TLS: 20 streams of eight seconds and 5 pollers, both orders.
if command -v haproxy >/dev/null; then
  if GATEWAY_COMMAND="env CONTAINERS_CONF=$CONTAINERS_CONF HOME=$HOME podman run --rm --no-healthcheck --network host --memory 512m --read-only --cap-drop all --security-opt no-new-privileges --env-host $image" \
    "$node" bench/rolling.ts >"$work/rolling" 2>&1; then
    ok "containers are replaced under load: $(grep -v '^ ' "$work/rolling" | paste -sd ';')"
  else
    bad "containers are replaced under load: $(tail -5 "$work/rolling")"
  fi
else
  echo "SKIPPED: replacing containers under load needs haproxy"
fi
if [ "$failed" != 0 ]; then
  echo "$failed findings."
  podman logs adit-check 2>&1 | tail -5
  exit 1
fi
echo "The image is fine."
