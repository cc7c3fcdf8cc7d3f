"""Plays recorded S3 scenarios with boto3 and prints each one's answers, unmasked, as one JSON object.

A scenario is a function of a module in `s3_scenarios/`, named as its recording, with the recording's parameter as its
argument where it has one. It gives its answers by the recording's step names. Who rebuilds a scenario adds a function; what
none rebuilds stands with its reason in `s3-recordings.test.ts`, which compares.
"""

import inspect
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

FOLDER = Path(__file__).parent / "s3_scenarios"
MODULES = [import_module(f"{FOLDER.name}.{path.stem}") for path in sorted(FOLDER.glob("[a-z]*.py"))]


def played(scenario):
    """The answers of one scenario; None when nobody wrote it."""
    name, _, parameter = scenario.partition("::")[2].rstrip("]").partition("[")
    found = [getattr(module, name) for module in MODULES if callable(getattr(module, name, None))]
    if not found:
        return None
    takes = inspect.signature(found[0]).parameters
    return found[0](parameter) if takes else found[0]()


def safely(scenario):
    """What breaks off in the middle is one scenario's failure, told where it is compared."""
    try:
        return played(scenario)
    except Exception as error:  # the scenario's own: whatever it is, it is shown
        return {"failed": f"{type(error).__name__}: {error}"}


scenarios = json.loads(sys.stdin.read())
with ThreadPoolExecutor(4) as pool:
    print(json.dumps(dict(zip(scenarios, pool.map(safely, scenarios)))))
