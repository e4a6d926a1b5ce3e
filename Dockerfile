# smallbench in a container without a shell or a root user.
#   docker build -t smallbench .
#   docker run --rm -v "$PWD:/work" --user "$(id -u):$(id -g)" smallbench apply experiments/quickstart.yaml
FROM rust:1.95-trixie AS build
WORKDIR /source
COPY . .
RUN cargo build --release --locked

FROM gcr.io/distroless/cc-debian13:nonroot
COPY --from=build /source/target/release/smallbench /usr/local/bin/smallbench
WORKDIR /work
# Where any user may write who may write the results: datasets stay with them, and are fetched once.
ENV HF_HOME=/work/.cache/huggingface
ENTRYPOINT ["/usr/local/bin/smallbench"]
