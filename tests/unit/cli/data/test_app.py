import typer

from hanazora.cli.data.app import data_app


def test_the_commands_stand_in_the_order_they_are_used():
    assert list(typer.main.get_command(data_app).commands) == ["check", "preview", "encode"]
