#!/bin/sh
# A seeded Faker makes other Italian cities in each process.
#
# Faker 40.63.0.
#
# A seed is what makes generated test data repeat. `city` of the locale it_IT picks from a set of
# strings turned into a list, so its order follows Python's hash seed, which differs from process to
# process unless PYTHONHASHSEED is set. The same seed gives other cities with other hash seeds; other
# methods of that locale, and `city` of other locales, repeat.
#
# Seen: distinct results of five processes with hash seeds 1 to 5, all with seed 42
#   it_IT city 5, it_IT last_name 1, de_DE city 1, fr_FR city 1
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check faker==40.63.0
cat >"$folder/one.py" <<'PYTHON'
import sys

from faker import Faker

fake = Faker(sys.argv[1])
fake.seed_instance(42)
print([getattr(fake, sys.argv[2])() for _ in range(20)])
PYTHON
distinct() {
    for seed in 1 2 3 4 5; do
        PYTHONHASHSEED=$seed "$folder/venv/bin/python" "$folder/one.py" "$1" "$2"
    done | sort -u | wc -l | tr -d ' '
}
{
    for case in 'it_IT city' 'it_IT last_name' 'de_DE city' 'fr_FR city'; do
        # shellcheck disable=SC2086 # two words
        echo "$case $(distinct $case)"
    done
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
it_IT city 5
it_IT last_name 1
de_DE city 1
fr_FR city 1
EXPECTED
