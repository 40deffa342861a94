# The image of Adit. It holds Node, the six libraries Node needs, the compiled gateway and its production dependencies: no shell,
# no package manager, nothing of the machine that built it.
#
#   docker build -t adit .                                             for this machine
#   docker buildx build --platform linux/amd64,linux/arm64 ...         for both (deploy/push-image.sh does it)
#   docker build --secret id=npmrc,src=$HOME/.npmrc --secret id=ca,src=/path/to/ca.crt -t adit .     behind a company's registry or proxy
#
# Only the compile cache is made by running the target's own Node; everything else runs on the build machine's processor.
# --target runtime leaves the cache out, so that a build for another processor needs no emulation.

# Pinned to one release. For a rebuild that is the same to the byte add the digest: node:24.21.0-bookworm-slim@sha256:...
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

# ---- what is needed to build, and what comes out of it
FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
# npm takes no notice of a cafile that is not there.
RUN --mount=type=secret,id=npmrc,target=/usr/local/etc/npmrc \
    --mount=type=secret,id=ca,target=/etc/ssl/certs/ca-certificates.crt \
    --mount=type=cache,target=/root/.npm \
    npm ci --ignore-scripts --cafile=/etc/ssl/certs/ca-certificates.crt
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build
COPY docker/slim-modules.mjs docker/
RUN mkdir -p /out/app \
 && npm sbom --omit=dev --omit=optional --sbom-format=cyclonedx > /out/app/sbom.cdx.json \
 && npm prune --omit=dev --omit=optional --ignore-scripts \
 && node docker/slim-modules.mjs node_modules \
 && mv dist node_modules package.json /out/app/

# ---- the base for the target's processor; nothing is run in it
FROM ${NODE_IMAGE} AS target

# ---- the part of the base that Node needs, with the package records by which scanners find its vulnerabilities
FROM build AS root
COPY docker/copy-root.mjs docker/
RUN --mount=type=bind,from=target,target=/target node docker/copy-root.mjs /target /rootfs

# ---- the image, complete but for the compile cache
FROM scratch AS runtime
COPY --from=root /rootfs /
COPY --from=build /out/app /app
# The heap follows the container's memory limit; the rest is for buffers, sockets and code.
ENV PATH=/usr/local/bin \
    NODE_ENV=production \
    NODE_OPTIONS="--max-old-space-size-percentage=65" \
    NODE_COMPILE_CACHE=/var/cache/node
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Adit" \
      org.opencontainers.image.description="OpenAI-compatible gateway in front of Amazon Bedrock" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
WORKDIR /app
USER 1000:1000
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["/usr/local/bin/node", "/app/dist/healthcheck.js"]
# New objects get 16 MB before the dead ones go: with less, those of running answers are moved about too often, and idle streams do not
# need more. A process that has had nothing to do for a while does not tidy up: it would be at it when the next requests come.
# What V8's quick compiler has used is given back as soon as its code is there: left to a thread that gets no processor while load comes
# up, it grows to 60 MB, and the allocator keeps a third of that.
# Nothing is put among the old objects at once because its like lived long: what does so while the process starts is made for each request later.
ENTRYPOINT ["/usr/local/bin/node", "--min-semi-space-size=16", "--max-semi-space-size=16", "--no-memory-reducer", "--no-maglev-destroy-on-background", "--no-allocation-site-pretenuring"]
CMD ["/app/dist/server.js"]

# ---- compiled code, kept from a first start
FROM runtime AS warm
COPY docker/warm-up.mjs /warm-up.mjs
# with the same flags: Node keeps compiled code apart by them
RUN ["/usr/local/bin/node", "--min-semi-space-size=16", "--max-semi-space-size=16", "--no-memory-reducer", "--no-maglev-destroy-on-background", "--no-allocation-site-pretenuring", "/warm-up.mjs"]

FROM runtime
COPY --from=warm /var/cache/node /var/cache/node
