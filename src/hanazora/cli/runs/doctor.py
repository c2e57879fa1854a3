"""`hanazora doctor`: is everything there to make a video on this machine?"""

from pathlib import Path
from typing import Annotated

import typer

from hanazora.cli.options.folding import folded
from hanazora.cli.options.making import MachineOptions
from hanazora.cli.starting import starting

EXIT_UNHEALTHY = 1


@folded
def doctor(
    machine: MachineOptions,
    report: Annotated[
        bool, typer.Option("--report", help="Only the findings, free of paths, to paste.")
    ] = False,
) -> None:
    """Look at device, codecs, memory, disk, model and optional parts; exits with 1 if one lacks."""
    with starting():
        from hanazora.pipelines.preflight import doctor as doctor_room

        findings = doctor_room.examine(machine.model, machine.device, machine.dtype, Path.cwd())
    print(doctor_room.report(findings))
    is_healthy = doctor_room.is_healthy(findings)
    if not report:
        print(f"\nvideos are written to {Path.cwd()}")
        print("everything needed is there" if is_healthy else "something needed is missing")
    if not is_healthy:
        raise typer.Exit(EXIT_UNHEALTHY)
