"""A supervisor over harmless children, run as a process of its own: `small_service.py FOLDER WAIT_SECONDS`.

Prints `ready` and then one line for each thing the supervisor says; writes the children's process ids to FOLDER/pids.
"""

import json
import sys
from pathlib import Path

from moderation.embedded import lock
from moderation.embedded.leash import Leash
from moderation.embedded.supervisor import Part, Supervisor

# One that also starts a grandchild, and one that does not care about SIGTERM.
PLAIN = "import subprocess, time; subprocess.Popen(['sleep', '300']); time.sleep(300)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: time.sleep(1)"


def main() -> int:
    folder, patience = Path(sys.argv[1]), float(sys.argv[2])

    def say(line: str) -> None:
        print(line, flush=True)

    try:
        held = lock.take(folder / "lock", seconds=patience, say=say)
    except lock.Taken as error:
        say(str(error))
        return 1
    leash = Leash(inherit=(held,))
    supervisor = Supervisor(leash, say)
    for name, source in (("plain", PLAIN), ("stubborn", STUBBORN)):
        command = (sys.executable, "-c", source)
        supervisor.add(Part(name, command, {"PATH": "/usr/bin:/bin"}, folder / f"{name}.log", stop_seconds=1))
    say("ready")
    while not supervisor.stopping:
        supervisor.look()
        (folder / "pids.new").write_text(json.dumps(supervisor.pids()))
        (folder / "pids.new").replace(folder / "pids")
        supervisor.wait(0.1)
    supervisor.stop()
    leash.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
