"""Opening a file to read pictures from it."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import av
from av.container import InputContainer

from hanazora.core.errors import UserError


@contextlib.contextmanager
def open_media(path: Path) -> Iterator[InputContainer]:
    """Open a clip or a still.

    FFmpeg takes a file whose name ends like that of a text for the film of a terminal, and would
    decode a list of prompts into frames of letters.

    Raises:
        UserError: it is text.
        av.FFmpegError: it is nothing that can be read.
        OSError: there is no such file, or no permission.
    """
    with av.open(str(path)) as container:
        if container.format.name == "tty":
            raise UserError(f"{path} is text", "a clip or a picture was asked for")
        yield container
