from hanazora.provenance.verify import verify_file


def test_what_is_not_verified_never_says_passed(tmp_path):
    assert verify_file(tmp_path / "a.mp4").state == "not_implemented"
