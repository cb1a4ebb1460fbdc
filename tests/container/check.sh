#!/usr/bin/env bash
# Build the image that the Dockerfile describes, with a real engine, and prove what docs/container.md
# promises.
#
#   tests/container/check.sh [CHECKOUT]
#
# It needs root, Debian's packages and the package index that pip is configured for; no registry of
# images, and no network for the containers. Where it cannot run it says why, and that is no failure.
# The engine is Debian's docker.io, started by hand and without a bridge: it leaves the machine's
# network and firewall as they are, and its data go when it ends. The base image is made of a CPython
# of this machine whose prefix is its own, as pyenv's is, and of the libraries and tools it needs.
# What the page says of Compose is tried with a second engine, which has a network namespace of its
# own and may make bridges in it.
set -euo pipefail

checkout=$(realpath "${1:-$(dirname "${BASH_SOURCE[0]}")/../..}")
skip() { echo "skipped: $1"; exit 0; }

[ "$(uname -s)" = Linux ] || skip 'containers need Linux'
[ "$(id -u)" = 0 ] || skip 'an engine needs root'
python=${PYTHON:-$(command -v python3)}
prefix=$("$python" -c 'import sys; print(sys.base_prefix)')
[ "$prefix" != /usr ] || skip "$python has no prefix of its own, as pyenv's has; set PYTHON to one"
python=$prefix/bin/python3
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')

work=$(mktemp -d)
engines=()
export DOCKER_BUILDKIT=0 DOCKER_CONFIG=$work/client
clean_up() {
    for each in ${engines[@]+"${engines[@]}"}; do
        export DOCKER_HOST=unix://$work/$each.sock
        docker ps -aq 2>/dev/null | xargs -r docker rm -f >/dev/null || true
        kill "$(cat "$work/$each.pid" 2>/dev/null)" 2>/dev/null || true
    done
    wait
    grep -oE " ${work}[^ ]*" /proc/mounts | xargs -r umount || true
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# --- the engine

engine() { # name, then a command that starts it with options of its own
    local name=$1 starting
    shift
    export DOCKER_HOST=unix://$work/$name.sock
    "$@" -H "$DOCKER_HOST" --data-root "$work/$name" --exec-root "$work/$name.exec" \
        -p "$work/$name.pid" >"$work/$name.log" 2>&1 &
    starting=$!
    engines+=("$name")
    for _ in $(seq 150); do
        docker version >/dev/null 2>&1 && return
        kill -0 "$starting" 2>/dev/null || break
        sleep 0.2
    done
    docker version >/dev/null 2>&1
}

if ! command -v dockerd >/dev/null; then
    "$checkout/.ci/install" docker.io >"$work/install.log" || skip "$(cat "$work/install.log")"
fi
engine plain dockerd --bridge=none --iptables=false --ip6tables=false --ip-forward=false ||
    skip "dockerd does not run here: $(tail -n 1 "$work/plain.log")"
echo "the engine runs after $SECONDS s"

# --- the base image: /usr/local is the interpreter, the rest is what it and the tools are linked with

base=$work/base
mkdir -p "$base"/{bin,dev,etc/ssl/certs,proc,root,sys,tmp,usr/local,var/tmp}
chmod 1777 "$base"/tmp "$base"/var/tmp
# As in the official image, there is neither bytecode nor a test in it.
tar -C "$prefix" -c --exclude='*.a' --exclude='*.pyc' --exclude=__pycache__ --exclude=test \
    --exclude=tests --exclude=idlelib --exclude='*tkinter*' --exclude=turtledemo --exclude=share \
    --exclude=include --exclude='site-packages/[!p]*' --exclude='site-packages/p[!i]*' \
    --exclude='site-packages/pi[!p]*' . | tar -C "$base/usr/local" -x
ln -sf "python$version" "$base/usr/local/bin/python"
printf '#!/usr/local/bin/python\nimport sys\nfrom pip._internal.cli.main import main\nsys.exit(main())\n' \
    >"$base/usr/local/bin/pip"
libraries=$(dirname "$(ldd /bin/sh | grep -oE '/[^ ]+/libc\.so\.6')")
tools=(/bin/sh /bin/cat /bin/cp /bin/ls /usr/bin/find /usr/bin/id)
{
    ldd "${tools[@]}" "$prefix/bin/python$version" "$prefix"/lib/python3.*/lib-dynload/*.so |
        grep -oE '/[^ ]+\.so[^ ]*' | grep -vE "^$prefix|:$"
    # Wheels are linked with these, though nothing is in them any more.
    ls "$libraries"/lib{pthread,dl,rt,util,resolv}.so.?
    printf '%s\n' "${tools[@]}" /sbin/ldconfig /etc/ssl/certs/ca-certificates.crt
} | sort -u | xargs cp -L --parents -t "$base"
printf 'root:x:0:0:root:/root:/bin/sh\n' >"$base/etc/passwd"
printf '[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n' >"$base/etc/pip.conf"
printf '%s\n' /usr/local/lib "$libraries" >"$base/etc/ld.so.conf"
chroot "$base" /sbin/ldconfig
tar -C "$base" -c . | docker import -c 'ENV PATH=/usr/local/bin:/usr/bin:/bin' -c 'ENV LANG=C.UTF-8' \
    - "python:$version-slim" >/dev/null
rm -rf "$base"

# --- what a check is made of

passed=0 failed=0
check() { # what, then a command
    local what=$1
    shift
    if "$@" >"$work/out" 2>&1; then
        passed=$((passed + 1)) && echo "ok: $what"
    else
        failed=$((failed + 1)) && echo "FAILED: $what" && sed 's/^/    /' "$work/out"
    fi
}
is() { [ "$1" = "$2" ] || { echo "expected '$2', found '$1'"; return 1; }; }
at_most() { [ "$1" -le "$2" ] || { echo "expected at most $2, found $1"; return 1; }; }
contains() { grep -q -- "$1" <<<"$2" || { echo "expected '$1' in: $2"; return 1; }; }
healthy() { # name: wait for the image's own check
    local state
    for _ in $(seq 300); do
        state=$(docker inspect -f '{{.State.Health.Status}} {{.State.Status}}' "$1")
        case $state in "healthy running") return 0 ;; unhealthy* | *exited) break ;; esac
        sleep 0.1
    done
    docker inspect -f "$state"' {{range .State.Health.Log}}{{.Output}}{{end}}' "$1"
    docker logs "$1"
    return 1
}
healthy_after() { # name: the milliseconds from its start to the end of the first check that went well
    "$python" - "$(docker inspect "$1")" <<'PYTHON'
import datetime, json, sys
state = json.loads(sys.argv[1])[0]["State"]
def instant(text):
    return datetime.datetime.fromisoformat(text[:26].rstrip("Z") + "+00:00")
ends = [instant(each["End"]) for each in state["Health"]["Log"] if each["ExitCode"] == 0]
print(round((min(ends) - instant(state["StartedAt"])).total_seconds() * 1000))
PYTHON
}
within() { # milliseconds, then a command
    local limit=$1 start=${EPOCHREALTIME/[.,]/} took
    shift
    "$@" || return 1
    took=$(((${EPOCHREALTIME/[.,]/} - start) / 1000))
    [ "$took" -le "$limit" ] || { echo "took $took ms, more than $limit"; return 1; }
}
ask() { # container, path
    docker exec "$1" python -c "import sys, urllib.request as u; sys.stdout.write(u.urlopen('http://127.0.0.1:8080$2').read().decode())"
}
resident() { # container: its memory in MiB
    docker exec "$1" cat /proc/1/status | awk '/^VmHWM/ {print int($2 / 1024)}'
}
exits() { # code, text, then arguments of docker run
    local code=0 out want=$1 text=$2
    shift 2
    out=$(timeout 30 docker run --rm --network none "$@" 2>&1) || code=$?
    is "$code" "$want" && contains "$text" "$out"
}
config() { docker inspect -f "{{json .Config.$1}}" cs-simulator; }

# --- the image

docker build -q --network host --build-arg "PYTHON=$version" -t cs-simulator "$checkout" \
    >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
echo "built after $SECONDS s: $(docker images cs-simulator --format '{{.Size}}')"
check 'its user is not root' is "$(config User)" '"65532:65532"'
check 'it has a health check' contains 'cs-simulator' "$(config Healthcheck)"
check 'it has labels' contains '"org.opencontainers.image.title":"cs-simulator"' "$(config Labels)"
run() { docker run --rm --network none --entrypoint "$1" cs-simulator "${@:2}"; }
cached="import json.decoder, pathlib; print(pathlib.Path(json.decoder.__cached__).exists())"
check 'the bytecode of the standard library is in it' is "$(run python -c "$cached")" True
check 'and no tests are' is "$(run python -c 'import importlib.util as u; print(u.find_spec("tests"))')" None

mine=$work/mine.yaml
docker run --rm --network none cs-simulator show demo >"$mine"
check 'it writes a scenario to begin with' contains '^customers:' "$(cat "$mine")"

# --- its containers

hardened=(--network none --read-only --user 123456 --cap-drop ALL --security-opt no-new-privileges --memory 64m)
mkdir "$work/scenarios"
printf 'name: shop\nextends: demo\n' >"$work/scenarios/shop.yaml"
printf 'seed: x\n' >"$work/scenarios/wrong.yaml"
chmod 755 "$work" "$work/scenarios"
mounted=(-v "$work/scenarios:/scenarios:ro")
start() { docker run -d --name "$1" "${@:2}" >/dev/null; }

start hard "${hardened[@]}" "${mounted[@]}" -e CS_SIMULATOR_SCENARIO=shop cs-simulator
check 'healthy: read-only, without capabilities, any user, 64 MB, no network' healthy hard
check 'healthy within two seconds' at_most "$(healthy_after hard)" 2000
start token --network none -e CS_SIMULATOR_CONTROL_TOKEN=secret -e CS_SIMULATOR_PORT=9099 cs-simulator
check 'healthy: another port, a control token' healthy token
check 'its process has the user that it was given' contains 'Uid:.123456' "$(docker exec hard cat /proc/1/status)"
check 'its process has no capability' contains 'CapEff:.0000000000000000' "$(docker exec hard cat /proc/1/status)"
check 'it answers with a scenario that is mounted' contains '"scenario": "shop"' "$(ask hard /_control/health)"
check 'its memory with demo is as documented' at_most "$(resident hard)" 50
check 'it wrote nothing' is "$(docker diff token)" ''
# Killed after the grace period it would end with 137. The engine itself takes a second under load.
check 'SIGTERM stops it' within 5000 docker stop -t 10 hard
check 'and it exits with 0' is "$(docker inspect -f '{{.State.ExitCode}}' hard)" 0
check 'and says why' contains 'stopping: SIGTERM' "$(docker logs hard 2>&1)"
check 'its first line is on standard output' contains 'scenario shop: http' "$(docker logs hard 2>/dev/null)"

start early --network none cs-simulator serve --scenario large
sleep 0.2
check 'SIGTERM before it is ready stops it' within 5000 docker stop -t 10 early
check 'and it exits with 0 as well' is "$(docker inspect -f '{{.State.ExitCode}}' early)" 0
start init --init --network none cs-simulator
check 'healthy: with --init' healthy init
check 'SIGTERM stops it behind --init' within 5000 docker stop -t 10 init
check 'and that exits with 0' is "$(docker inspect -f '{{.State.ExitCode}}' init)" 0

start large --network none --memory 256m cs-simulator serve --scenario large
check 'healthy: a large scenario' healthy large
check 'its memory with large is as documented' at_most "$(resident large)" 140
start full --network none --read-only --entrypoint sh cs-simulator -c 'exec cs-simulator serve >/dev/full 2>/dev/full'
check 'healthy: a log that cannot be written' healthy full
kubernetes=(-e CS_SIMULATOR_PORT=tcp://10.0.0.7:8080 -e CS_SIMULATOR_SERVICE_HOST=10.0.0.7 -e CS_SIMULATOR_PORT_8080_TCP_ADDR=10.0.0.7)
start injected --network none "${kubernetes[@]}" cs-simulator
check 'healthy: the variables that Kubernetes injects' healthy injected
check 'and no warning of them' is "$(docker logs injected 2>&1 | grep -c 'has no effect' || true)" 0
start ipv4 --network none --sysctl net.ipv6.conf.all.disable_ipv6=1 cs-simulator
check 'healthy: no IPv6' healthy ipv4
check 'and the log says so' contains 'not listening on ::' "$(docker logs ipv4 2>&1)"
check 'IPv6 alone, where there is none, is told, with exit code 3' exits 3 'this machine has no IPv6' --sysctl net.ipv6.conf.all.disable_ipv6=1 -e CS_SIMULATOR_HOST=:: cs-simulator
start small --network none --memory 32m --memory-swap 32m cs-simulator serve --scenario demo
sleep 3
echo "with 32 MB: $(docker inspect -f '{{.State.Status}}, exit code {{.State.ExitCode}}, killed for memory: {{.State.OOMKilled}}' small)"

check 'a wrong scenario is told, with exit code 2' exits 2 'wrong.yaml:1:7: seed' "${mounted[@]}" -e CS_SIMULATOR_SCENARIO=wrong cs-simulator
check 'a wrong variable is told, with exit code 2' exits 2 CS_SIMULATOR_LOG_FORMAT -e CS_SIMULATOR_LOG_FORMAT=xml cs-simulator
check 'a wrong option is JSON where the log is' exits 2 '"level": "error", "message": "No such option' -e CS_SIMULATOR_LOG_FORMAT=json cs-simulator serve --prot 80
check 'a misspelt variable is told' exits 2 'CS_SIMULATOR_SCENARIOS has no effect' "${mounted[@]}" -e CS_SIMULATOR_SCENARIOS=shop cs-simulator serve --scenario wrong

# --- beside the tests, with Compose: the file of the page as it is printed

project=$work/project
mkdir -p "$project/tests"
cp -r "$work/scenarios" "$project/scenarios"
cp "$mine" "$project/scenarios/shop.yaml"
awk '/^```yaml compose$/ {inside = 1; next} /^```$/ {inside = 0} inside' \
    "$checkout/docs/container.md" >"$project/compose.yaml"
# The containers have no network but their own: what pip installs lies in the project.
"$python" -m pip wheel -q -w "$project/wheels" "$checkout[pytest]" >"$work/wheels.log" 2>&1 ||
    { cat "$work/wheels.log"; exit 1; }
printf '%s\n' --no-index '--find-links wheels' 'cs-simulator[pytest]' >"$project/requirements.txt"
cat >"$project/tests/test_shop.py" <<'PYTHON'
import json
from urllib.request import Request, urlopen


def test_scenario_is_the_one_that_is_mounted(context_services_server):
    assert context_services_server.health()["scenario"] == "demo", "shop.yaml was made of demo"


def test_system_reaches_the_simulator_by_its_name(context_services):
    assert "//cs-simulator:8080/" in context_services.base_url
    url = f"{context_services.base_url}/services/start"
    body = json.dumps({"contact_key": "42"}).encode()
    with urlopen(Request(url, body, {"Content-Type": "application/json"})) as response:
        assert response.status == 201
    context_services.verify(on="start_service", where={"contact_key": "42"}, count=1)
PYTHON
composed() { # bring the file up until its tests end; its exit code is theirs
    (cd "$project" && docker-compose -p shop -f compose.yaml up --abort-on-container-exit \
        --exit-code-from tests --no-color) >"$work/compose.log" 2>&1 || { cat "$work/compose.log"; return 1; }
    grep -q '2 passed' "$work/compose.log" || { cat "$work/compose.log"; return 1; }
}
docker tag "python:$version-slim" python:3.13-slim
if ! command -v docker-compose >/dev/null && ! "$checkout/.ci/install" docker-compose >"$work/install.log"; then
    echo "skipped: Compose: $(cat "$work/install.log")"
elif ! engine bridged unshare --net --mount sh -c 'ip link set lo up && exec dockerd "$@"' -; then
    echo "skipped: Compose: an engine makes no bridge here: $(tail -n 1 "$work/bridged.log")"
else
    DOCKER_HOST=unix://$work/plain.sock docker save cs-simulator python:3.13-slim | docker load -q >/dev/null
    check 'the Compose file runs as printed, and its tests pass' composed
fi

# --- as a Deployment: the one of the page, by podman, which needs no cluster

deployed() { # the file as it is printed runs, hardened as it says, and answers where its probes ask
    env -u DOCKER_CONFIG -u DOCKER_HOST unshare --net --mount bash -euc '
        ip link set lo up
        run() { podman --root "$work/pods/root" --runroot "$work/pods/run" "$@"; }
        trap "run kube down $work/deployment.yaml; run rmi -fa" EXIT
        run load -q -i "$work/image.tar"
        run tag localhost/cs-simulator registry.example.com/cs-simulator:0.1.0
        tar -C "$(dirname "$(command -v catatonit)")" -hc catatonit |
            run import -q -c "ENTRYPOINT [\"/catatonit\", \"-P\"]" - localhost/pause
        run kube play "$work/deployment.yaml"
        for _ in $(seq 100); do
            run exec cs-simulator-pod-0-cs-simulator cs-simulator health && break
            sleep 0.2
        done
        "$python" -c "import urllib.request as u; print(u.urlopen(\"http://127.0.0.1:8080/_control/health\").read().decode())"
        run exec cs-simulator-pod-0-cs-simulator cat /proc/1/status
        run inspect -f "read-only: {{.HostConfig.ReadonlyRootfs}}, memory: {{.HostConfig.Memory}}" cs-simulator-pod-0-cs-simulator
    ' >"$work/pods.log" 2>&1 || { cat "$work/pods.log"; return 1; }
    local each
    for each in '"scenario": "demo"' 'Uid:.65532' 'CapEff:.0000000000000000' 'NoNewPrivs:.1' 'Seccomp:.2' \
        'read-only: true, memory: 536870912'; do
        contains "$each" "$(cat "$work/pods.log")" || return 1
    done
}
if command -v podman >/dev/null && command -v catatonit >/dev/null && command -v runc >/dev/null; then
    mkdir "$work/pods"
    awk '/^```yaml deployment$/ {inside = 1; next} /^```$/ {inside = 0} inside' \
        "$checkout/docs/container.md" >"$work/deployment.yaml"
    # As the limits and control groups of any machine allow; podman has a pod of its own beside ours.
    cat >"$work/pods/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[network]
network_backend = "netavark"
network_config_dir = "$work/pods/networks"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
infra_image = "localhost/pause:latest"
CONF
    DOCKER_HOST=unix://$work/plain.sock docker save cs-simulator -o "$work/image.tar"
    export CONTAINERS_CONF=$work/pods/containers.conf work python
    check 'the Deployment runs as printed' deployed
else
    echo 'skipped: the Deployment: podman, catatonit and runc are needed'
fi

echo "$passed passed, $failed failed, after $SECONDS s"
[ "$failed" -eq 0 ]
