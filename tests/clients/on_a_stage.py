"""Runs a command while `rehearsal serve` runs, with the addresses in its environment: on_a_stage.py REHEARSAL COMMAND…"""

import json
import os
import subprocess
import sys

program, *command = sys.argv[1:]
with subprocess.Popen([program, "serve", "--port-base", "0", "--json"], stdout=subprocess.PIPE) as serve:
    try:
        stage = json.loads(serve.stdout.readline())
        environment = {**os.environ, "REHEARSAL_CONTROL_URL": stage["control"]}
        for vendor, url in stage["providers"].items():
            environment[f"REHEARSAL_{vendor.replace('-', '_').upper()}_URL"] = url
        status = subprocess.call(command, env=environment)
    finally:
        serve.terminate()
sys.exit(status)
