"""The text that makes the agent a service: systemd on Linux, the task scheduler on Windows; printed, never done."""

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LEFT_OUT = ("install_text", "once", "json", "audit")
UNIT = """# Save as /etc/systemd/system/liqi-agent.service, then:
#   sudo systemctl daemon-reload && sudo systemctl enable --now liqi-agent
#   journalctl -u liqi-agent        (what it says)
# User is who may read the folder; nobody else needs to log on.
[Unit]
Description=Liqi agent for {folder}
Wants=network-online.target
After=network-online.target

[Service]
User={user}
StateDirectory=liqi-agent
ExecStart={command}
Restart=always
RestartSec=10
Nice=10
IOSchedulingClass=idle
NoNewPrivileges=yes
ProtectSystem=strict
ReadOnlyPaths={folder}

[Install]
WantedBy=multi-user.target
"""
WINDOWS = r"""rem In a command window opened as administrator; the task starts with Windows, nobody has to log on.
rem SYSTEM reads local folders; for a share give an account instead: /RU DOMAIN\account /RP *
schtasks /Create /TN "Liqi agent" /SC ONSTART /RU SYSTEM /RL LIMITED /F /TR {task}
schtasks /Run /TN "Liqi agent"
rem What it does:   schtasks /Query /TN "Liqi agent" /V /FO LIST
rem To remove it:   schtasks /End /TN "Liqi agent" & schtasks /Delete /TN "Liqi agent" /F
rem The token must be readable by SYSTEM and administrators alone:
icacls {token} /inheritance:r /grant:r SYSTEM:R Administrators:R
rem Started again after a failure, without the limit of three days, at low priority (PowerShell):
powershell -Command "$t = Get-ScheduledTask 'Liqi agent'; $s = $t.Settings; $s.ExecutionTimeLimit = 'PT0S'; ^
  $s.RestartCount = 999; $s.RestartInterval = 'PT1M'; $s.Priority = 7; $t | Set-ScheduledTask"
"""


def install_text(folder: str, given: Mapping[str, Any], *, windows: bool = os.name == "nt") -> str:
    """What to save or type so that the agent with these options runs as a service."""
    watched = str(Path(folder).absolute())
    words = [*program(), watched]
    for name, value in given.items():
        if name in LEFT_OUT or value in (None, "", False, []):
            continue
        flag = "--" + name.replace("_", "-")
        if name in ("token_file", "state", "ca"):
            value = str(Path(value).absolute())
        for one in value if isinstance(value, list) else [value]:
            words += [flag] if one is True else [flag, f"{one:g}" if isinstance(one, float) else str(one)]
    if windows:
        task = subprocess.list2cmdline([subprocess.list2cmdline(words)])
        return WINDOWS.format(task=task, token=subprocess.list2cmdline([str(Path(given["token_file"]).absolute())]))
    command = shlex.join(words).replace("%", "%%")  # systemd takes % as its own
    return UNIT.format(folder=watched.replace("%", "%%"), user=os.environ.get("USER", "liqi"), command=command)


def program() -> list[str]:
    """How this very agent is started: from its folder, which needs nothing else."""
    return [sys.executable, str(Path(__file__).absolute().parent)]
