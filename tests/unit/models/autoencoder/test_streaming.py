import pytest
import torch

from hanazora.core.shapes import VideoShape
from hanazora.models.autoencoder.streaming import decode_stream, encode_stream


@pytest.mark.parametrize("pieces", [[1, 1, 1, 1, 1, 1, 1, 1, 1], [9], [1, 2, 6], [6, 3]])
def test_streamed_decoding_equals_decoding_at_once(tiny_autoencoder, pieces):
    latents = torch.randn(2, 6, 9, 2, 3)
    streamed = torch.cat(list(decode_stream(tiny_autoencoder, latents.split(pieces, dim=2))), 2)
    assert streamed.shape == (2, 3, 33, 32, 48)
    assert (streamed - tiny_autoencoder.decode(latents)).abs().max() < 1e-5


@pytest.mark.parametrize("pieces", [[1] * 30, [30], [1, 16, 13], [3, 3, 3, 3, 18], [17, 13]])
def test_streamed_encoding_equals_encoding_at_once(tiny_autoencoder, pieces):
    video = torch.rand(1, 3, 30, 30, 17) * 2 - 1
    streamed = torch.cat(list(encode_stream(tiny_autoencoder, video.split(pieces, dim=2))), 2)
    whole = tiny_autoencoder.encode(video)
    assert streamed.shape == whole.shape == (1, 6, 9, 2, 2)
    assert (streamed - whole).abs().max() < 1e-5


def test_stream_is_cropped_to_the_shape_that_was_asked_for(tiny_autoencoder):
    latents, shape = torch.randn(1, 6, 4, 2, 2), VideoShape(6, 20, 31)
    pieces = list(decode_stream(tiny_autoencoder, latents.split(1, dim=2), shape))
    assert [piece.shape[2] for piece in pieces] == [1, 4, 1]
    whole = tiny_autoencoder.decode(latents, shape)
    assert (torch.cat(pieces, dim=2) - whole).abs().max() < 1e-5


def test_pieces_come_before_the_later_latents_are_there(tiny_autoencoder):
    def chunks():
        yield torch.zeros(1, 6, 1, 1, 1)
        raise RuntimeError("asked for the second chunk")

    stream = decode_stream(tiny_autoencoder, chunks())
    assert next(stream).shape == (1, 3, 1, 16, 16)
    with pytest.raises(RuntimeError, match="second chunk"):
        next(stream)


def test_no_frames_give_no_latents(tiny_autoencoder):
    assert list(encode_stream(tiny_autoencoder, [])) == []
