from hanazora.recipes import petal_cpu, petal_text


def test_the_text_encoder_is_the_one_that_the_transformer_reads() -> None:
    assert petal_text().text_encoder == petal_cpu().text_encoder
