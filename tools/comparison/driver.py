"""Runs CodeCarbon as a Python program would: steps given as JSON, the package as it was installed.

Each step is [verb, argument...]; what a step gave is printed as one JSON line.
"""
import asyncio
import ctypes
import json
import os
import subprocess
import sys
import time


def main():
    wanted = json.loads(sys.argv[1])
    from codecarbon import EmissionsTracker, OfflineEmissionsTracker, track_emissions

    settings = {"measure_power_secs": 1, "country_iso_code": "FRA", "log_level": "error", **wanted["settings"]}
    online = settings.pop("online", False)
    if online:
        settings.pop("country_iso_code")
    tracker = None
    said = {}
    for verb, *arguments in wanted["steps"]:
        answer = None
        if verb == "new":
            tracker = (EmissionsTracker if online else OfflineEmissionsTracker)(**{**settings, **(arguments or [{}])[0]})
        elif verb in ("start", "flush", "stop"):
            answer = getattr(tracker, verb)()
        elif verb in ("start_task", "stop_task"):
            done = getattr(tracker, verb)(*arguments)
            answer = None if done is None else {"duration": done.duration, "energy": done.energy_consumed}
        elif verb == "sleep":
            time.sleep(arguments[0])
        elif verb == "hold_interpreter":  # a C call that does not release the interpreter's lock, as some libraries do
            ctypes.PyDLL(None).usleep(int(arguments[0] * 1e6))
        elif verb == "run":
            answer = subprocess.run(arguments[0], check=False).returncode
        elif verb == "wait_for":
            while not os.path.exists(arguments[0]):
                time.sleep(0.02)
        elif verb == "touch":
            open(arguments[0], "w", encoding="utf-8").close()
        elif verb == "coroutine":
            @track_emissions(offline=True, **settings)
            async def work():
                await asyncio.sleep(arguments[0])

            before = time.monotonic()
            asyncio.run(work())
            answer = time.monotonic() - before
        elif verb == "detect":
            answer = tracker.get_detected_hardware()
        else:
            raise SystemExit(f"driver: no step {verb}")
        said.setdefault(verb, []).append(answer)
    print("\n" + json.dumps({"driver": said}, default=str))


main()
