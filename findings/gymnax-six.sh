#!/usr/bin/env bash
# gymnax 1.0.1 (Python 3.11, jax 0.10.2): a new environment with gymnax alone cannot import it.
#
# `import gymnax` imports every environment, that of the MNIST bandit among them, which needs the package six; the package
# does not ask for it, and nothing it asks for brings it any longer. No environment can be made, whichever it is.
#
# Why it matters: gymnax is what JAX agents of this field are compared on; a lock file or a container made from its
# requirements alone fails at the first import. six beside it is enough.
#
# Seen: ModuleNotFoundError: No module named 'six'
#       with six: MetaMaze-misc
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/python"
pip=("$work/python/bin/pip" install --quiet --disable-pip-version-check)
"${pip[@]}" gymnax==1.0.1 jax==0.10.2 flax==0.12.8
error=$({ "$work/python/bin/python" -c "import gymnax" || true; } 2>&1 | tail -n 1)
echo "gymnax alone: $error"
[[ $error == "ModuleNotFoundError: No module named 'six'" ]]
"${pip[@]}" six==1.17.0
"$work/python/bin/python" -c "import gymnax; env, _ = gymnax.make('MetaMaze-misc'); print('with six:', env.name)"
