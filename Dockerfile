ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
WORKDIR /source
COPY . .
# The package index, where it is not the public one: --build-arg PIP_INDEX_URL=...
ARG PIP_INDEX_URL
# Binary wheels only: nothing here is compiled but bytecode, and that once, for an image whose file
# system may be read-only. It is valid without a look at the sources' times, which copying may change.
RUN pip install --no-cache-dir --disable-pip-version-check --root-user-action=ignore \
        --no-compile --only-binary :all: --prefix /install -c constraints.txt '.[generate]' \
    && python -m compileall -q --invalidation-mode unchecked-hash -s /install -p /usr/local /install
# The same for the standard library, of which the base image has sources alone: else a server that may
# write nothing compiles them at each start, and so does each health check.
RUN python -m compileall -q --invalidation-mode unchecked-hash \
        -x '/(site-packages|test|tests|idlelib|tkinter|turtledemo|lib2to3|ensurepip)/' \
        /usr/local/lib/python3.* \
    && cd /usr/local \
    && find lib/python3.* -name '*.pyc' -not -path '*/site-packages/*' -exec cp --parents -t /install {} +

FROM python:${PYTHON}-slim
LABEL org.opencontainers.image.title="cs-simulator" \
    org.opencontainers.image.description="A simulator of Genesys Context Services for integration tests" \
    org.opencontainers.image.version="0.1.0" \
    org.opencontainers.image.licenses="MIT"
COPY --from=build /install /usr/local
# An empty folder, so that the server starts though nothing is mounted there.
WORKDIR /scenarios
WORKDIR /
# Every option of `serve` can be set in the environment; these are its defaults in a container.
# PYTHONDONTWRITEBYTECODE: the bytecode is there already, and nothing is to be written.
ENV CS_SIMULATOR_HOST="0.0.0.0 ::" \
    CS_SIMULATOR_PORT=8080 \
    CS_SIMULATOR_SCENARIO_DIR=/scenarios \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
# No name and no home: any other id does as well, with --user.
USER 65532:65532
EXPOSE 8080
# It reads the same variables as the server does, so it finds it wherever those put it. The first check
# comes after one interval, and whoever waits for the container waits for that.
HEALTHCHECK --interval=1s --timeout=5s --start-period=10s --retries=15 \
    CMD ["cs-simulator", "health"]
ENTRYPOINT ["cs-simulator"]
CMD ["serve"]
