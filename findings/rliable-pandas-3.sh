#!/usr/bin/env bash
# rliable 1.2.0 with arch 7.2.0 and pandas 3.1.1 (Python 3.11), which is what an installation without versions brings: it
# cannot be imported.
#
# rliable asks for pandas >= 1.0 and arch < 8, arch for pandas >= 1.4. arch 7.2.0 uses a decorator of pandas that is not
# public, pandas.util._decorators.deprecate_kwarg, which has one more argument in pandas 3: `from rliable import library`
# ends with a TypeError from inside of arch, whose text names neither package nor version.
#
# Why it matters: rliable is what papers of reinforcement learning take their interquartile means and intervals from, and
# `pip install rliable` succeeds. pandas < 3 beside it is enough.
#
# Seen: TypeError: deprecate_kwarg() missing 1 required positional argument: 'new_arg_name'
#       with pandas 2.3.3: imported
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/python"
pip=("$work/python/bin/pip" install --quiet --disable-pip-version-check)
"${pip[@]}" rliable==1.2.0 arch==7.2.0 pandas==3.1.1 numpy==2.4.6 scipy==1.17.1
error=$({ "$work/python/bin/python" -c "from rliable import library" || true; } 2>&1 | tail -n 1)
echo "pandas 3.1.1: $error"
[[ $error == "TypeError: deprecate_kwarg() missing 1 required positional argument"* ]]
"${pip[@]}" pandas==2.3.3
"$work/python/bin/python" -c "from rliable import library; print('pandas 2.3.3: imported')"
