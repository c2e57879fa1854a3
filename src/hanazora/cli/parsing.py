"""What the parser of the command line refuses, said like every other refusal."""


def parser_line(error: Exception) -> str:
    """Return one line for an error of the parser: the value, the rule, and where to look.

    Args:
        error: has a `format_message`; what its parser read stands in its `ctx` and `param`.

    Returns:
        The line; empty for a command that has printed its help and has nothing to add.
    """
    message = _of_value(error) or _said(error).rstrip(".")
    context = getattr(error, "ctx", None)
    is_helped = "Did you mean" in message or "Possible options" in message
    if not message or is_helped or context is None:
        return message
    return f"{message}; try {context.command_path} --help"


def _said(error: Exception) -> str:
    # The parser's errors share a base class that its package does not export.
    return str(getattr(error, "format_message", lambda: error)())


def _of_value(error: Exception) -> str:
    """Return the line for a value that could not be read; empty for any other error."""
    listed = getattr(error.__cause__, "errors", None)
    parameter = getattr(error, "param", None)
    if listed is None or parameter is None:
        return ""
    option = parameter.get_error_hint().strip("'")
    said = listed()[0]["msg"]
    if said.startswith("Value error, "):  # of a choice: it names the value and the choices
        return f"{option}: {said.removeprefix('Value error, ').rstrip('.')}"
    rule = said.partition(",")[0].replace("Input should be", "it must be")
    return f"{option} {listed()[0]['input']!r}: {rule}"
