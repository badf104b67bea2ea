#!/bin/sh
# Start, stop or inspect a small local language model behind the Anthropic Messages API.
#   start.sh [start|stop|status|fetch|fetched] [CACHE_DIR] [options]      (start.sh --help for the options)
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
for py in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python3.10; do
    if command -v "$py" >/dev/null 2>&1 &&
       "$py" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
        exec "$py" "$here/local_model.py" "$@"
    fi
done
echo "error: Python 3.10 or newer is needed (set PYTHON to its path)" >&2
exit 2
