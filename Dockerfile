# smallbench in a container without a shell or a root user.
#   docker build -t smallbench .
#   docker run --rm -v "$PWD:/work" smallbench apply experiments/quickstart.yaml
FROM rust:1.95-trixie AS build
WORKDIR /source
COPY . .
RUN cargo build --release --locked && strip target/release/smallbench

FROM gcr.io/distroless/cc-debian13:nonroot
COPY --from=build /source/target/release/smallbench /usr/local/bin/smallbench
WORKDIR /work
ENTRYPOINT ["/usr/local/bin/smallbench"]
