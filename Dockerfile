# A static binary and nothing else: no shell, no package manager, no root.
#
#   docker build -t sanshi .
#   docker run -p 127.0.0.1:8080:8080 -v sanshi:/data sanshi
#
# The data folder must be a volume: it is the database.

FROM golang:1.26-bookworm AS build
# Go's own proxy, and never past it; another with --build-arg GOPROXY=… where it
# cannot be reached.
ARG GOPROXY
WORKDIR /src
COPY go.mod go.sum ./
RUN GOPROXY="$(go env GOPROXY | sed 's/,direct$//')" go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w' -o /out/bot ./bot \
 && mkdir -p /out/data /out/tmp && chmod 0700 /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/bot /bot
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build --chown=65532:65532 /out/tmp /tmp
USER 65532:65532
# Metrics, health and pprof stay on the container's own loopback (127.0.0.1:8081),
# where the health check finds them. Set SANSHI_INTERNAL_ADDR to let Prometheus in,
# and SANSHI_PUBLIC_URL to the address that the outside calls.
ENV SANSHI_ADDR=0.0.0.0:8080 \
    SANSHI_PUBLIC_URL=http://127.0.0.1:8080 \
    SANSHI_DATA=/data
EXPOSE 8080
VOLUME /data
# The service stops within 15 s of SIGTERM and loses nothing.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=10s --retries=3 CMD ["/bot", "health"]
ENTRYPOINT ["/bot"]
CMD ["serve"]
