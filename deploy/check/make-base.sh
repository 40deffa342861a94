#!/usr/bin/env bash
# Builds a stand-in for the Dockerfile's base image where no image registry can be reached:
# Debian from the machine's own package mirror, Node and npm from the npm registry.
# It is for checking the Dockerfile, not for shipping; nothing of the machine stays in it.
# Needs: root, mmdebstrap, buildah, npm. Usage: make-base.sh [image name, default: what the Dockerfile names]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
wanted=${1:-$(sed -n 's/^ARG NODE_IMAGE=//p' "$here/../../Dockerfile")}
tag=${wanted##*/}
version=$(sed -E 's/^[^:]*:([0-9.]+)-.*/\1/' <<<"$tag")
suite=$(sed -E 's/^[^:]*:[0-9.]+-([a-z]+).*/\1/' <<<"$tag")
arch=$(dpkg --print-architecture)
case $arch in amd64) npm_arch=x64 ;; arm64) npm_arch=arm64 ;; *) echo "no Node package for $arch" >&2; exit 1 ;; esac
mirror=$(cat /etc/apt/sources.list.d/*.sources 2>/dev/null | awk '/^URIs:/ { print $2; exit }')
[ -n "$mirror" ] || mirror=$(awk '/^deb / { for (i = 2; i <= NF; i++) if ($i ~ /^https?:/) { print $i; exit } }' /etc/apt/sources.list)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mmdebstrap --quiet --variant=minbase \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
  "$suite" rootfs "$mirror"
# mmdebstrap copies these from the machine; the real image has neither a mirror nor a resolver of ours.
: >rootfs/etc/resolv.conf
: >rootfs/etc/apt/sources.list
rm -rf rootfs/etc/hostname rootfs/etc/apt/sources.list.d/* rootfs/var/lib/apt/lists/* rootfs/var/cache/apt/* rootfs/var/log/*

npm pack --silent "node-linux-$npm_arch@$version" >/dev/null
npm pack --silent npm@11 >/dev/null
mkdir node npm
tar xzf node-linux-*.tgz -C node --strip-components=1 package/bin/node
tar xzf npm-11*.tgz -C npm --strip-components=1
install -m 755 node/bin/node rootfs/usr/local/bin/node
mkdir -p rootfs/usr/local/lib/node_modules
cp -a npm rootfs/usr/local/lib/node_modules/npm
chown -R 0:0 rootfs/usr/local/lib/node_modules
chmod +x rootfs/usr/local/lib/node_modules/npm/bin/*.js
for tool in npm npx; do ln -s "../lib/node_modules/npm/bin/$tool-cli.js" "rootfs/usr/local/bin/$tool"; done
chroot rootfs groupadd --gid 1000 node
chroot rootfs useradd --uid 1000 --gid node --shell /bin/bash --create-home node

container=$(buildah from scratch)
buildah add --quiet "$container" rootfs / >/dev/null
buildah config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin --env NODE_VERSION="$version" --cmd node "$container"
buildah commit --quiet --rm "$container" "localhost/$tag" >/dev/null
echo "localhost/$tag built: node $version on Debian $suite, $arch"
